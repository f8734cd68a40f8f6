import { setTimeout } from 'node:timers/promises'
import type { Credentials } from './tokens/credentials.ts'

/** What the client takes from its surroundings; tests bring their own. */
export interface Surroundings {
  fetch: typeof globalThis.fetch
  clock: () => Date
  /** At least 0 and below 1. */
  random: () => number
  /** @param ms milliseconds */
  sleep: (ms: number, signal?: AbortSignal) => Promise<void>
}

export interface RetrySettings {
  /** How often a request is sent again, where that is safe; 4 unless said. */
  retries: number
  /** Milliseconds that the first wait lasts at most; doubled each time. 500 unless said. */
  firstDelayMs: number
  /** Milliseconds that any wait lasts at most; who is told to wait longer gives up. 30,000 unless said. */
  longestDelayMs: number
  /** Milliseconds for a request with its answer; 30,000 unless said. */
  timeoutMs: number
}

export interface WaspadaOptions extends Partial<RetrySettings>, Partial<Surroundings> {
  /** Address of the service, such as `https://waspada.example.go.id`. */
  baseUrl: string
  credentials: Credentials
  /** Of the words in answers; `id` unless said. */
  language?: 'id' | 'en'
  /** Allows plain http to others than this machine, over which anyone between reads reports and secrets. */
  allowInsecure?: boolean
}

export interface Settings {
  baseUrl: string
  language: 'id' | 'en'
  retry: RetrySettings
  surroundings: Surroundings
}

/** @throws TypeError for an address that cannot be used */
export function settingsOf(options: WaspadaOptions): Settings {
  const { language = 'id', retries = 4, firstDelayMs = 500, longestDelayMs = 30_000, timeoutMs = 30_000 } = options
  const { fetch = globalThis.fetch, clock = () => new Date(), random = Math.random, sleep = pause } = options
  const notAnAddress = 'baseUrl is not the address of a service, such as https://waspada.example.go.id'
  if (!URL.canParse(options.baseUrl)) throw new TypeError(notAnAddress)
  const { protocol, hostname, search, hash, href } = new URL(options.baseUrl)
  if (!/^https?:$/.test(protocol) || search !== '' || hash !== '') throw new TypeError(notAnAddress)
  if (protocol === 'http:' && !isLoopback(hostname) && options.allowInsecure !== true)
    throw new TypeError('baseUrl is plain http, which others can read; allowInsecure allows it')
  return {
    baseUrl: href.replace(/\/+$/, ''),
    language,
    retry: { retries, firstDelayMs, longestDelayMs, timeoutMs },
    surroundings: { fetch, clock, random, sleep },
  }
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.')
}

async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  try {
    await setTimeout(ms, undefined, signal ? { signal } : {})
  } catch (error) {
    throw signal?.aborted ? signal.reason : error
  }
}

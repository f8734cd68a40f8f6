import { stat } from 'node:fs/promises'
import { type CryptoKey, importJWK } from 'jose'
import {
  builtInAlgorithm,
  keyFileOf,
  openKeyFile,
  type PublicJwk,
  publicHalf,
  readKeyFile,
  type StoredKeys,
} from './key-file.ts'
import { noticedWithin } from './rotate-keys.ts'

export interface SigningKey {
  kid: string
  privateKey: CryptoKey
}

interface Loaded {
  stored: StoredKeys
  signing: SigningKey
  /** By `kid`; `until` is when a key ends that signs no more. */
  believed: ReadonlyMap<string, { jwk: PublicJwk; key: CryptoKey; until: Date | null }>
  /** Which file this was; a rotation puts another in its place. */
  version: string
}

/** The keys of a data folder, made at first use. @param report told when the file, once read, can be read no more */
export async function openKeys(dataDir: string, report: (error: Error) => void = () => {}): Promise<Keys> {
  const file = keyFileOf(dataDir)
  await openKeyFile(file)
  return new Keys(file, await load(file), report)
}

/**
 * The secrets of an installation. They are kept with its data, readable by its account alone, and never leave it. A
 * rotation, whichever process does it, is seen within seconds.
 */
export class Keys {
  readonly #file: string
  readonly #report: (error: Error) => void
  #loaded: Loaded
  #looked = 0
  #looking: Promise<void> | undefined

  constructor(file: string, loaded: Loaded, report: (error: Error) => void) {
    this.#file = file
    this.#loaded = loaded
    this.#report = report
  }

  /** 32 bytes that seal cursors; they stay for good. */
  get cursorKey(): Uint8Array {
    return Buffer.from(this.#loaded.stored.cursorKey, 'base64url')
  }

  async signingKey(now: Date): Promise<SigningKey> {
    await this.#follow(now)
    return this.#loaded.signing
  }

  /** The key that a token names; undefined when it is none of ours, or no more. */
  async publicKey(kid: string, now: Date): Promise<CryptoKey | undefined> {
    await this.#follow(now)
    if (!this.#loaded.believed.has(kid)) await this.#look()
    const found = this.#loaded.believed.get(kid)
    return found && isBelieved(found, now) ? found.key : undefined
  }

  /** The key set as others may see it: those that sign, will sign, and signed what is still believed. */
  async published(now: Date): Promise<PublicJwk[]> {
    await this.#follow(now)
    return [...this.#loaded.believed.values()].filter((each) => isBelieved(each, now)).map(({ jwk }) => jwk)
  }

  async #follow(now: Date): Promise<void> {
    if (Math.abs(now.getTime() - this.#looked) < noticedWithin * 1000) return
    this.#looked = now.getTime()
    await this.#look()
  }

  /** Reads the file again if it is another one; those who ask meanwhile wait for the same look. */
  #look(): Promise<void> {
    this.#looking ??= this.#reload().finally(() => {
      this.#looking = undefined
    })
    return this.#looking
  }

  async #reload(): Promise<void> {
    try {
      if ((await versionOf(this.#file)) !== this.#loaded.version) this.#loaded = await load(this.#file)
    } catch (error) {
      this.#report(error as Error)
    }
  }
}

function isBelieved({ until }: { until: Date | null }, now: Date): boolean {
  return until === null || until > now
}

async function load(file: string): Promise<Loaded> {
  // Before the reading: a rotation in between is seen at the next look.
  const version = await versionOf(file)
  const stored = await readKeyFile(file)
  const { current, next, previous } = stored
  const signing = { kid: current.kid, privateKey: (await importJWK(current, builtInAlgorithm)) as CryptoKey }
  const kept = previous.map(({ key, until }) => ({ jwk: key, until: new Date(until) }))
  const published = [...[current, next].map((key) => ({ jwk: publicHalf(key), until: null })), ...kept]
  const believed = await Promise.all(
    published.map(async (each) => {
      const key = (await importJWK(each.jwk, builtInAlgorithm)) as CryptoKey
      return [each.jwk.kid, { ...each, key }] as const
    }),
  )
  return { stored, signing, believed: new Map(believed), version }
}

async function versionOf(file: string): Promise<string> {
  const { ino, mtimeNs } = await stat(file, { bigint: true })
  return `${ino} ${mtimeNs}`
}

import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import { DomainError } from '../errors.ts'

/** What a page belongs to; a cursor opens only for the very same. */
export interface CursorBound {
  /** The order, such as `-occurredAt`. */
  sort: string
  /** Of the filters, see `hashOf`. */
  filterHash: string
  /** Of what the caller may see, see `hashOf`. */
  scopeHash: string
}

type Position = readonly (string | number | null)[]

interface Payload {
  p: Position
  s: string
  f: string
  c: string
  /** Issued at, in epoch seconds. */
  t: number
}

const lifetimeSeconds = 24 * 60 * 60
const nonceLength = 12
const tagLength = 16
const version = 1

/** A short hash of any JSON value whose members stand in a fixed order. */
export function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, 22)
}

/**
 * Seals a keyset position, the sort values of the last row and its id, so that callers can neither read nor make one.
 * `key` is 32 bytes (AES-256-GCM).
 */
export function sealCursor(key: Uint8Array, position: Position, bound: CursorBound, now: Date): string {
  const payload: Payload = {
    p: position,
    s: bound.sort,
    f: bound.filterHash,
    c: bound.scopeHash,
    t: Math.floor(now.getTime() / 1000),
  }
  const nonce = randomBytes(nonceLength)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  const sealed = Buffer.concat([cipher.update(JSON.stringify(payload), 'utf8'), cipher.final()])
  return Buffer.concat([Uint8Array.of(version), nonce, sealed, cipher.getAuthTag()]).toString('base64url')
}

/** The position in a cursor of ours for this very question, at most 24 hours old; else `cursor_invalid`. */
export function openCursor(key: Uint8Array, text: string, bound: CursorBound, now: Date): Position {
  const payload = decrypt(key, text)
  const age = payload ? now.getTime() / 1000 - payload.t : Number.NaN
  const fits =
    payload?.s === bound.sort &&
    payload.f === bound.filterHash &&
    payload.c === bound.scopeHash &&
    age <= lifetimeSeconds
  if (!fits) throw new DomainError('cursor_invalid')
  return payload.p
}

function decrypt(key: Uint8Array, text: string): Payload | undefined {
  if (!/^[A-Za-z0-9_-]+$/.test(text)) return undefined
  const bytes = Buffer.from(text, 'base64url')
  // Base64 has several spellings of the same bytes; only ours counts.
  if (bytes.length < 1 + nonceLength + tagLength || bytes.toString('base64url') !== text) return undefined
  if (bytes[0] !== version) return undefined
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(1, 1 + nonceLength), {
      authTagLength: tagLength,
    })
    decipher.setAuthTag(bytes.subarray(-tagLength))
    const opened = Buffer.concat([decipher.update(bytes.subarray(1 + nonceLength, -tagLength)), decipher.final()])
    return JSON.parse(opened.toString('utf8'))
  } catch {
    return undefined
  }
}

/** The Link header (RFC 8288) to the next page: the address asked for, with its cursor, or what stands for one, replaced. */
export function linkNext(url: string, cursor: string, parameter = 'cursor'): string {
  const [path = '', query = ''] = url.split('?', 2)
  const parameters = new URLSearchParams(query)
  parameters.set(parameter, cursor)
  return `<${path}?${parameters}>; rel="next"`
}

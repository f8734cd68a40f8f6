import { isUtf8 } from 'node:buffer'

export interface ReadJwt {
  header: Record<string, unknown>
  claims: Record<string, unknown>
}

/** A text that is no JWT, or one that two readers might read in two ways. */
export class JwtUnreadable extends Error {}

/**
 * Reads a signed JWT (RFC 7515 compact form) without believing it. Only its one canonical spelling is read: base64url
 * without padding or stray bits, UTF-8 without a mark, JSON objects in which no name comes twice.
 * @param longest in characters
 * @throws JwtUnreadable
 */
export function readJwt(text: string, longest: number): ReadJwt {
  const parts = text.length <= longest ? text.split('.') : []
  if (parts.length !== 3) throw new JwtUnreadable('parts')
  const [header, claims, signature] = parts.map(bytesOf) as [Buffer, Buffer, Buffer]
  if (signature.length === 0) throw new JwtUnreadable('signature')
  return { header: objectIn(header), claims: objectIn(claims) }
}

function bytesOf(part: string): Buffer {
  const bytes = Buffer.from(part, 'base64url')
  if (bytes.toString('base64url') !== part) throw new JwtUnreadable('base64url')
  return bytes
}

function objectIn(bytes: Buffer): Record<string, unknown> {
  if (!isUtf8(bytes)) throw new JwtUnreadable('encoding')
  const text = bytes.toString('utf8')
  const value = parsed(text)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new JwtUnreadable('object')
  if (namesWritten(text) !== namesRead(value)) throw new JwtUnreadable('name twice')
  return value as Record<string, unknown>
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new JwtUnreadable('json', { cause })
  }
}

/** In valid JSON each name is followed by the only colons that are outside of texts. */
function namesWritten(text: string): number {
  return text.replaceAll(/"(?:[^"\\]|\\.)*"/g, '').split(':').length - 1
}

/** JSON.parse keeps one value of each name, so that fewer are read than were written if one came twice. */
function namesRead(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  const inner = Object.values(value).reduce((count: number, each) => count + namesRead(each), 0)
  return inner + (Array.isArray(value) ? 0 : Object.keys(value).length)
}

import type { IncomingHttpHeaders } from 'node:http'
import { DomainError } from '../errors.ts'

/** Bodies of JSON: a merge patch where the route is a PATCH, JSON elsewhere. */
export const jsonMediaTypes = ['application/json', 'application/merge-patch+json'] as const
/** One JSON value a line. */
export const ndjsonMediaType = 'application/x-ndjson'
/** Bytes of a file from an offset on, as the tus protocol sends them. */
export const bytesMediaType = 'application/offset+octet-stream'
/** What a body may be: the token endpoint alone takes a form, uploads alone take bytes, and lists of items come as JSON or NDJSON. */
export type BodyMediaType =
  | (typeof jsonMediaTypes)[number]
  | typeof ndjsonMediaType
  | typeof bytesMediaType
  | 'application/x-www-form-urlencoded'

/** Refuses (415) a body in another media type, charset or coding than the route takes, before a byte of it is read. */
export function refuseMediaType(headers: IncomingHttpHeaders, taken: readonly BodyMediaType[]): void {
  const { 'content-type': type, 'content-encoding': coding } = headers
  const accept = taken.join(', ')
  if (coding !== undefined && coding.toLowerCase() !== 'identity')
    throw new DomainError('media_type_unsupported', { accept, acceptEncoding: 'identity' })
  if (type === undefined ? hasBody(headers) : !isTaken(type, taken))
    throw new DomainError('media_type_unsupported', { accept })
}

function hasBody(headers: IncomingHttpHeaders): boolean {
  const { 'content-length': length, 'transfer-encoding': coding } = headers
  return coding !== undefined || (length !== undefined && length !== '0')
}

/** Parameters other than a charset say nothing about JSON (RFC 8259, 11), and the charset can only be UTF-8. */
function isTaken(contentType: string, taken: readonly string[]): boolean {
  if (taken.includes(contentType)) return true
  const [type = '', ...parameters] = contentType.toLowerCase().split(';')
  const charsets = parameters.filter((parameter) => /^\s*charset\s*=/.test(parameter))
  return taken.includes(type.trim()) && charsets.every((charset) => /=\s*("utf-?8"|utf-?8)\s*$/.test(charset))
}

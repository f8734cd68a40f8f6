import type { IncomingHttpHeaders } from 'node:http'
import { DomainError } from '../errors.ts'

/** Bodies of JSON: a merge patch where the route is a PATCH, JSON elsewhere. */
export const jsonMediaTypes = ['application/json', 'application/merge-patch+json'] as const
/** Bytes of a file from an offset on, as the tus protocol sends them. */
export const bytesMediaType = 'application/offset+octet-stream'
/** What a body may be, of which a route takes one: the token endpoint alone takes a form, and uploads alone take bytes. */
export type BodyMediaType =
  | (typeof jsonMediaTypes)[number]
  | 'application/x-www-form-urlencoded'
  | typeof bytesMediaType

/** Refuses (415) a body in another media type, charset or coding than the route takes, before a byte of it is read. */
export function refuseMediaType(headers: IncomingHttpHeaders, taken: BodyMediaType): void {
  const { 'content-type': type, 'content-encoding': coding } = headers
  if (coding !== undefined && coding.toLowerCase() !== 'identity')
    throw new DomainError('media_type_unsupported', { accept: taken, acceptEncoding: 'identity' })
  if (type === taken) return
  if (type === undefined ? hasBody(headers) : !isTaken(type, taken))
    throw new DomainError('media_type_unsupported', { accept: taken })
}

function hasBody(headers: IncomingHttpHeaders): boolean {
  const { 'content-length': length, 'transfer-encoding': coding } = headers
  return coding !== undefined || (length !== undefined && length !== '0')
}

/** Parameters other than a charset say nothing about JSON (RFC 8259, 11), and the charset can only be UTF-8. */
function isTaken(contentType: string, taken: BodyMediaType): boolean {
  const [type = '', ...parameters] = contentType.toLowerCase().split(';')
  const charsets = parameters.filter((parameter) => /^\s*charset\s*=/.test(parameter))
  return type.trim() === taken && charsets.every((charset) => /=\s*("utf-?8"|utf-?8)\s*$/.test(charset))
}

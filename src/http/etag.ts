import { DomainError } from '../errors.ts'

/** The strong ETag of one version of a resource. */
export function etagOf(id: string, version: number): string {
  return `"${id}.${version}"`
}

/**
 * Whether If-None-Match names this ETag (RFC 9110, 13.1.2: weak comparison, a list, or `*` for anything there is), so that
 * a GET is answered 304.
 */
export function isUnmodified(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false
  if (ifNoneMatch.trim() === '*' || ifNoneMatch === etag) return true
  const wanted = opaque(etag)
  return (ifNoneMatch.match(/(?:W\/)?"[^"]*"/g) ?? []).some((tag) => opaque(tag) === wanted)
}

/**
 * The If-Match of a change, which must say what version it changes.
 * @throws DomainError precondition_required when it is absent
 */
export function requireIfMatch(ifMatch: string | undefined): string {
  if (ifMatch === undefined) throw new DomainError('precondition_required')
  return ifMatch
}

/**
 * Refuses a change of another version than it names (RFC 9110, 13.1.1: strong comparison, a list, or `*` for whatever stands).
 * Call it with the row locked.
 * @throws DomainError version_stale
 */
export function assertIfMatch(ifMatch: string, etag: string): void {
  if (ifMatch.trim() === '*') return
  const named: readonly string[] = ifMatch.match(/(?:W\/)?"[^"]*"/g) ?? []
  if (!named.includes(etag)) throw new DomainError('version_stale')
}

function opaque(tag: string): string {
  return tag.startsWith('W/') ? tag.slice(2) : tag
}

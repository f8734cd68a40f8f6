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

function opaque(tag: string): string {
  return tag.startsWith('W/') ? tag.slice(2) : tag
}

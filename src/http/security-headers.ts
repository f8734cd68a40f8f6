/**
 * On every answer, refusals and those of the parser too. Nothing of ours is a page, except where a route says so with a
 * policy of its own; reports are secret, so no cache keeps an answer unless its route says so. A client that holds an ETag
 * itself loses nothing by `no-store`.
 */
export const securityHeaders = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  // Browsers heed it over TLS alone, where a proxy has spoken it.
  'strict-transport-security': 'max-age=31536000',
  'x-content-type-options': 'nosniff',
}

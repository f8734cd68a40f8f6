/** Of RFC 6749 section 5.2, and `invalid_target` of RFC 8707. */
export const refusalCodes = [
  'invalid_request',
  'invalid_client',
  'invalid_scope',
  'invalid_target',
  'unsupported_grant_type',
] as const
export type RefusalCode = (typeof refusalCodes)[number]

/** What the token endpoint refuses, and why as far as the caller may know: of a client that fails to prove itself, nothing. */
export class TokenRefused extends Error {
  readonly code: RefusalCode
  /** ASCII, one sentence. */
  readonly description: string

  constructor(code: RefusalCode, description: string, options: ErrorOptions = {}) {
    super(code, options)
    this.code = code
    this.description = description
  }
}

/** The same for every cause; the cause itself is for the log, so it is in words of ours. */
export function clientNotProven(cause: string): TokenRefused {
  return new TokenRefused('invalid_client', 'The client is not authenticated.', { cause: new Error(cause) })
}

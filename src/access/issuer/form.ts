import type { FastifyInstance } from 'fastify'
import { TokenRefused } from './refusal.ts'

export const formMediaType = 'application/x-www-form-urlencoded'

/** Bytes: an assertion signed with a long RSA key, and room. */
export const longestForm = 8 * 1024

/** The parameters of a form by name. */
export type Form = ReadonlyMap<string, string>

/** The only bodies that the routes of this plugin take are forms; that they are, the contract has seen. */
export function takeForms(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(formMediaType, { parseAs: 'buffer', bodyLimit: longestForm }, (_request, body, done) => {
    done(null, body)
  })
}

/**
 * Reads the body of a token request (RFC 6749, section 3.2): a parameter without a value counts as absent, and none may
 * come twice. Unknown ones are for the caller to ignore.
 * @throws TokenRefused invalid_request
 */
export function readForm(body: unknown): Form {
  const form = new Map<string, string>()
  if (!(body instanceof Buffer)) return form
  for (const pair of body.toString('latin1').split('&')) {
    if (pair === '') continue
    const [name = '', ...rest] = pair.split('=')
    const key = decoded(name)
    const value = decoded(rest.join('='))
    if (form.has(key)) throw new TokenRefused('invalid_request', 'A parameter is given twice.')
    form.set(key, value)
  }
  for (const [name, value] of form) if (value === '') form.delete(name)
  return form
}

/** Text of a form: `+` is a blank, and percents are UTF-8. @throws TokenRefused invalid_request */
export function decoded(text: string): string {
  try {
    // Bytes beyond ASCII that were not encoded have no one meaning.
    if (/^[\x20-\x7E]*$/.test(text)) return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    // Said below, as of any other text that cannot be read.
  }
  throw new TokenRefused('invalid_request', 'The form is not well encoded.')
}

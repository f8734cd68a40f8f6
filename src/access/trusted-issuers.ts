import { z } from 'zod'

/** Signatures with a public key alone: neither `none` nor a shared secret is believed, whatever a configuration says. */
export const signatureAlgorithms = ['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519', 'RS256', 'PS256'] as const

const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/

/** Keys that come over an open line may be anybody's. */
const KeySetUri = z.url({ protocol: /^https?$/, error: 'must be a URL', abort: true }).refine((text) => {
  const { protocol, hostname, username, password } = new URL(text)
  return (protocol === 'https:' || loopback.test(hostname)) && username === '' && password === ''
}, 'must be https (http only on this machine), without a password')

const OutsideIssuer = z.strictObject({
  /** `iss` of its tokens, to the letter. */
  issuer: z.string().min(1).max(500),
  jwksUri: KeySetUri,
  algorithms: z.array(z.enum(signatureAlgorithms)).min(1).default(['ES256']),
  /** `aud` of its tokens; that of the built-in issuer unless said. */
  audience: z.string().min(1).max(500).optional(),
})

/** Outside issuers whose tokens are believed, as `WASPADA_TRUSTED_ISSUERS` lists them. */
export const OutsideIssuers = z
  .array(OutsideIssuer)
  .max(20)
  .refine((list) => new Set(list.map(({ issuer }) => issuer)).size === list.length, 'names an issuer twice')
export type OutsideIssuer = z.output<typeof OutsideIssuer>

import { z } from 'zod'
import { handlingLevels, scopes } from './vocabulary.ts'

/** Seconds: the longest life of a token that is believed, and how far clocks may differ. */
export const longestLife = 24 * 3600
export const clockTolerance = 5

export const ClientId = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/)
/** Whatever an issuer calls a person: a number, a name, an address; no control characters. */
export const Subject = z.string().regex(/^[^\p{C}]{1,128}$/u)
/** It reaches the database at every request. */
export const TokenId = Subject
const Seconds = z.int().min(0).max(253_402_300_799)

/** Office codes alone: a token never names a district. */
export const OfficeCode = z.string().regex(/^\d{2}(\.\d{2})?$/)
export const AgencyCode = z.string().regex(/^[a-z][a-z0-9-]{1,31}$/)

/** Scopes of ours, separated by single blanks, none twice. */
const ScopeList = z
  .string()
  .max(1000)
  .refine((text) => {
    const list = text.split(' ')
    return new Set(list).size === list.length && list.every((scope) => (scopes as readonly string[]).includes(scope))
  })

/**
 * The claims of an access token (RFC 9068 section 2.2, and three of ours), closed: a claim that is missing or unknown
 * refuses. Exactly one of `region` and `agency` says where the bearer belongs.
 */
export const AccessClaims = z
  .strictObject({
    iss: z.string().min(1).max(500),
    aud: z.string().min(1).max(500),
    exp: Seconds,
    iat: Seconds,
    nbf: Seconds.optional(),
    sub: Subject,
    jti: TokenId,
    client_id: ClientId,
    scope: ScopeList,
    clearance: z.enum(handlingLevels),
    region: OfficeCode.optional(),
    agency: AgencyCode.optional(),
    auth_time: Seconds.optional(),
    acr: z.string().max(200).optional(),
    amr: z.array(z.string().max(50)).max(20).optional(),
  })
  .refine((claims) => (claims.region === undefined) !== (claims.agency === undefined))
  .refine((claims) => claims.exp > claims.iat && claims.exp - claims.iat <= longestLife)
export type AccessClaims = z.output<typeof AccessClaims>

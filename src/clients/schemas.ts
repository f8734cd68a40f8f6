import { z } from 'zod'
import { AgencyCode, ClientId, OfficeCode } from '../access/claims.ts'
import { handlingLevels, scopes, tiers } from '../access/vocabulary.ts'
import { BooleanParam, Cursor, Limit, OpenList, Text, Timestamp } from '../http/schemas.ts'
import { PublicJwk } from './public-key.ts'

const Scopes = z.array(z.enum(scopes)).min(1).max(scopes.length)
const Clearance = z.enum(handlingLevels)

export const NewCredential = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('secret') }).meta({ id: 'NewSecret' }),
    z.strictObject({ kind: z.literal('public_key'), jwk: PublicJwk }).meta({ id: 'NewPublicKey' }),
  ])
  .describe('A secret that is made and shown once, or the public half of a key pair that the office made and keeps')
export type NewCredential = z.output<typeof NewCredential>

export const AddClient = z
  .strictObject({
    clientId: ClientId.describe('Stays for ever'),
    office: OfficeCode.optional().describe('Where an office client belongs; this or `agency`'),
    agency: AgencyCode.optional().describe('The liaison agency that it belongs to'),
    name: Text(1, 200).nullable().default(null),
    scopes: Scopes.describe('What it may ask for; a tier never holds more than its list'),
    clearance: Clearance.describe('Highest handling that it may see; never above your own'),
    credential: NewCredential,
  })
  .meta({ id: 'AddClient' })
export type AddClient = z.output<typeof AddClient>

/** A merge patch (RFC 7396): what is absent stays. The place of a client is not among it. */
export const ChangeClient = z
  .strictObject({
    name: Text(1, 200).nullable().optional(),
    scopes: Scopes.optional(),
    clearance: Clearance.optional(),
    disabled: z.boolean().optional().describe('True ends its tokens for good, also when it is enabled again'),
  })
  .meta({ id: 'ChangeClient' })
export type ChangeClient = z.output<typeof ChangeClient>

export const mostOverlapHours = 72
/** In force at once; of more, the oldest end. */
export const mostCredentials = 10

export const RotateCredentials = z
  .strictObject({
    credential: NewCredential,
    overlapHours: z
      .int()
      .min(0)
      .max(mostOverlapHours)
      .default(0)
      .describe('Hours for which the credentials of before go on; 0 ends them at once'),
    revokeTokens: z.boolean().default(false).describe('Whether tokens issued until now are refused from now on'),
  })
  .meta({ id: 'RotateCredentials' })
export type RotateCredentials = z.output<typeof RotateCredentials>

const CredentialView = z
  .strictObject({
    id: z.uuid(),
    kind: z.enum(['secret', 'public_key']),
    kid: z
      .string()
      .regex(/^[A-Za-z0-9_-]{43}$/)
      .nullable()
      .describe('RFC 7638 thumbprint of a public key'),
    createdAt: Timestamp,
    expiresAt: Timestamp.nullable().describe('When it ends, after a rotation with an overlap'),
  })
  .meta({ id: 'Credential' })

export const ClientView = z
  .strictObject({
    clientId: ClientId,
    tier: z.enum(tiers),
    office: OfficeCode.nullable(),
    agency: AgencyCode.nullable(),
    name: Text(1, 200).nullable(),
    scopes: z.array(OpenList(scopes)).max(scopes.length),
    clearance: Clearance,
    disabled: z.boolean(),
    disabledAt: Timestamp.nullable(),
    tokensValidFrom: Timestamp.nullable().describe('Tokens issued before this moment are refused'),
    version: z.int().min(1).max(2_147_483_647),
    createdAt: Timestamp,
    credentials: z.array(CredentialView).max(mostCredentials).describe('Those in force, never what they hold'),
  })
  .meta({ id: 'Client' })
export type ClientView = z.output<typeof ClientView>

export const ClientWithSecret = ClientView.extend({
  secret: z
    .string()
    .regex(/^wsp_[A-Za-z0-9_-]{43}$/)
    .nullable()
    .describe('Shown here and never again; null for a public key'),
}).meta({ id: 'ClientWithSecret' })

export const ListClientsQuery = z.strictObject({
  region: OfficeCode.optional().describe('The office of a region and those below it'),
  agency: AgencyCode.optional(),
  disabled: BooleanParam.optional(),
  scope: z.enum(scopes).optional().describe('Those that hold this scope'),
  limit: Limit,
  cursor: Cursor.optional().describe('`next` of the page before'),
})
export type ListClientsQuery = z.output<typeof ListClientsQuery>

export const ClientPage = z
  .strictObject({
    items: z.array(ClientView).max(200),
    next: Cursor.nullable().describe('Cursor of the next page; null at the end'),
  })
  .meta({ id: 'ClientPage' })

import { z } from 'zod'
import { OpenList } from '../../http/schemas.ts'
import { signatureAlgorithms } from '../trusted-issuers.ts'
import { handlingLevels, scopes } from '../vocabulary.ts'
import { longestForm } from './form.ts'
import { refusalCodes } from './refusal.ts'

const visible = /^[\x20-\x7E]+$/
const text = (longest: number) => z.string().min(1).max(longest).regex(visible)
const address = (example: string) =>
  z
    .url()
    .max(300)
    .meta({ examples: [example] })
const scopeList = text(1000).meta({ examples: ['reports:submit reports:read'] })
export const authenticationMethods = ['private_key_jwt', 'client_secret_basic', 'client_secret_post'] as const

export const TokenRequest = z
  .strictObject({
    grant_type: z.literal('client_credentials'),
    scope: scopeList.optional().describe('Scopes, separated by single blanks; all that the client holds unless said'),
    clearance: z.enum(handlingLevels).optional().describe('A lower clearance than that of the client'),
    resource: text(500).optional().describe('This service, where a client names it (RFC 8707)'),
    client_id: text(100).optional(),
    client_secret: text(200).optional().describe('With client_secret_post'),
    client_assertion_type: z.literal('urn:ietf:params:oauth:client-assertion-type:jwt-bearer').optional(),
    client_assertion: text(longestForm)
      .optional()
      .describe(
        'With private_key_jwt (RFC 7523): iss and sub are the client, aud is the issuer or this address and nothing else, exp lies 10 minutes ahead at most, jti is used once',
      ),
  })
  .meta({ id: 'TokenRequest', description: 'Other parameters are ignored, as RFC 6749 wants it; none may come twice.' })

export const TokenAnswer = z
  .strictObject({
    access_token: text(8192),
    token_type: z.literal('Bearer'),
    expires_in: z.int().min(1).max(86_400).describe('Seconds'),
    scope: scopeList,
  })
  .meta({ id: 'TokenAnswer' })

export const OAuthError = z
  .strictObject({
    error: z.enum(refusalCodes),
    error_description: text(300).describe('For the developer; ASCII, and always English'),
  })
  .meta({ id: 'OAuthError', description: 'A refusal of the token endpoint (RFC 6749, section 5.2)' })

export const IssuerMetadata = z
  .strictObject({
    issuer: address('http://localhost:3000'),
    token_endpoint: address('http://localhost:3000/oauth/token'),
    jwks_uri: address('http://localhost:3000/oauth/jwks'),
    scopes_supported: z.array(OpenList(scopes)).max(scopes.length),
    response_types_supported: z.array(text(50)).max(0).describe('None: nobody is sent to a page here'),
    grant_types_supported: z.array(z.literal('client_credentials')).max(1),
    token_endpoint_auth_methods_supported: z.array(OpenList(authenticationMethods)).max(authenticationMethods.length),
    token_endpoint_auth_signing_alg_values_supported: z
      .array(OpenList(signatureAlgorithms))
      .max(signatureAlgorithms.length),
    service_documentation: address('http://localhost:3000/docs'),
  })
  .meta({ id: 'IssuerMetadata', description: 'The built-in issuer (RFC 8414)' })

export const ResourceMetadata = z
  .strictObject({
    resource: address('http://localhost:3000'),
    resource_name: text(100).describe('For people'),
    authorization_servers: z
      .array(address('http://localhost:3000'))
      .max(21)
      .describe('Issuers whose tokens are believed'),
    scopes_supported: z.array(OpenList(scopes)).max(scopes.length),
    bearer_methods_supported: z.array(z.literal('header')).max(1),
    resource_documentation: address('http://localhost:3000/docs'),
  })
  .meta({ id: 'ResourceMetadata', description: 'This service as a protected resource (RFC 9728)' })

const base64url = z
  .string()
  .max(100)
  .regex(/^[A-Za-z0-9_-]+$/)

export const KeySet = z
  .strictObject({
    keys: z
      .array(
        z.strictObject({
          kty: z.literal('EC'),
          crv: z.literal('P-256'),
          kid: base64url,
          x: base64url,
          y: base64url,
          alg: z.literal('ES256'),
          use: z.literal('sig'),
        }),
      )
      .max(100),
  })
  .meta({ id: 'KeySet', description: 'A JSON Web Key Set (RFC 7517)' })

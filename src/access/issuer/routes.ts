import { problems } from '../../http/contract/problems.ts'
import { respond } from '../../http/contract/responses.ts'
import type { Routes } from '../../http/contract/route-schema.ts'
import { builtInAlgorithm } from '../key-file.ts'
import { signatureAlgorithms } from '../trusted-issuers.ts'
import { scopes } from '../vocabulary.ts'
import { readForm, takeForms } from './form.ts'
import { grantToken, type Issuer } from './grant-token.ts'
import { TokenRefused } from './refusal.ts'
import { authenticationMethods, IssuerMetadata, KeySet, OAuthError, TokenAnswer, TokenRequest } from './schemas.ts'

const cached = { public: { 'cache-control': 'public, max-age=300' }, never: { 'cache-control': 'no-store' } }

const challenge = {
  description: 'That a client proves itself (RFC 6749, section 5.2)',
  required: true,
  schema: { type: 'string', maxLength: 100, pattern: '^Basic ', examples: ['Basic realm="waspada"'] },
}

const refusal = (description: string, error: string, text: string) => ({
  description,
  examples: { [error]: { error, error_description: text } },
})

/** The built-in issuer: its token endpoint, its keys, and what it says of itself. */
export const issuerRoutes: Routes<{ issuer: Issuer; clock: () => Date }> = async (app, { issuer, clock }) => {
  const { publicUrl, keys } = issuer
  takeForms(app)
  app.post(
    '/oauth/token',
    {
      config: { scope: 'public' },
      schema: {
        operationId: 'grantToken',
        tags: ['tokens'],
        summary: 'Get an access token with client credentials',
        description: 'OAuth 2.0 (RFC 6749, section 4.4). The client proves itself by private_key_jwt or by its secret.',
        form: TokenRequest,
        response: {
          200: respond(TokenAnswer, { description: 'The token, never stored by anyone between' }),
          400: respond(OAuthError, refusal('The request is refused.', 'invalid_scope', 'The scope is not granted.')),
          401: respond(OAuthError, {
            ...refusal('The client is not who it says.', 'invalid_client', 'The client is not authenticated.'),
            headers: { 'WWW-Authenticate': challenge },
          }),
          ...problems('service_unavailable'),
        },
      },
    },
    async (request, reply) => {
      reply.headers(cached.never)
      try {
        const { authorization } = request.headers
        return await grantToken(issuer, { form: readForm(request.body), authorization }, clock())
      } catch (error) {
        if (!(error instanceof TokenRefused)) throw error
        const { code, description, cause } = error
        const why = (cause as Error | undefined)?.message ?? description
        request.log.info({ problem: code, why }, 'no token given')
        if (code === 'invalid_client') reply.header('www-authenticate', 'Basic realm="waspada"')
        reply.code(code === 'invalid_client' ? 401 : 400)
        return { error: code, error_description: description }
      }
    },
  )

  app.get(
    '/oauth/jwks',
    {
      config: { scope: 'public' },
      schema: {
        operationId: 'listSigningKeys',
        tags: ['tokens'],
        summary: 'The keys that tokens are signed with, a key to come among them',
        response: { 200: KeySet },
      },
    },
    async (_request, reply) => {
      reply.headers(cached.public)
      const published = await keys.published(clock())
      return { keys: published.map((jwk) => ({ ...jwk, alg: builtInAlgorithm, use: 'sig' }) as const) }
    },
  )

  app.get(
    '/.well-known/oauth-authorization-server',
    {
      config: { scope: 'public' },
      schema: {
        operationId: 'getIssuerMetadata',
        tags: ['tokens'],
        summary: 'What a client must know of the built-in issuer',
        response: { 200: IssuerMetadata },
      },
    },
    async (_request, reply) => {
      reply.headers(cached.public)
      return {
        issuer: publicUrl,
        token_endpoint: `${publicUrl}/oauth/token`,
        jwks_uri: `${publicUrl}/oauth/jwks`,
        scopes_supported: [...scopes],
        response_types_supported: [],
        grant_types_supported: ['client_credentials' as const],
        token_endpoint_auth_methods_supported: [...authenticationMethods],
        token_endpoint_auth_signing_alg_values_supported: [...signatureAlgorithms],
        service_documentation: `${publicUrl}/docs`,
      }
    },
  )
}

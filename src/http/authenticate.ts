import type { FastifyInstance, FastifyRequest } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import { callerFor } from '../access/caller.ts'
import type { Context } from '../access/context.ts'
import type { TokenVerifier } from '../access/verify-token.ts'
import { type AccessScope, scopes } from '../access/vocabulary.ts'
import type { Database } from '../database/database.ts'
import { DomainError } from '../errors.ts'
import type { Reference } from '../reference/store.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who is calling and through which door; on every route that is not public. */
    context: Context
  }
}

interface AuthenticateOptions {
  verifier: TokenVerifier
  db: Database<Reference>
  clock: () => Date
}

/** Verifies the bearer token before anything of the request is read, and refuses who lacks the scope of the route. */
export const authenticate = fastifyPlugin(registerAuthenticate, { name: 'authenticate' })

async function registerAuthenticate(app: FastifyInstance, { verifier, db, clock }: AuthenticateOptions): Promise<void> {
  app.decorateRequest('context')
  app.addHook('onRequest', async (request) => {
    const needed = request.routeOptions.config.scope
    if (needed === 'public' || request.is404) return
    const now = clock()
    const caller = await verifier.verify(bearerOf(request), now)
    const operation = request.routeOptions.config.operation ?? 'unknown'
    const trace = { requestId: request.id, operation }
    request.context = { db, now, trace, caller }
    if (isScope(needed)) request.context = { db, now, trace, caller: callerFor(caller, needed) }
  })
  // A body may take minutes to arrive: the moment of a request is that of its last byte.
  app.addHook('preHandler', (request, _reply, done) => {
    if (request.context) request.context = { ...request.context, now: clock() }
    done()
  })
}

function isScope(needed: string | undefined): needed is AccessScope {
  return (scopes as readonly string[]).includes(needed ?? '')
}

/** RFC 6750: the header alone; a token in the query string would be logged. */
function bearerOf(request: FastifyRequest): string {
  const { authorization } = request.headers
  if (authorization === undefined) throw new DomainError('token_missing')
  const match = /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(authorization)
  if (!match?.[1]) throw new DomainError('token_invalid')
  return match[1]
}

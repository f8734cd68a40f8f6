import type { FastifyInstance, FastifyRequest } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import { callerFor } from '../access/caller.ts'
import type { Context } from '../access/context.ts'
import type { TokenVerifier } from '../access/verify-token.ts'
import { type AccessScope, scopes } from '../access/vocabulary.ts'
import type { Database } from '../database/database.ts'
import { DomainError } from '../errors.ts'
import type { Reference } from '../reference/store.ts'
import type { RateLimits } from './rate-limits.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who is calling and through which door; on every route that is not public. */
    context: Context
    /** Verifies the token of a request that has waited, as of now. @returns the context from now on. @throws DomainError token_invalid */
    renewContext(): Promise<Context>
  }
}

interface AuthenticateOptions {
  verifier: TokenVerifier
  db: Database<Reference>
  clock: () => Date
  limits: RateLimits
}

/**
 * Verifies the bearer token before anything of the request is read, counts the request against the limit of its client or,
 * without a token that holds, of its address, and refuses who lacks the scope of the route.
 */
export const authenticate = fastifyPlugin(registerAuthenticate, { name: 'authenticate' })

async function registerAuthenticate(app: FastifyInstance, options: AuthenticateOptions): Promise<void> {
  const { verifier, db, clock, limits } = options
  const verified = async (request: FastifyRequest, now: Date) => verifier.verify(bearerOf(request), now)
  app.decorateRequest('context')
  app.decorateRequest('renewContext', async function (this: FastifyRequest) {
    const now = clock()
    this.context = { ...this.context, caller: await verified(this, now), now }
    return this.context
  })
  app.addHook('onRequest', async (request, reply) => {
    const { scope: needed, unlimited } = request.routeOptions.config
    if (unlimited || request.is404) return
    const now = clock()
    if (needed === 'public') return limits.countVisitor(request, reply, now)
    const caller = await verified(request, now).catch((error: unknown) => {
      if (isRefused(error)) limits.countFailure(request, reply, now)
      throw error
    })
    limits.countClient(reply, caller, now)
    const trace = { requestId: request.id, operation: request.routeOptions.config.operation ?? 'unknown' }
    request.context = { db, now, trace, caller }
    if (isScope(needed)) request.context = { db, now, trace, caller: callerFor(caller, needed) }
  })
  app.addHook('onResponse', (request, reply, done) => {
    const { context } = request
    if (reply.statusCode === 401 && context) limits.countWithdrawn(context.caller, context.now)
    done()
  })
  // A body may take minutes to arrive: the moment of a request is that of its last byte.
  app.addHook('preHandler', (request, _reply, done) => {
    if (request.context) request.context = { ...request.context, now: clock() }
    done()
  })
}

/** The bearer's doing, and not that of an issuer out of reach. */
function isRefused(error: unknown): boolean {
  return error instanceof DomainError && (error.code === 'token_missing' || error.code === 'token_invalid')
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

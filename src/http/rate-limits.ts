import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Caller } from '../access/caller.ts'
import { DomainError } from '../errors.ts'
import { addressKey } from './address-key.ts'
import { limitWindow, RateLimiter } from './rate-limiter.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** True where no limit applies: health, which whatever runs the service asks for. */
    unlimited?: boolean
  }
}

/** Requests a minute; null is no limit. */
export interface RateQuotas {
  /** Of one client, by the `client_id` of its verified token. */
  client: number | null
  /** From one address, of requests without a token that holds. */
  unauthenticated: number | null
}

/**
 * Counts requests, says what is left in the `RateLimit` headers (draft-ietf-httpapi-ratelimit-headers), and refuses (429)
 * what is too much. Whoever holds a good token is counted as that client and never by address: offices share addresses, and
 * somebody's bad tokens must not shut out the others.
 */
export class RateLimits {
  readonly #clients: RateLimiter | null
  readonly #visitors: RateLimiter | null
  readonly #failures: RateLimiter | null
  readonly #withdrawn: RateLimiter | null

  constructor({ client, unauthenticated }: RateQuotas) {
    this.#clients = client === null ? null : new RateLimiter('client', client)
    // Apart, so that bad tokens do not shut an address out of what is public.
    this.#visitors = unauthenticated === null ? null : new RateLimiter('address', unauthenticated)
    this.#failures = unauthenticated === null ? null : new RateLimiter('address', unauthenticated)
    this.#withdrawn = unauthenticated === null ? null : new RateLimiter('token', unauthenticated)
  }

  /** @throws DomainError rate_limited */
  countClient(reply: FastifyReply, { clientId, token }: Caller, now: Date): void {
    if (this.#withdrawn?.isSpent(token.id, now)) throw new DomainError('rate_limited', { retryAfter: 1 })
    if (this.#clients) count(this.#clients, clientId, reply, now)
  }

  /** The token was withdrawn: it is counted by itself, and not against its client, whom it may have been stolen from. */
  countWithdrawn({ clientId, token }: Caller, now: Date): void {
    this.#clients?.refund(clientId)
    this.#withdrawn?.take(token.id, now)
  }

  /** A request to a public address; each has a count of its own, so that pages take nothing from whoever needs a token. @throws DomainError rate_limited */
  countVisitor(request: FastifyRequest, reply: FastifyReply, now: Date): void {
    const { operation = '' } = request.routeOptions.config
    if (this.#visitors) count(this.#visitors, `${operation} ${addressOf(request)}`, reply, now)
  }

  /** A request whose token is missing or does not hold. @throws DomainError rate_limited */
  countFailure(request: FastifyRequest, reply: FastifyReply, now: Date): void {
    if (this.#failures) count(this.#failures, addressOf(request), reply, now)
  }
}

function count(limiter: RateLimiter, key: string, reply: FastifyReply, now: Date): void {
  const { name, quota } = limiter
  const { allowed, remaining, resetsIn, retryAfter } = limiter.take(key, now)
  reply.header('ratelimit-policy', `"${name}";q=${quota};w=${limitWindow}`)
  reply.header('ratelimit', `"${name}";r=${remaining};t=${resetsIn}`)
  if (!allowed) throw new DomainError('rate_limited', { retryAfter })
}

/** Node forgets the address of a connection that is gone. */
function addressOf({ ip }: FastifyRequest): string {
  return addressKey(ip ?? '')
}

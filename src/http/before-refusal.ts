import type { FastifyRequest } from 'fastify'
import { tellNotFound } from '../audit/tell-not-found.ts'
import { DomainError } from '../errors.ts'
import { statusOf } from './problem.ts'

/**
 * What must happen before a refusal leaves. A client that is disabled hears of that and of nothing else, though its
 * request was refused before it came to the database; and what was not found by its id is told to the audit.
 * @returns the refusal to send
 */
export async function beforeRefusal(request: FastifyRequest, refusal: DomainError): Promise<DomainError> {
  const { context } = request
  const status = statusOf(refusal.code)
  if (!context || status >= 500 || status === 401 || status === 429) return refusal
  try {
    if (isNotFound(refusal)) await tellNotFound(context, refusal, request.params)
    else await context.db.enter(context.caller)
    return refusal
  } catch (error) {
    if (error instanceof DomainError) return error
    throw error
  }
}

function isNotFound({ code }: DomainError): boolean {
  return code.endsWith('_not_found') && code !== 'route_not_found'
}

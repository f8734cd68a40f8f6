import { DomainError, type ErrorCode } from '../errors.ts'

interface Raised {
  code?: unknown
  statusCode?: unknown
  message?: unknown
  cause?: unknown
}

const ofFastify: Record<string, ErrorCode> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'body_too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'media_type_unsupported',
  FST_ERR_MAX_PARAM_LENGTH: 'route_not_found',
  FST_ERR_ASYNC_CONSTRAINT: 'route_not_found',
}

/** The refusal that any thrown value amounts to; what we do not know is `internal_error`, and says nothing more. */
export function errorOf(raised: unknown): DomainError {
  if (raised instanceof DomainError) return raised
  const error = (raised ?? {}) as Raised
  if (typeof error.code === 'string') {
    const known = ofFastify[error.code]
    if (known === 'media_type_unsupported') return new DomainError(known, { accept: 'application/json' })
    if (known) return new DomainError(known)
    // Only Fastify's own refusals are the caller's doing; a status that another library puts on its error is not.
    if (error.code.startsWith('FST_ERR_') && isClientStatus(error.statusCode))
      return new DomainError('request_malformed')
  }
  if (isOutOfReach(error)) return new DomainError('service_unavailable')
  return new DomainError('internal_error')
}

function isClientStatus(status: unknown): boolean {
  return typeof status === 'number' && status >= 400 && status < 500
}

// Network errors, and PostgreSQL's classes: 08 connection, 53 resources, 57P0x shutdown, 40001/40P01 worth another try,
// 55P03 and 57014 lock or statement that took too long.
const outOfReach =
  /^(08...|53...|57P0[1-5]|40001|40P01|55P03|57014|ECONNREFUSED|ECONNRESET|ECONNABORTED|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)$/
// node-postgres gives these no code.
const lostConnection =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Query read timeout)/

function isOutOfReach(error: Raised, depth = 0): boolean {
  if (typeof error.code === 'string' && outOfReach.test(error.code)) return true
  if (typeof error.message === 'string' && lostConnection.test(error.message)) return true
  // drizzle wraps what the driver threw.
  return depth < 4 && typeof error.cause === 'object' && error.cause !== null && isOutOfReach(error.cause, depth + 1)
}

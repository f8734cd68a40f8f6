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
  return new DomainError(codeOf(error))
}

/** By what the database or the network says, which drizzle and we wrap. */
function codeOf(error: Raised, depth = 0): ErrorCode {
  const { code, message, cause } = error
  if (typeof code === 'string') {
    const [, known] = byState.find(([states]) => states.test(code)) ?? []
    if (known) return known
  }
  if (typeof message === 'string' && lostConnection.test(message)) return 'service_unavailable'
  return depth < 4 && typeof cause === 'object' && cause !== null ? codeOf(cause, depth + 1) : 'internal_error'
}

/**
 * Network errors and PostgreSQL's states. All else of the database, a refusal by row-level security (42501) among it, is
 * a fault of ours.
 */
const byState: readonly [RegExp, ErrorCode][] = [
  // 08 connection, 53 resources, 57P0x shutdown, 25006 a server that only reads, as while another takes over.
  [/^(08...|53...|57P0[1-5]|25006)$/, 'service_unavailable'],
  // Worth another try: 40001 and 40P01 lost against others; 55P03, 57014, 25P03 and 25P04 took too long.
  [/^(40001|40P01|55P03|57014|25P03|25P04)$/, 'service_unavailable'],
  [
    /^(ECONNREFUSED|ECONNRESET|ECONNABORTED|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)$/,
    'service_unavailable',
  ],
  // What validation let through: 22 data exceptions, and of 23 a null or a check that fails.
  [/^(22...|23502|23514)$/, 'value_refused'],
  // The others of 23: something is there already, or no longer.
  [/^23...$/, 'change_refused'],
]

// node-postgres gives these no code.
const lostConnection =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Query read timeout)/

function isClientStatus(status: unknown): boolean {
  return typeof status === 'number' && status >= 400 && status < 500
}

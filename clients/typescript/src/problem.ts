import { CredentialsError, type Problem, ProblemError, UnreachableError, type WaspadaError } from './errors.ts'
import { retryAfterOf } from './transport/delay.ts'

/** An answer as openapi-fetch gives it. */
export interface Answer<Data> {
  data?: Data | undefined
  error?: unknown
  response: Response
}

/**
 * What was asked for.
 * @throws ProblemError, UnreachableError, CredentialsError
 */
export function answerOf<Data>(answer: Answer<Data>, now: Date, idempotencyKey?: string): Data & {} {
  const { data, error, response } = answer
  if (response.ok && typeof data === 'object' && data !== null) return data
  throw failureOf(response, error, now, idempotencyKey)
}

/** What an answer that is not the one asked for amounts to. Only what bears the form of the service is a refusal by it. */
export function failureOf(response: Response, body: unknown, now: Date, idempotencyKey?: string): WaspadaError {
  const { status, headers } = response
  const problem = isProblem(body) && isProblemType(headers) ? new ProblemError(body) : undefined
  if (status === 401) return new CredentialsError('The service does not believe this client', { cause: problem })
  const retryAfterMs = retryAfterOf(headers, now)
  if (problem && status < 500 && status !== 408 && status !== 429) return problem
  const message = problem ? problem.message : `${status}, and not in the form of the service`
  const uncertain = status !== 408 && status !== 429
  return new UnreachableError(message, { cause: problem, status, retryAfterMs, uncertain, idempotencyKey })
}

function isProblemType(headers: Headers): boolean {
  return (headers.get('content-type') ?? '').startsWith('application/problem+json')
}

function isProblem(body: unknown): body is Problem {
  const { status, code, detail } = (body ?? {}) as Partial<Problem>
  return typeof status === 'number' && typeof code === 'string' && typeof detail === 'string'
}

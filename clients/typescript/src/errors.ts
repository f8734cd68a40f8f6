import type { components } from './contract.ts'

/** A problem as the service sends it (RFC 9457). */
export type Problem = components['schemas']['Problem']
export type Upload = components['schemas']['Upload']

/** All that this client throws of itself. What an `AbortSignal` gives as its reason is thrown as it is. */
export class WaspadaError extends Error {
  override readonly name: string = 'WaspadaError'
}

/** The service read the request and refuses it. Sent again as it is, it is refused again. */
export class ProblemError extends WaspadaError {
  override readonly name = 'ProblemError'
  readonly problem: Problem
  readonly status: number
  /** What went wrong; never changes with the language. A service newer than this client may have others. */
  readonly code: Problem['code']
  readonly title: string
  readonly detail: string
  /** Every fault of the input, with where it is. */
  readonly errors: NonNullable<Problem['errors']>
  /** As in the log of the service. */
  readonly requestId: string
  /** On a conflict: the report that holds the key or reference. */
  readonly existingId: string | undefined

  constructor(problem: Problem) {
    super(`${problem.status} ${problem.code}: ${problem.detail}`)
    this.problem = problem
    this.status = problem.status
    this.code = problem.code
    this.title = problem.title
    this.detail = problem.detail
    this.errors = problem.errors ?? []
    this.requestId = problem.instance
    this.existingId = problem.existingId
  }
}

export interface Unreached {
  cause?: unknown
  /** Of the last answer, where there was one. */
  status?: number | undefined
  retryAfterMs?: number | undefined
  uncertain?: boolean
  idempotencyKey?: string | undefined
}

/** Given up for now: the line, or a service that cannot answer. The same request may well be answered later. */
export class UnreachableError extends WaspadaError {
  override readonly name = 'UnreachableError'
  readonly status: number | undefined
  /** Milliseconds after which the service wants to be asked again, where it said so. */
  readonly retryAfterMs: number | undefined
  /** Whether the service may have done what was asked, and its answer was lost. */
  readonly uncertain: boolean
  /** The Idempotency-Key under which the request was sent, and under which it is safe to send again. */
  readonly idempotencyKey: string | undefined

  constructor(message: string, { cause, status, retryAfterMs, uncertain = false, idempotencyKey }: Unreached = {}) {
    super(message, { cause })
    this.status = status
    this.retryAfterMs = retryAfterMs
    this.uncertain = uncertain
    this.idempotencyKey = idempotencyKey
  }
}

/** The client is not believed: by the token endpoint, or by the service with a fresh token. Says nothing of what was asked. */
export class CredentialsError extends WaspadaError {
  override readonly name = 'CredentialsError'
  /** As the token endpoint names it (RFC 6749, section 5.2), such as `invalid_client`. */
  readonly code: string | undefined

  constructor(message: string, { code, cause }: { code?: string | undefined; cause?: unknown } = {}) {
    super(message, { cause })
    this.code = code
  }
}

/** The file arrived, and is not kept. */
export class FileRefusedError extends WaspadaError {
  override readonly name = 'FileRefusedError'
  readonly upload: Upload

  constructor(upload: Upload) {
    super(`The file is refused: ${upload.refusal}`)
    this.upload = upload
  }
}

/**
 * Events after this position are no longer kept, or the log was restored from a backup and never came to it: what happened in between
 * must be read from the resources themselves.
 */
export class PositionGoneError extends WaspadaError {
  override readonly name = 'PositionGoneError'
  readonly position: number
  /** Where to go on: note it, read the resources anew, and only then save it as the position. */
  readonly oldest: number | undefined

  constructor(position: number, problem: ProblemError) {
    super(`The log of events does not hold the position ${position}`, { cause: problem })
    this.position = position
    this.oldest = problem.problem.oldest
  }
}

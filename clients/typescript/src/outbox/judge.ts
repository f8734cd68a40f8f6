import { ProblemError, UnreachableError } from './core-stand-in.ts'

/** What the failure of one sending means for the queue. */
export type Judgement =
  /** The service looked at this report and will not have it; the others go on. */
  | { means: 'refused'; problem: ProblemError }
  /** Nothing can be sent now. */
  | { means: 'later'; reason: string; retryAfterMs: number | undefined }
  /** Nothing can be sent until a person has done something: it is not the report that is wrong. */
  | { means: 'stop'; problem: ProblemError }

/** Statuses of what is wrong with one report: its form, its values, a reference in use, its size. */
const aboutTheReport = new Set([409, 413, 422])
const passing = new Set([408, 425, 429])

/** @throws what is no answer of the service */
export function judge(error: unknown): Judgement {
  if (error instanceof UnreachableError)
    return { means: 'later', reason: error.message, retryAfterMs: error.retryAfterMs }
  if (!(error instanceof ProblemError)) throw error
  const { status, code, retryAfterMs } = error
  // The first request with this key is still under way there.
  const underWay = status === 409 && /_in_(use|progress)$/.test(code)
  if (status >= 500 || passing.has(status) || underWay) return { means: 'later', reason: error.message, retryAfterMs }
  if (aboutTheReport.has(status) || code === 'request_malformed') return { means: 'refused', problem: error }
  return { means: 'stop', problem: error }
}

import { CredentialsError, FileRefusedError, ProblemError, UnreachableError } from '../errors.ts'
import type { FileRefusal } from './item.ts'

/** What the failure of one sending means for the queue. */
export type Judgement<Refused> =
  /** The service looked at this and will not have it; the others go on. */
  | ({ means: 'refused' } & Refused)
  /** Nothing can be sent now. */
  | { means: 'later'; reason: string; retryAfterMs: number | undefined }
  /** Nothing can be sent until a person has done something: it is not the report that is wrong. */
  | { means: 'stop'; reason: string; code: string }

/** Statuses of what is wrong with one report: its form, its values, a reference in use, its size. */
const aboutTheReport = new Set([400, 409, 410, 413, 422])
/** What a file meets that has nothing to do with it. */
const aboutTheLine = new Set(['uploads_exhausted', 'upload_offset_conflict'])

/** @throws what is no answer of the service */
export function judge(error: unknown): Judgement<{ problem: ProblemError['problem'] }> {
  if (error instanceof UnreachableError)
    return { means: 'later', reason: error.message, retryAfterMs: error.retryAfterMs }
  if (error instanceof CredentialsError) {
    const told = error.cause instanceof ProblemError ? error.cause : undefined
    const reason = told ? `${error.message}: ${told.message}` : error.message
    return { means: 'stop', reason, code: error.code ?? told?.code ?? 'not_believed' }
  }
  if (!(error instanceof ProblemError)) throw error
  const { status, code, message, problem } = error
  // A bad parameter or header is no part of the report.
  if (aboutTheReport.has(status) && code !== 'parameter_invalid') return { means: 'refused', problem }
  return { means: 'stop', reason: message, code }
}

/** As `judge`, of a file: its name goes in a header, and its report may have gone. */
export function judgeFile(error: unknown): Judgement<Omit<FileRefusal, 'at'>> {
  if (error instanceof FileRefusedError) return { means: 'refused', reason: error.upload.refusal ?? 'file_refused' }
  if (error instanceof ProblemError) {
    const { code, message, problem } = error
    if (aboutTheLine.has(code)) return { means: 'later', reason: message, retryAfterMs: undefined }
    if (code === 'parameter_invalid' || code === 'report_not_found') return { means: 'refused', reason: code, problem }
  }
  const judgement = judge(error)
  if (judgement.means !== 'refused') return judgement
  return { means: 'refused', reason: judgement.problem.code, problem: judgement.problem }
}

import type { ErrorCode } from '../../errors.ts'
import { statusOf } from '../problem.ts'
import { DocumentedProblems } from './responses.ts'

/** Documents the refusals that a route adds to those that every route may answer: `...problems('report_not_found')`. */
export function problems(...codes: ErrorCode[]): Record<`${4 | 5}${number}`, DocumentedProblems> {
  const byStatus: Record<string, DocumentedProblems> = {}
  for (const status of new Set(codes.map(statusOf))) {
    byStatus[status] = new DocumentedProblems(codes.filter((code) => statusOf(code) === status))
  }
  return byStatus
}

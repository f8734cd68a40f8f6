import { DomainError } from '../errors.ts'
import { problemOf } from '../http/problem.ts'

/** A refusal in words for whoever runs a command, every fault on a line of its own; other errors as they are. */
export function inWords(error: unknown): unknown {
  if (!(error instanceof DomainError)) return error
  const { title, detail, errors = [] } = problemOf(error, 'en', '')
  const faults = errors.map((fault) => `\n  ${fault.pointer ?? fault.parameter}: ${fault.detail}`)
  return new Error(`${title}${faults.length > 0 ? faults.join('') : `. ${detail}`}`)
}

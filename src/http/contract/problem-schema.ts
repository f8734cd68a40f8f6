import { z } from 'zod'
import { DomainError, type ErrorCode } from '../../errors.ts'
import { errorCodes, faultCodes, problemOf } from '../problem.ts'
import { OpenList } from '../schemas.ts'

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what the words never hold
const readable = /^[^\u0000-\u001F]+$/

const FaultView = z
  .object({
    pointer: z
      .string()
      .max(2000)
      .regex(/^(\/[\s\S]*)?$/)
      .optional()
      .describe('RFC 6901 pointer into the body'),
    parameter: z
      .string()
      .max(200)
      .regex(/^[\s\S]*$/)
      .optional()
      .describe('Name of the query parameter'),
    header: z
      .string()
      .max(200)
      .regex(/^[!-~]*$/)
      .optional()
      .describe('Name of the header'),
    code: OpenList(faultCodes).describe('What is wrong; never changes with the language; more may come'),
    detail: z.string().max(4000).regex(readable).describe('The same for people, in the language of the answer'),
  })
  .meta({ id: 'Fault', description: 'One fault in the input: where it is and what is wrong.' })

/** The problem body of every refusal. */
export const ProblemView = z
  .object({
    type: z.string().max(100).meta({ format: 'uri-reference' }).describe('Stable address of a page about this problem'),
    title: z.string().max(200).regex(readable).describe('Short name, in the language of the answer'),
    status: z.int().min(400).max(599),
    detail: z.string().max(4000).regex(readable),
    instance: z
      .string()
      .max(128)
      .regex(/^[A-Za-z0-9._-]+$/)
      .describe('The request id, as in X-Request-Id'),
    code: OpenList(errorCodes).describe('What went wrong; never changes with the language; more may come'),
    existingId: z.uuid().optional().describe('On a conflict: the id of the report that exists already'),
    oldest: z
      .int()
      .min(0)
      .max(Number.MAX_SAFE_INTEGER)
      .optional()
      .describe('Where a position in the log of events does not hold: the oldest one that does'),
    errors: z.array(FaultView).max(1000).optional().describe('Every fault of the input, of more than 1,000 the first'),
  })
  .meta({ id: 'Problem', description: 'An RFC 9457 problem.' })

const exampleId = '0193639c-8f4e-7c1b-9d2a-6f1e0c5b7a10'

/** A problem as a caller who prefers English would get it. */
export function exampleProblem(code: ErrorCode): unknown {
  const conflict = code.endsWith('_conflict') ? { existingId: '0193639c-1111-7c1b-9d2a-6f1e0c5b7a10' } : {}
  const position = code === 'events_gone' || code === 'events_position_unknown' ? { oldest: 48211 } : {}
  const faults =
    code === 'body_invalid'
      ? [{ pointer: '/location/regionCode', code: 'required' as const }]
      : code === 'parameter_invalid'
        ? [{ parameter: 'limit', code: 'too_large' as const, params: { maximum: 200 } }]
        : []
  return problemOf(
    new DomainError(code, { ...conflict, ...position, allow: 'GET, HEAD', accept: 'application/json' }, faults),
    'en',
    exampleId,
  )
}

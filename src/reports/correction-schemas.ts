import { z } from 'zod'
import { Narrative } from '../http/schemas.ts'
import { SubmitReport } from './schemas.ts'

/** Why something was done to a report. */
export const Reason = Narrative(3, 2_000)

/**
 * The merge patch (RFC 7396) of a schema: every member may be left out; null takes back what need not be said, and what is
 * nested is patched member by member. A list is replaced as a whole.
 */
function patchOf(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodOptional)
    return described(schema, nullable(patchOf(schema.unwrap() as z.ZodType)))
  if (schema instanceof z.ZodNullable) return described(schema, nullable(patchOf(schema.unwrap() as z.ZodType)))
  if (!(schema instanceof z.ZodObject)) return schema
  const id = schema.meta()?.id
  const members = Object.entries(schema.shape).map(([name, member]) => [name, patchOf(member as z.ZodType).optional()])
  const patch = z.strictObject(Object.fromEntries(members))
  return id === undefined ? patch : patch.meta({ id: `${id}Patch` })
}

function nullable(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodNullable ? schema : schema.nullable()
}

function described(from: z.ZodType, to: z.ZodType): z.ZodType {
  return from.description === undefined ? to : to.describe(from.description)
}

const { clientReference: _reference, ...correctable } = SubmitReport.shape
const members = Object.fromEntries(
  Object.entries(correctable).map(([name, member]) => [name, patchOf(member as z.ZodType).optional()]),
)

export const CorrectReport = z
  .strictObject({
    ...members,
    reason: Reason.optional().describe('Why; required once the report has been verified, and to lower the handling'),
  })
  .meta({ id: 'CorrectReport' })
export type CorrectReport = z.output<typeof CorrectReport>

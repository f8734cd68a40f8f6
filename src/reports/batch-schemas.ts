import { z } from 'zod'
import { ProblemView } from '../http/contract/problem-schema.ts'
import { BooleanParam, OpenList } from '../http/schemas.ts'
import { ClientReference, ReportView, SubmitReport } from './schemas.ts'
import * as words from './vocabulary.ts'

export const mostItems = 500

/** A report of a batch: as posted alone, but that its reference is required, since that is what makes it safe to send again. */
export const BatchItem = z
  .strictObject({ ...SubmitReport.shape, clientReference: ClientReference })
  .meta({ id: 'BatchItem' })
export type BatchItem = z.output<typeof BatchItem>

export const Batch = z.array(BatchItem).min(1).max(mostItems)

export const SubmitBatchQuery = z.strictObject({
  dryRun: BooleanParam.default(false).describe('`true` says what would become of each item, and stores nothing'),
})

const Count = z.int().min(0).max(mostItems)

const StandingView = z
  .strictObject({
    id: z.uuid(),
    number: ReportView.shape.number,
    version: ReportView.shape.version,
    flags: z
      .array(OpenList(words.flags))
      .max(words.flags.length)
      .describe('`late`: it came late, and stands all the same'),
  })
  .meta({ id: 'StandingReport' })

const ItemResult = z
  .strictObject({
    index: z
      .int()
      .min(0)
      .max(mostItems - 1)
      .describe('Place of the item in the batch, from 0; blank lines do not count'),
    clientReference: ClientReference.nullable().describe('Of the item; null where it has none that is one'),
    result: z
      .enum(['created', 'replayed', 'valid', 'invalid', 'conflict', 'failed'])
      .describe(
        'created: stored now. replayed: it stood already. valid: it would be stored (dry run). invalid: refused, see problem. ' +
          'conflict: the reference belongs to other content. failed: our fault, send it again.',
      ),
    report: StandingView.optional().describe('The report that stands; not in a dry run'),
    problem: ProblemView.optional().describe(
      'What a post of this item alone would be answered; pointers are within the item',
    ),
  })
  .meta({ id: 'BatchItemResult' })

export const BatchResult = z
  .strictObject({
    items: z.array(ItemResult).max(mostItems).describe('One for each item, in their order'),
    counts: z
      .strictObject({
        created: Count,
        replayed: Count,
        valid: Count,
        invalid: Count,
        conflict: Count,
        failed: Count,
      })
      .meta({ id: 'BatchCounts' }),
  })
  .meta({ id: 'BatchResult' })
export type BatchResult = z.output<typeof BatchResult>

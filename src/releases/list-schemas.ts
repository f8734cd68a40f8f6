import { z } from 'zod'
import { fault } from '../http/contract/fault-of-issue.ts'
import { CommaList, Cursor, Limit } from '../http/schemas.ts'
import { refuseReversedRanges } from '../reports/filter-schemas.ts'
import { Highlights } from '../reports/highlights.ts'
import { releaseFilters } from './filter-schemas.ts'
import { ReleaseView } from './schemas.ts'
import { type ReleaseField, releaseFields } from './vocabulary.ts'

/** How a list may be ordered; `-` is newest or most severe first, and the id breaks ties. */
export const sorts = [
  '-releasedAt',
  'releasedAt',
  '-occurredAt',
  'occurredAt',
  '-severity',
  'severity',
  'relevance',
] as const
export type Sort = (typeof sorts)[number]

const fieldWords = ['*', ...releaseFields] as const
const narratives: readonly ReleaseField[] = ['facts', 'analysis', 'prediction', 'actionsTaken', 'recommendation']

export const ListReleasesQuery = z
  .strictObject({
    ...releaseFilters,
    fields: CommaList(z.enum(fieldWords), fieldWords.length)
      .optional()
      .describe(
        'Members of `content` to give where they were approved, `exercise` always; `*` for all. Without it: all but the narratives. ' +
          '`occurredAt` brings `occurredAtPrecision` and `localDate`',
      ),
    sort: z
      .enum(sorts)
      .optional()
      .describe(
        'Without it `-releasedAt`; with `q`, `relevance`, which orders the thousand matches released last. Releases of one severity ' +
          'are ordered by when it occurred; what was not approved comes last, whichever way round',
      ),
    limit: Limit,
    cursor: Cursor.optional().describe('`next` of the page before'),
  })
  .superRefine(refuseReversedRanges)
  .superRefine(({ sort, q }, ctx) => {
    if (sort !== 'relevance' || q !== undefined) return
    const allowed = sorts.filter((word) => word !== 'relevance').join(', ')
    ctx.addIssue({ code: 'custom', path: ['sort'], params: fault('not_allowed', { allowed }) })
  })
export type ListReleasesQuery = z.output<typeof ListReleasesQuery>

/** What of `content` a query asks for, in the order of the contract. */
export function fieldsAsked(fields: ListReleasesQuery['fields']): readonly ReleaseField[] {
  if (!fields) return releaseFields.filter((field) => !narratives.includes(field))
  if (fields.includes('*')) return releaseFields
  return releaseFields.filter((field) => fields.includes(field))
}

/** A release in a list; highlights beside it where `q` was asked. */
export const ReleaseItem = ReleaseView.extend({ highlights: Highlights.optional() }).meta({ id: 'ReleaseItem' })

export const ReleasePage = z
  .strictObject({
    items: z.array(ReleaseItem).max(200),
    next: Cursor.nullable().describe('Cursor of the next page; null at the end'),
  })
  .meta({ id: 'ReleasePage' })

import type { Context } from '../access/context.ts'
import { DomainError } from '../errors.ts'
import type { Asked } from '../exports/send-export.ts'
import type { Table } from '../exports/table.ts'
import { Words } from '../vocabularies/words.ts'
import { pageOfReports } from './list-reports.ts'
import { type ListReportsQuery, membersAsked, type Sort } from './list-schemas.ts'
import { type ExportedReport, reportColumns } from './report-columns.ts'
import { batchSize, type ReadPage, walkPages } from './walk-pages.ts'

/**
 * All that a list would give, read batch by batch as it is taken (see `walkPages`).
 * @throws DomainError what the list would be refused for
 */
export async function exportReports(
  context: Context,
  query: ListReportsQuery,
  { type, language, isHead }: Asked,
): Promise<Table<ExportedReport>> {
  const isMap = type === 'application/geo+json'
  const fields = isMap && query.fields ? [...query.fields, 'location' as const] : query.fields
  const listed = { ...query, fields, sort: wholeOrder(query) }
  const read: ReadPage = (at, place) => pageOfReports(at, listed, place)
  const first = await read(context, { after: null, size: isHead ? 0 : batchSize })
  return {
    name: 'reports',
    title: language === 'id' ? 'Laporan' : 'Reports',
    language,
    columns: reportColumns(membersAsked(query.fields), new Words(context.db.held, language)),
    batches: walkPages(context, first, read),
    idOf: ({ id }) => id,
    pointOf: ({ location }) => location?.coordinates ?? null,
  }
}

/** Relevance orders the newest of what is found alone: an export is whole. */
function wholeOrder({ sort = '-occurredAt' }: ListReportsQuery): Sort {
  if (sort !== 'relevance') return sort
  throw new DomainError('parameter_invalid', {}, [{ parameter: 'sort', code: 'not_in_export' }])
}

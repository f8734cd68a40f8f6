import { setTimeout } from 'node:timers/promises'
import type { Context } from '../access/context.ts'
import { DomainError } from '../errors.ts'
import type { Asked } from '../exports/send-export.ts'
import type { Table } from '../exports/table.ts'
import { Words } from '../vocabularies/words.ts'
import { type Listed, type Position, pageOfReports } from './list-reports.ts'
import { type ListReportsQuery, membersAsked, type Sort } from './list-schemas.ts'
import { type ExportedReport, reportColumns } from './report-columns.ts'

const batchSize = 500
/** How often, a second apart, a batch asks for a connection when others use all of them. */
const mostTries = 20

type Page = Awaited<ReturnType<typeof pageOfReports>>

/**
 * All that a list would give, read batch by batch as it is taken: each batch under the caller's scope anew, in a short transaction
 * of its own, so that no connection waits for a slow reader and a client that was disabled gets no more.
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
  const first = await pageOfReports(context, listed, { after: null, size: isHead ? 0 : batchSize })
  return {
    name: 'reports',
    title: language === 'id' ? 'Laporan' : 'Reports',
    language,
    columns: reportColumns(membersAsked(query.fields), new Words(context.db.held, language)),
    batches: walk(context, listed, first),
    idOf: ({ id }) => id,
    pointOf: ({ location }) => location?.coordinates ?? null,
  }
}

/** Relevance orders the newest of what is found alone: an export is whole. */
function wholeOrder({ sort = '-occurredAt' }: ListReportsQuery): Sort {
  if (sort !== 'relevance') return sort
  throw new DomainError('parameter_invalid', {}, [{ parameter: 'sort', code: 'not_in_export' }])
}

async function* walk(context: Context, query: Listed, first: Page): AsyncGenerator<readonly string[]> {
  const begun = performance.now()
  let page = first
  for (;;) {
    yield page.rows.map(({ document }) => document)
    if (!page.last) return
    page = await nextPage(at(context, performance.now() - begun), query, page.last)
  }
}

/** The same request some milliseconds later: a break-glass grant must be in force still. */
function at(context: Context, later: number): Context {
  const { caller } = context
  if (caller.breakGlass === null) return context
  const moment = new Date(caller.breakGlass.at.getTime() + later)
  return { ...context, caller: { ...caller, breakGlass: { ...caller.breakGlass, at: moment } } }
}

async function nextPage(context: Context, query: Listed, after: Position): Promise<Page> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await pageOfReports(context, query, { after, size: batchSize })
    } catch (error) {
      const isBusy = error instanceof DomainError && error.code === 'service_unavailable'
      if (!isBusy || tries === mostTries) throw error
      await setTimeout(1_000)
    }
  }
}

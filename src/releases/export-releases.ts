import type { Context } from '../access/context.ts'
import { DomainError } from '../errors.ts'
import type { Asked } from '../exports/send-export.ts'
import type { Table } from '../exports/table.ts'
import { batchSize, type ReadPage, walkPages } from '../reports/walk-pages.ts'
import { Words } from '../vocabularies/words.ts'
import { pageOfReleases } from './list-releases.ts'
import { fieldsAsked, type ListReleasesQuery, type Sort } from './list-schemas.ts'
import { type ExportedRelease, releaseColumns } from './release-columns.ts'

/**
 * All that a list would give, read batch by batch as it is taken (see `walkPages`); each batch tells the audit what it gives.
 * @throws DomainError what the list would be refused for
 */
export async function exportReleases(
  context: Context,
  query: ListReleasesQuery,
  { type, language, isHead }: Asked,
): Promise<Table<ExportedRelease>> {
  const isMap = type === 'application/geo+json'
  const fields = isMap && query.fields ? [...query.fields, 'position' as const] : query.fields
  const listed = { ...query, fields, sort: wholeOrder(query) }
  const read: ReadPage = (at, place) => pageOfReleases(at, listed, place)
  const first = await read(context, { after: null, size: isHead ? 0 : batchSize })
  return {
    name: 'releases',
    title: language === 'id' ? 'Rilis' : 'Releases',
    language,
    columns: releaseColumns(fieldsAsked(query.fields), new Words(context.db.held, language)),
    batches: walkPages(context, first, read),
    idOf: ({ id }) => id,
    pointOf: ({ content }) => content.position?.coordinates ?? null,
  }
}

/** Relevance orders the newest of what is found alone: an export is whole. */
function wholeOrder({ sort = '-releasedAt' }: ListReleasesQuery): Sort {
  if (sort !== 'relevance') return sort
  throw new DomainError('parameter_invalid', {}, [{ parameter: 'sort', code: 'not_in_export' }])
}

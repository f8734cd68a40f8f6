import { isDeepStrictEqual } from 'node:util'
import type { Api } from '../../support/start-api.ts'
import { findAll, type Query } from './filters.ts'
import { send } from './live.ts'
import type { Asker, Document, ModelReport } from './model-report.ts'

/** Members that a list leaves out unless they are asked for. */
const narratives = [
  ...['athgNotes', 'facts', 'analysis', 'prediction', 'actionsTaken', 'recommendation', 'actors', 'outcome'],
]
const severities = ['low', 'moderate', 'high', 'critical']
/** What a list is ordered by before the id. Ranks are nobody's to say: by relevance, a list is looked at as a set. */
const positions: Record<string, (report: ModelReport) => number[]> = {
  occurredAt: ({ occurredAt }) => [occurredAt],
  receivedAt: ({ receivedAt }) => [receivedAt],
  severity: ({ document, occurredAt }) => [severities.indexOf(document.severity), occurredAt],
  relevance: () => [],
}
/** As many as are ordered by relevance at most. */
const mostRelevant = 1000

/** What a caller must be shown, in the order asked for; the id breaks ties, the same way round. */
export function listed(reports: readonly ModelReport[], asker: Asker, query: Query, now: number): ModelReport[] {
  const { sort = '-occurredAt' } = query
  const way = sort.startsWith('-') ? -1 : 1
  const position = positions[sort.replace('-', '')]
  if (!position) throw new Error(`The model does not know the order ${sort}`)
  return findAll(reports, asker, query, now)
    .slice()
    .sort((a, b) => way * (compare(position(a), position(b)) || byId(a.document, b.document)))
}

function compare(a: number[], b: number[]): number {
  const at = a.findIndex((value, place) => value !== b[place])
  return at === -1 ? 0 : (a[at] ?? 0) - (b[at] ?? 0)
}

function byId(a: { id: string }, b: { id: string }): number {
  return a.id < b.id ? -1 : 1
}

/** The whole list, page by page, against the model. @returns what they disagree about */
export async function compareList(
  api: Api,
  reports: readonly ModelReport[],
  asker: Asker,
  query: Query,
): Promise<string | undefined> {
  const expected = listed(reports, asker, query, api.time.now.getTime())
  const limit = Number(query.limit ?? 50)
  const got: Document[] = []
  for (let cursor = ''; ; ) {
    const url = `/v1/reports?${new URLSearchParams(query)}${cursor}`
    const answer = await send(api, asker, { url })
    if (answer.statusCode !== 200) return refusal(answer)
    const { items, next } = answer.json()
    got.push(...items.map(({ highlights: _highlights, ...item }: Document) => item))
    if (next !== null && items.length !== limit) return `a page of ${items.length} that is not the last`
    if (next === null) break
    if (got.length > expected.length + 2 * limit) break
    cursor = `&cursor=${next}`
  }
  if (query.sort === 'relevance') got.sort(byId)
  if (query.sort === 'relevance' && expected.length > mostRelevant) return undefined
  return differenceOf(
    expected.map(({ document }) => shownOf(document, query.fields)),
    got,
  )
}

/** A refusal is a disagreement too; another one is no smaller form of it. */
export function refusal({ statusCode, body }: { statusCode: number; body: string }): string {
  const { code, errors = [] } = JSON.parse(body)
  return `refused: ${statusCode} ${code} ${JSON.stringify(errors)}`
}

function shownOf(document: Document, fields: string | undefined): Document {
  const asked = fields?.split(',')
  if (asked?.includes('*')) return document
  const shown = Object.entries(document).filter(([name]) =>
    asked ? name === 'id' || asked.includes(name) : !narratives.includes(name),
  )
  return Object.fromEntries(shown) as Document
}

function differenceOf(expected: Document[], got: Document[]): string | undefined {
  if (isDeepStrictEqual(got, expected)) return undefined
  const ids = new Set(got.map(({ id }) => id))
  const due = new Set(expected.map(({ id }) => id))
  const missing = expected.filter(({ id }) => !ids.has(id))
  const tooMany = got.filter(({ id }) => !due.has(id))
  const at = expected.findIndex((document, place) => !isDeepStrictEqual(document, got[place]))
  const place = at === -1 ? expected.length : at
  return [
    `${got.length} reports instead of ${expected.length}: ${missing.length} are missing, ${tooMany.length} too many`,
    ...missing.slice(0, 3).map((document) => `missing  ${JSON.stringify(document)}`),
    ...tooMany.slice(0, 3).map((document) => `too many ${JSON.stringify(document)}`),
    `first unlike, at ${place}: ${unlikeMembers(expected[place], got[place])}`,
  ].join('\n  ')
}

/** Of another report its id alone, of the same one what is told otherwise. */
function unlikeMembers(expected: Document | undefined, got: Document | undefined): string {
  if (expected?.id !== got?.id) return `expected ${expected?.id}, got ${got?.id}`
  const names = new Set([...Object.keys(expected ?? {}), ...Object.keys(got ?? {})])
  const unlike = [...names].filter((name) => !isDeepStrictEqual(expected?.[name], got?.[name]))
  return `${expected?.id}${unlike.map((name) => `\n    ${name}: expected ${JSON.stringify(expected?.[name])}, got ${JSON.stringify(got?.[name])}`)}`
}

import { eq, sql } from 'drizzle-orm'
import type { Caller } from '../access/caller.ts'
import { statement } from '../database/statement.ts'
import type { WorkDoor } from '../database/work-door.ts'
import type { Look } from './event-watch.ts'
import { events as e, sequences as s } from './table.ts'

const { placeholder } = sql
const watch = { client: 'system:watch', actor: 'watch' } as const

/** Numbers that a look goes through at most; where there are more, something may have happened anywhere. */
const furthest = 5_000

const nation = '00'
const agencies = 'agencies'

interface Row extends Record<string, unknown> {
  head: string
  last: string | null
  province: string | null
  regency: string | null
  isRelease: boolean
}

// Of the events it takes nothing but their places, for which the nation must be asked; by the policies, whoever may read an event is at
// one of its places.
export const lookAtEnd = statement(
  'look_at_end_of_events',
  sql`SELECT ${s.last} AS head, n.* FROM ${s} LEFT JOIN LATERAL (
      SELECT max(${e.sequence}) AS last, ${e.provinceCode} AS province, ${e.regencyCode} AS regency, starts_with(${e.type}, 'release.') AS "isRelease"
      FROM ${e} WHERE ${e.sequence} > ${placeholder('since')}::bigint AND ${e.sequence} <= ${placeholder('until')}::bigint GROUP BY 2, 3, 4) n ON true
    WHERE ${eq(s.stream, sql`'events'`)}`,
)

/** The place of a reader, as a look names it. */
export function placeOf({ scope }: Pick<Caller, 'scope'>): string {
  return scope.tier === 'agency' ? agencies : scope.region
}

/** Where the log ends and where something happened behind `since`, as an `EventWatch` looks. */
export async function lookAt(db: WorkDoor, since: number | undefined): Promise<Look> {
  const until = since === undefined ? null : since + furthest
  const rows = await db.workAs('national', watch, async (tx) => {
    const [found] = await Promise.all([tx.run<Row>(lookAtEnd, { since: since ?? null, until }), tx.commit()])
    return found
  })
  if (!rows[0]) throw new Error('The head of the events is missing')
  const head = Number(rows[0].head)
  return { head, news: until === null || head > until ? undefined : newsOf(rows) }
}

function newsOf(rows: readonly Row[]): Map<string, number> {
  const news = new Map<string, number>()
  const note = (place: string | null, last: number) => {
    if (place !== null) news.set(place, Math.max(last, news.get(place) ?? 0))
  }
  for (const { last, province, regency, isRelease } of rows) {
    if (last === null) continue
    for (const place of [nation, province, regency, isRelease ? agencies : null]) note(place, Number(last))
  }
  return news
}

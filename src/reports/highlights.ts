import { type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { z } from 'zod'
import { Narrative } from '../http/schemas.ts'
import { reports as r } from './table.ts'

/** Control characters, which no text of a report may hold (see `Text` and `Narrative`). */
const marks = { start: '\u0002', stop: '\u0003', between: '\u001e' } as const
const excerpts = `StartSel="${marks.start}", StopSel="${marks.stop}", FragmentDelimiter="${marks.between}", MaxFragments=2, MaxWords=24, MinWords=8`
const whole = `StartSel="${marks.start}", StopSel="${marks.stop}", HighlightAll=true`

const searched = {
  subject: whole,
  facts: excerpts,
  analysis: excerpts,
  prediction: excerpts,
  actionsTaken: excerpts,
  recommendation: excerpts,
  place: whole,
} as const
type Searched = keyof typeof searched

/** What words are looked for in, by member. */
export type Texts = Record<Searched, SQL | PgColumn>

export const reportTexts: Texts = r

/** The same of a document that holds those members. */
export function textsIn(document: PgColumn): Texts {
  const texts = Object.keys(searched).map((name) => [name, sql`${document} ->> ${sql.raw(`'${name}'`)}`])
  return Object.fromEntries(texts)
}

const Snippet = z
  .array(z.strictObject({ text: Narrative(0), match: z.boolean() }).meta({ id: 'SnippetPart' }))
  .min(1)
  .max(20_000)
const Snippets = z.array(Snippet).min(1).max(10).optional()

/** Where the words of `q` stand. Text in parts, and no marks within it: it can be shown as it is and needs no escape but that of JSON. */
export const Highlights = z
  .strictObject(
    Object.fromEntries(Object.keys(searched).map((name) => [name, Snippets])) as Record<Searched, typeof Snippets>,
  )
  .describe(
    'Where the words of `q` stand, by member; a snippet is its parts in their order, `match` says which are such words',
  )
  .meta({ id: 'Highlights' })
export type Highlights = z.output<typeof Highlights>

/** JSON text of the members in which words of a `tsquery` stand, those marked; null where there are none. */
export function markedMembers(query: SQL, texts: Texts): SQL {
  // Any of the words: a member need not hold all that the report as a whole does.
  const anyOfThem = sql`replace(querytree(${query}), ' & ', ' | ')::tsquery`
  const members = Object.entries(searched).map(
    ([name, options]) =>
      sql`(${sql.raw(`'${name}'`)}, ts_headline('waspada_indonesian', ${texts[name as Searched]}, ${anyOfThem}, ${options}))`,
  )
  return sql`(SELECT json_object_agg(member, marked)::text FROM (VALUES ${sql.join(members, sql`, `)}) AS t (member, marked)
    WHERE strpos(marked, ${marks.start}) > 0)`
}

/** What `markedMembers` gave, as it is answered. */
export function highlightsOf(marked: string | null): Highlights {
  const members = Object.entries<string>(JSON.parse(marked ?? '{}'))
  return Object.fromEntries(members.map(([name, text]) => [name, text.split(marks.between).map(partsOf)]))
}

function partsOf(snippet: string): { text: string; match: boolean }[] {
  const pieces = snippet.split(new RegExp(`${marks.start}([^${marks.stop}]*)${marks.stop}`))
  return pieces.map((text, place) => ({ text, match: place % 2 === 1 })).filter(({ text }) => text !== '')
}

/** The JSON text of an item with what `markedMembers` gave beside it. */
export function withHighlights({ document, marked }: { document: string; marked: string | null }): string {
  return `${document.slice(0, -1)},"highlights":${JSON.stringify(highlightsOf(marked))}}`
}

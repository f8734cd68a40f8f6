import { type SQL, sql } from 'drizzle-orm'
import { handlingWord, object, utc } from '../reports/document.ts'
import { releases as r } from './table.ts'
import { type ReleaseField, releaseFields } from './vocabulary.ts'

/** Members of the content that are approved along with another. */
const alongWith: Partial<Record<ReleaseField, readonly string[]>> = { occurredAt: ['occurredAtPrecision', 'localDate'] }

/** A release as the JSON text of the wire, with those fields of its content. */
export function releaseDocument(fields: readonly ReleaseField[]): SQL {
  const left = releaseFields.filter((field) => !fields.includes(field))
  const members = left.flatMap((field) => [field, ...(alongWith[field] ?? [])])
  const names = members.map((name) => `'${name}'`).join(', ')
  return object({
    id: r.id,
    version: r.version,
    handling: handlingWord(r.handling),
    releasedAt: utc(r.releasedAt),
    firstReleasedAt: utc(r.firstReleasedAt),
    content: members.length > 0 ? sql`${r.content} - ARRAY[${sql.raw(names)}]` : r.content,
  })
}

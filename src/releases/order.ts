import type { Key, Order } from '../reports/keyset.ts'
import type { Sort } from './list-schemas.ts'
import { releases as r } from './table.ts'

const released: Key = { column: r.releasedAt, type: 'timestamptz' }
const occurred: Key = { column: r.occurredAt, type: 'timestamptz', ends: { lowest: '-infinity', highest: 'infinity' } }
const severity: Key = { column: r.severityRank, type: 'smallint', ends: { lowest: '-1', highest: '9' } }
const keys = { releasedAt: [released], occurredAt: [occurred], severity: [severity, occurred] } as const

export type PlainSort = Exclude<Sort, 'relevance'>

export function orderOf(sort: PlainSort): Order {
  return { keys: keys[sort.replace('-', '') as keyof typeof keys], id: r.id, isDescending: sort.startsWith('-') }
}

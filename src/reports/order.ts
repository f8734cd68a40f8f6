import type { Key, Order } from './keyset.ts'
import type { Sort } from './list-schemas.ts'
import { reports as r } from './table.ts'

const occurred: Key = { column: r.occurredAt, type: 'timestamptz' }
const received: Key = { column: r.receivedAt, type: 'timestamptz' }
const severity: Key = { column: r.severityRank, type: 'smallint' }
const keys = { occurredAt: [occurred], receivedAt: [received], severity: [severity, occurred] } as const

export type PlainSort = Exclude<Sort, 'relevance'>

export function orderOf(sort: PlainSort): Order {
  return { keys: keys[sort.replace('-', '') as keyof typeof keys], id: r.id, isDescending: sort.startsWith('-') }
}

import { sql } from 'drizzle-orm'
import type { Filter } from '../reports/filters.ts'
import type { Position } from '../reports/walk-pages.ts'
import { releases as r } from './table.ts'

const { placeholder } = sql

/**
 * Milliseconds. What a release says of its own time may lie as long before it is seen: that is when it was asked for, photos may have
 * been copied for minutes since, and the clocks of processes differ.
 */
const margin = 600_000

/**
 * Where a walk through a list stands. A release that is changed while it goes on may move from what is to come to what has been:
 * once the order asked for is through, those changed or new since the walk began are given, the oldest of them first.
 */
export interface Walk {
  begun: Date
  /** Whether the order asked for is through. */
  isLate: boolean
  after: Position
}

export function positionOf({ begun, isLate, after }: Walk): (string | number | null)[] {
  return [begun.toISOString(), isLate ? 1 : 0, ...after] as (string | number | null)[]
}

export function walkAt([begun, isLate, ...after]: Position): Walk {
  return { begun: new Date(String(begun)), isLate: isLate === 1, after }
}

/** What had been released when the walk began, in the version of then. */
export function unchangedSince(begun: Date): Filter {
  return {
    shape: 'unchanged',
    condition: sql`${r.releasedAt} <= ${placeholder('begun')}::timestamptz`,
    values: { begun },
  }
}

/** What is new since then or was changed; a change of the ten minutes before may have been seen already, and comes again. */
export function changedSince(begun: Date): Filter {
  const isChanged = sql`${r.firstReleasedAt} < ${r.releasedAt}`
  return {
    shape: 'changed',
    condition: sql`(${r.releasedAt} > ${placeholder('changedFrom')}::timestamptz AND (${r.releasedAt} > ${placeholder('begun')}::timestamptz OR ${isChanged}))`,
    values: { begun, changedFrom: new Date(begun.getTime() - margin) },
  }
}

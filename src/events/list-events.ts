import { callerFor } from '../access/caller.ts'
import type { Context } from '../access/context.ts'
import { scopeValues } from '../access/scope.ts'
import { handlingOf } from '../access/vocabulary.ts'
import { DomainError } from '../errors.ts'
import { type EventRow, listAll, listOfTypes, widest } from './event-statements.ts'
import type { EventPage, EventView, ListEventsQuery } from './schemas.ts'

/** How far a reader gets over what is others', in numbers: whoever asks again and again is not told of each. */
export const positionStep = 100

/** A page, and how it lies in the log. */
export interface ReadPage extends EventPage {
  /** More may be there already: the page is full, or as much was looked at as is at once. */
  more: boolean
  /** The last number of the log when the page was read, others' events among it. */
  head: number
}

type Asked = Omit<ListEventsQuery, 'wait'>

/**
 * The numbered events of the caller's scope that follow a position, in their order; without one from the oldest on, or none of those
 * that are there. Nothing ever appears behind the last one: numbers are given after the commit, by one sequencer, in the order in which
 * they become visible.
 * @throws DomainError events_gone, events_position_unknown
 */
export function listEvents(context: Context, asked: Asked): Promise<ReadPage> {
  return asked.after === undefined && asked.from === 'end' ? findEnd(context, asked) : listAfter(context, asked)
}

/** Where the caller's own last event is, or as near the end as a reader is told of what is others'. */
async function findEnd(context: Context, asked: Asked): Promise<ReadPage> {
  const { head, next: oldest } = await listAfter(context, { ...asked, limit: 0 })
  const step = Math.max(oldest, head - (head % positionStep))
  const { items } = await listAfter(context, { ...asked, after: step, limit: positionStep })
  // What happened since is behind the position, and comes with the next page.
  const last = items.findLast(({ sequence }) => sequence <= head)
  return { items: [], next: last?.sequence ?? step, more: false, head }
}

async function listAfter(context: Context, { after, types, limit }: Omit<Asked, 'from'>): Promise<ReadPage> {
  const caller = callerFor(context.caller, 'events:read')
  const { tier } = caller.scope
  const values = { ...scopeValues(caller.scope), agency: caller.agency, after: after ?? null, rows: limit }
  // One statement, and so one moment: what a job removes meanwhile is either in the page or before the beginning that it tells.
  const rows = types
    ? await context.db.read<EventRow>(caller, listOfTypes[tier], { ...values, types })
    : await context.db.read<EventRow>(caller, listAll[tier], values)
  const { first, last: head, told } = endsOf(rows)
  const start = after ?? first - 1
  if (start < first - 1) throw new DomainError('events_gone', { oldest: first - 1 })
  // Nobody guesses their way to the end of the log: an agency is never given the number of an event that is not told to it.
  const isStep = start <= stepBefore(head) || start === first - 1
  if (start > head || (told === false && !isStep))
    throw new DomainError('events_position_unknown', { oldest: first - 1 })
  const items = rows.flatMap((row) => (row.id === null ? [] : [viewOf({ ...row, id: row.id })]))
  const last = items.at(-1)?.sequence ?? start
  if (items.length === limit) return { items, next: last, more: true, head }
  if (start + widest < head) return { items, next: Math.max(last, stepBefore(start + widest)), more: true, head }
  return { items, next: Math.max(last, stepBefore(head)), more: false, head }
}

function stepBefore(number: number): number {
  return number - (number % positionStep)
}

function endsOf([row]: EventRow[]): { first: number; last: number; told: boolean | null } {
  if (!row) throw new Error('The head of the events is missing')
  return { first: Number(row.first), last: Number(row.last), told: row.told }
}

function viewOf(row: EventRow & { id: string }): EventView {
  const { id, type, report, office, province, regency, occurredAt } = row
  return {
    id,
    sequence: Number(row.sequence),
    type,
    subject: { id: row.subjectId, version: row.subjectVersion },
    report,
    office,
    region: { province, regency },
    handling: handlingOf(row.handling),
    occurredAt,
  }
}

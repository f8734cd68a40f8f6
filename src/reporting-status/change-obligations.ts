import { sql } from 'drizzle-orm'
import { v7 as uuidv7 } from 'uuid'
import { type OfficeLevel, officeLevelOf } from '../access/vocabulary.ts'
import { type Actor, appendAudit } from '../audit/append-audit.ts'
import { localDateIn } from '../classification/local-date.ts'
import { statement } from '../database/statement.ts'
import type { Transaction } from '../database/transaction.ts'
import type { WorkDoor } from '../database/work-door.ts'
import type { PeriodKind } from '../situation-reports/vocabulary.ts'
import { listObligations } from './queries.ts'
import type { Obligation } from './schemas.ts'

const { placeholder } = sql

type Administrator = Actor & { clientId: `system:${string}` }

/** Whose duty: every office of a level, or one office in place of what its level owes. */
export type Debtor = { level: OfficeLevel } | { office: string }

/** Until when: so many days after the last day of the period, at `HH:MM` on the office's own clock. Null exempts the office. */
export interface NewObligation {
  debtor: Debtor
  kind: PeriodKind
  deadline: { daysAfter: number; dueTime: string } | null
  /** Covers the periods that begin on this day or later. */
  from: string
}

const lock = statement('lock_obligations', sql`LOCK TABLE reporting_obligations IN SHARE ROW EXCLUSIVE MODE`)

const same = sql`level = ${placeholder('level')} AND kind = ${placeholder('kind')} AND office_code IS NOT DISTINCT FROM ${placeholder('office')}::text`
const drop = statement(
  'drop_obligations',
  sql`DELETE FROM reporting_obligations WHERE ${same} AND valid_from > ${placeholder('last')}::date`,
)
const close = statement(
  'close_obligations',
  sql`UPDATE reporting_obligations SET valid_to = ${placeholder('last')}::date
  WHERE ${same} AND (valid_to IS NULL OR valid_to > ${placeholder('last')}::date) RETURNING id`,
)
const insert = statement(
  'insert_obligation',
  sql`INSERT INTO reporting_obligations (id, level, office_code, kind, owed, days_after, due_time, valid_from)
  VALUES (${placeholder('id')}, ${placeholder('level')}, ${placeholder('office')}, ${placeholder('kind')}, ${placeholder('owed')},
    ${placeholder('daysAfter')}, ${placeholder('dueTime')}, ${placeholder('from')})`,
)

/**
 * From a day on, this is owed in place of what was owed or planned before.
 * @throws Error for a day that has begun somewhere: a deadline never moves once a report can come
 */
export async function setObligation(db: WorkDoor, by: Administrator, given: NewObligation): Promise<void> {
  const { deadline, from } = given
  refuseBegun(from, by.now)
  await change(db, by, async (tx) => {
    const key = keyOf(given)
    await end(tx, key, dayBefore(from))
    const { daysAfter = null, dueTime = null } = deadline ?? {}
    const id = uuidv7()
    await tx.run(insert, { ...key, id, owed: deadline !== null, daysAfter, dueTime, from })
    return { ...told(key), id, owed: deadline !== null, daysAfter, dueTime, from }
  })
}

/**
 * After a day nothing is owed any more; an office owes again what its level owes.
 * @throws Error for a day that is over somewhere, and where nothing is owed then
 */
export async function endObligation(
  db: WorkDoor,
  by: Administrator,
  { debtor, kind, last }: { debtor: Debtor; kind: PeriodKind; last: string },
): Promise<void> {
  refuseBegun(dayAfter(last), by.now)
  await change(db, by, async (tx) => {
    const key = keyOf({ debtor, kind })
    const ended = await end(tx, key, last)
    if (ended === 0) throw new Error('There is no such obligation that goes on after that day')
    return { ...told(key), last }
  })
}

/** The obligations past, present and to come. */
export async function readObligations(db: WorkDoor, by: Administrator): Promise<Obligation[]> {
  return db.workAs('administrator', { client: by.clientId, actor: by.subject }, listObligations)
}

type Key = { level: OfficeLevel; office: string | null; kind: PeriodKind }

function keyOf({ debtor, kind }: { debtor: Debtor; kind: PeriodKind }): Key {
  if ('office' in debtor) return { level: officeLevelOf(debtor.office), office: debtor.office, kind }
  return { ...debtor, office: null, kind }
}

function told({ level, office, kind }: Key) {
  return { level, office, kind }
}

async function change(
  db: WorkDoor,
  by: Administrator,
  work: (tx: Transaction) => Promise<Record<string, unknown>>,
): Promise<void> {
  await db.workAs('administrator', { client: by.clientId, actor: by.subject }, async (tx) => {
    await tx.run(lock, {})
    const details = await work(tx)
    const { level, office, kind } = details
    await appendAudit(tx, by, {
      action: 'reporting_obligation.changed',
      resource: { type: 'reporting_obligation', id: `${kind}/${office ?? level}` },
      details,
    })
  })
}

/** @returns how many went on after that day */
async function end(tx: Transaction, key: Key, last: string): Promise<number> {
  await tx.run(drop, { ...key, last })
  return (await tx.run(close, { ...key, last })).length
}

/** The day has come first where the sun rises first. */
function refuseBegun(first: string, now: Date): void {
  const today = localDateIn('Asia/Jayapura', now)
  if (first > today) return
  throw new Error(`Obligations change for periods that have not begun: not before ${dayAfter(today)}`)
}

function dayBefore(day: string): string {
  return shifted(day, -1)
}

function dayAfter(day: string): string {
  return shifted(day, 1)
}

function shifted(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)
}

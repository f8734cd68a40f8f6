import { v7 as uuidv7 } from 'uuid'
import type { Context } from '../access/context.ts'
import { actorOf, appendAudits } from '../audit/append-audit.ts'
import type { Transaction } from '../database/transaction.ts'
import { DomainError } from '../errors.ts'
import { appendEvents } from '../events/append-event.ts'
import { claimReferences, findReferences, type ReferencedChange } from '../idempotency/keys.ts'
import type { Reference } from '../reference/store.ts'
import { type ItemOutcome, type ReadItem, refusedAs } from './batch-item.ts'
import {
  insertReports,
  listStandingIn,
  listVisibleIn,
  type StandingReport,
  takeRegisterNumbers,
} from './batch-queries.ts'
import { contentFaults } from './content-faults.ts'
import { newReport, type ReportSettings } from './new-report.ts'
import { submitOperation } from './submit-report.ts'
import type { NewReport } from './table.ts'

export type BatchContext = Context & { settings: ReportSettings; dryRun: boolean }

/**
 * Stores those of the items that are new, all in one transaction of a few statements, and says what became of each.
 * @throws KeyInUse when another post took one of the references meanwhile, and whatever else undoes the whole
 */
export async function storeItems(context: BatchContext, items: readonly ReadItem[]): Promise<Map<number, ItemOutcome>> {
  const { db, caller, dryRun } = context
  return db.transaction(caller, async (tx, reference) => {
    const references = items.map(({ given }) => given.clientReference)
    const known = await findReferences(tx, caller.scope, submitOperation, references)
    const plan = planOf(context, items, known, reference)
    const stands = await standing(tx, context, plan)
    const created = dryRun ? new Map<string, StandingReport>() : await insertNew(tx, context, plan)
    return outcomesOf(plan, new Map([...stands, ...created]), dryRun)
  })
}

interface Plan {
  rows: (NewReport & { clientReference: string })[]
  changes: ReferencedChange[]
  /** What each item comes to: a refusal, or the change that its reference belongs to. */
  items: { item: ReadItem; refusal?: DomainError; change?: ReferencedChange; isNew: boolean }[]
}

/** The first item of a new reference makes the report; later ones meet it as they would meet any that stands. */
function planOf(
  { caller, now, settings }: BatchContext,
  items: readonly ReadItem[],
  known: ReadonlyMap<string, ReferencedChange>,
  reference: Reference,
): Plan {
  const changes = new Map(known)
  const plan: Plan = { rows: [], changes: [], items: [] }
  for (const item of items) {
    const { given, fingerprint } = item
    const change = changes.get(given.clientReference)
    const faults = change ? [] : contentFaults(given, caller.scope, reference)
    if (change) plan.items.push({ item, change, isNew: false })
    else if (faults.length > 0)
      plan.items.push({ item, refusal: new DomainError('body_invalid', {}, faults), isNew: false })
    else {
      const row = newReport(given, { id: uuidv7(), caller, now, reference, settings })
      const made = { reference: given.clientReference, fingerprint, resourceId: row.id }
      changes.set(made.reference, made)
      plan.rows.push({ ...row, clientReference: made.reference })
      plan.changes.push(made)
      plan.items.push({ item, change: made, isNew: true })
    }
  }
  return plan
}

/** The reports, already there, that items of the plan meet and the caller may see; in a dry run none is shown. */
async function standing(
  tx: Transaction,
  context: BatchContext,
  { items, changes }: Plan,
): Promise<Map<string, StandingReport | null>> {
  const made = new Set(changes.map(({ resourceId }) => resourceId))
  const met = new Set(
    items.flatMap(({ change }) => (change && !made.has(change.resourceId) ? [change.resourceId] : [])),
  )
  if (!context.dryRun) return listStandingIn(tx, context, [...met])
  const visible = await listVisibleIn(tx, context.caller.scope, [...met])
  return new Map([...visible, ...made].map((id) => [id, null]))
}

async function insertNew(
  tx: Transaction,
  context: BatchContext,
  { rows, changes }: Plan,
): Promise<Map<string, StandingReport>> {
  const { caller, now } = context
  const [first] = rows
  if (!first) return new Map()
  const subjects = rows.map((row) => ({ ...row, version: 1 }))
  // In one flight, as a single post: the office's register is locked for as long as the server works.
  const claims = claimReferences(tx, caller.scope, submitOperation, { changes, now })
  const numbers = takeRegisterNumbers(tx, caller.scope, first.registerYear, rows.length)
  const inserted = insertReports(tx, rows)
  const audit = appendAudits(tx, actorOf(context), { action: 'report.submitted', type: 'report', resources: subjects })
  const event = appendEvents(tx, { type: 'report.submitted', subjects, caller, occurredAt: now })
  const change = Promise.all([numbers, inserted, audit, event, tx.commit()])
  // A key in use fails all that follows it: its own failure is the one to hear of.
  change.catch(() => {})
  await claims
  await change
  return inserted
}

function outcomesOf(
  { items }: Plan,
  reports: ReadonlyMap<string, StandingReport | null>,
  dryRun: boolean,
): Map<number, ItemOutcome> {
  return new Map(items.map((each) => [each.item.index, outcomeOf(each, reports, dryRun)]))
}

/** A report above the caller's clearance is in the way all the same, but its id is no more shown than the report. */
function outcomeOf(
  { item, refusal, change, isNew }: Plan['items'][number],
  reports: ReadonlyMap<string, StandingReport | null>,
  dryRun: boolean,
): ItemOutcome {
  const { clientReference } = item.given
  if (refusal || !change) return refusedAs(refusal ?? new DomainError('internal_error'), clientReference)
  const report = reports.get(change.resourceId)
  if (report === undefined) return refusedAs(new DomainError('reference_conflict'), clientReference)
  if (!change.fingerprint.equals(item.fingerprint)) {
    const existing = report === null ? {} : { existingId: report.id }
    return refusedAs(new DomainError('reference_conflict', existing), clientReference)
  }
  if (dryRun || report === null) return { result: isNew ? 'valid' : 'replayed', clientReference }
  return { result: isNew ? 'created' : 'replayed', clientReference, report }
}

import { setImmediate } from 'node:timers/promises'
import { callerFor } from '../access/caller.ts'
import { DomainError } from '../errors.ts'
import { errorOf } from '../http/error-of.ts'
import type { SentItem } from '../http/list-body.ts'
import { KeyInUse } from '../idempotency/keys.ts'
import { type ItemOutcome, type ReadItem, readItem, referenceOf, refusedAs } from './batch-item.ts'
import { type BatchContext, storeItems } from './store-items.ts'
import { submitReport } from './submit-report.ts'

/** Items of one transaction: enough to share its cost, and soon done, since the office's register is locked meanwhile. */
const itemsAtOnce = 100
/** Items read before other requests have their turn. */
const itemsInARow = 20
/** How often items are stored together again after another post took one of their references. */
const mostAttempts = 3

/**
 * An office posts many reports at once; each stands or falls by itself, exactly as if it were posted alone. What is acknowledged is
 * stored; after any failure the whole is safe to send again, since every item bears the office's own reference.
 * @returns an outcome for each item, in their order
 * @throws DomainError service_unavailable when the database is lost on the way: some items may be stored by then
 */
export async function submitBatch(given: BatchContext, sent: readonly SentItem[]): Promise<ItemOutcome[]> {
  const context = { ...given, caller: callerFor(given.caller, 'reports:submit') }
  const outcomes = new Map<number, ItemOutcome>()
  const read: ReadItem[] = []
  for (const [index, item] of sent.entries()) {
    if (index % itemsInARow === itemsInARow - 1) await setImmediate()
    try {
      read.push(readItem(index, item, context.caller.scope, context.db.held))
    } catch (error) {
      if (!(error instanceof DomainError)) throw error
      outcomes.set(index, refusedAs(error, referenceOf(item)))
    }
  }
  // Whoever is locked out hears of that, and not what was wrong with the items.
  if (read.length === 0) await context.db.enter(context.caller)
  for (let start = 0; start < read.length; start += itemsAtOnce) {
    const stored = await storeTogether(context, read.slice(start, start + itemsAtOnce))
    for (const [index, outcome] of stored) outcomes.set(index, outcome)
  }
  return sent.map(
    (item, index) => outcomes.get(index) ?? refusedAs(new DomainError('internal_error'), referenceOf(item)),
  )
}

/** What cannot be stored together is stored one by one, so that an item fails nobody but itself. */
async function storeTogether(context: BatchContext, items: readonly ReadItem[]): Promise<Map<number, ItemOutcome>> {
  for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
    try {
      return await storeItems(context, items)
    } catch (error) {
      if (error instanceof DomainError || context.dryRun) throw error
      if (!(error instanceof KeyInUse)) break
    }
  }
  const outcomes = new Map<number, ItemOutcome>()
  for (const item of items) outcomes.set(item.index, await storeAlone(context, item))
  return outcomes
}

async function storeAlone(context: BatchContext, { given }: ReadItem): Promise<ItemOutcome> {
  const { clientReference } = given
  try {
    const { report, replayed } = await submitReport(context, given, undefined)
    const { number, classification } = JSON.parse(report.document)
    const standing = { id: report.id, number, version: report.version, flags: classification.flags }
    return { result: replayed ? 'replayed' : 'created', clientReference, report: standing }
  } catch (error) {
    const refusal = errorOf(error)
    if (concernsAll.has(refusal.code)) throw error
    return refusedAs(refusal, clientReference, error)
  }
}

/** What no other item would fare better with. */
const concernsAll: ReadonlySet<string> = new Set(['service_unavailable', 'token_invalid', 'scope_missing'])

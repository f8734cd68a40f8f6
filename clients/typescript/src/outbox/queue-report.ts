import { randomUUID } from 'node:crypto'
import { OutboxError } from './errors.ts'
import type { Folders, Placed, State } from './folders.ts'
import { Damaged, digestOf, type FullItem, type Item, type ReportInput } from './item.ts'
import { newId, traceOf } from './names.ts'

export interface Queued {
  item: Item
  state: State
  /** False when this very report had been queued before. */
  isNew: boolean
}

/** How a new item comes about in place of an older one. */
export interface Instead {
  of: string
  /** Only where the content is the same: a key belongs to one content. */
  idempotencyKey?: string | undefined
}

/**
 * Puts a report at the end of the queue. Queued again under the same client reference, it is the item that is there.
 * @throws OutboxError reference_in_use for other content under the same reference, disk_full, not_writable
 */
export async function queueReport(
  folders: Folders,
  given: ReportInput,
  { now, instead }: { now: Date; instead?: Instead },
): Promise<Queued> {
  // As it will be on the wire, whatever the caller does with the object later.
  const report = JSON.parse(JSON.stringify(given)) as ReportInput
  report.clientReference ??= `outbox-${randomUUID()}`
  const { clientReference } = report
  const { placed, highest } = await folders.all()
  const known = await findReference(folders, placed, clientReference, instead?.of)
  if (known) return again(known, report)
  const item: FullItem = {
    version: 1,
    id: newId(highest + 1, clientReference),
    clientReference,
    idempotencyKey: instead?.idempotencyKey ?? randomUUID(),
    queuedAt: now.toISOString(),
    digest: digestOf(report),
    ...(instead && { replaces: instead.of }),
    report,
  }
  await folders.put('waiting', item)
  return { item, state: 'waiting', isNew: true }
}

interface Known {
  item: Item
  state: State
}

function again({ item, state }: Known, report: ReportInput): Queued {
  if (item.digest === digestOf(report)) return { item, state, isNew: false }
  throw new OutboxError(
    'reference_in_use',
    `Client reference ${item.clientReference} is that of ${item.id} (${state}), which says something else`,
  )
}

async function findReference(
  folders: Folders,
  placed: readonly Placed[],
  clientReference: string,
  except: string | undefined,
): Promise<Known | undefined> {
  const trace = traceOf(clientReference)
  // The most final file of an item comes last.
  for (const one of placed.filter((other) => other.trace === trace).reverse()) {
    // What was discarded may be queued anew, and what is replaced goes.
    if (one.state === 'discarded' || one.id === except) continue
    const known = await readWherever(folders, one)
    if (known?.item.clientReference === clientReference && known.state !== 'discarded') return known
  }
}

/** It may move on while it is looked for. */
async function readWherever(folders: Folders, { id, state }: Placed): Promise<Known | undefined> {
  const onwards: State[] = [state, 'refused', 'discarded', 'sent']
  for (const next of onwards) {
    const item = await folders.read(next, id).catch((error: unknown) => {
      if (!(error instanceof Damaged)) throw error
    })
    if (item) return { item, state: next }
  }
}

import { randomUUID } from 'node:crypto'
import type { SourceFile } from '../attachments/source-file.ts'
import type { SubmitReport } from '../reports/submit-report.ts'
import { OutboxError, unlessUnwritable } from './errors.ts'
import type { Folders, Placed, State } from './folders.ts'
import { Damaged, digestOf, type FullItem, type Item } from './item.ts'
import { newId, traceOf } from './names.ts'
import { readFiles } from './read-files.ts'

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

export interface Queueing {
  now: Date
  attach?: readonly SourceFile[] | undefined
  instead?: Instead
}

/**
 * Puts a report at the end of the queue, its files before it: what a crash leaves of those has no meaning without an item. Queued
 * again under the same client reference, it is the item that is there.
 * @throws OutboxError reference_in_use for other content under the same reference, file_unusable, disk_full, not_writable
 */
export async function queueReport(
  folders: Folders,
  given: SubmitReport,
  { now, attach = [], instead }: Queueing,
): Promise<Queued> {
  // As it will be on the wire, whatever the caller does with the object later.
  const report = JSON.parse(JSON.stringify(given)) as SubmitReport
  report.clientReference ??= `outbox-${randomUUID()}`
  const { clientReference } = report
  const { bytes, files } = await readFiles(attach)
  const { placed, highest } = await folders.all(traceOf(clientReference))
  const known = await findReference(folders, placed, clientReference, instead?.of)
  const digest = digestOf(report, files)
  if (known) return again(known, digest)
  const item: FullItem = {
    version: 1,
    id: newId(highest + 1, clientReference),
    clientReference,
    idempotencyKey: instead?.idempotencyKey ?? randomUUID(),
    queuedAt: now.toISOString(),
    digest,
    ...(instead && { replaces: instead.of }),
    report,
    ...(files.length > 0 && { files }),
  }
  await folders.files.put(item.id, bytes)
  try {
    await folders.put('waiting', item)
  } catch (error) {
    await takeBack(folders, item)
    throw error
  }
  return { item, state: 'waiting', isNew: true }
}

/** What was not queued for sure is not there, and its files take no room; they stay where the report does. */
async function takeBack(folders: Folders, { id, files = [] }: Item): Promise<void> {
  try {
    await folders.remove('waiting', id)
    await folders.files.remove(id, files.length)
  } catch (error) {
    unlessUnwritable(error)
  }
}

interface Known {
  item: Item
  state: State
}

function again({ item, state }: Known, digest: string): Queued {
  if (item.digest === digest) return { item, state, isNew: false }
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
  // The most final file of an item comes last.
  for (const one of placed.toReversed()) {
    // What was discarded may be queued anew, and what is replaced goes.
    if (one.state === 'discarded' || one.id === except) continue
    const known = await readWherever(folders, one)
    if (known?.item.clientReference === clientReference && known.state !== 'discarded') return known
  }
}

/** It may move on while it is looked for. */
async function readWherever(folders: Folders, { id, state }: Placed): Promise<Known | undefined> {
  const onwards: State[] = [state, 'attaching', 'refused', 'discarded', 'sent']
  for (const next of onwards) {
    const item = await folders.read(next, id).catch((error: unknown) => {
      if (!(error instanceof Damaged)) throw error
    })
    if (item) return { item, state: next }
  }
}

import { OutboxError } from './errors.ts'
import type { Folders } from './folders.ts'
import { digestOf, type Item, type ReportInput, reportIn } from './item.ts'
import { type Found, findItem } from './list-items.ts'
import { type Queued, queueReport } from './queue-report.ts'

export interface Discarded {
  /** Of an item, or the name of a damaged file. */
  id: string
  /** It may be under way, or its answer was lost: then it stands at the service all the same. */
  mayHaveArrived: boolean
}

/**
 * What a person does about an item. Nobody has to wait for the sender: the client reference stays, so that the service takes
 * whichever comes first and refuses the other.
 */
export function change(folders: Folders, now: Date) {
  return {
    async edit(given: string, report: ReportInput): Promise<Queued> {
      const found = unsent(await findItem(folders, given))
      const clientReference = report.clientReference ?? referenceOf(found)
      const edited = clientReference === undefined ? report : { ...report, clientReference }
      return replace(found, edited)
    },

    async requeue(given: string): Promise<Queued> {
      const found = unsent(await findItem(folders, given))
      const report = found.state === 'damaged' ? reportIn(found.text) : found.item.report
      if (report === undefined)
        throw new OutboxError('item_unreadable', `No report can be read in ${given}: queue it anew`)
      return replace(found, report)
    },

    async discard(given: string): Promise<Discarded> {
      const found = unsent(await findItem(folders, given))
      if (found.state === 'damaged') {
        await folders.move(found.place, found.file, 'discarded')
        return { id: found.file, mayHaveArrived: true }
      }
      const { item, state } = found
      if (state !== 'discarded') {
        await folders.put('discarded', { ...item, discardedAt: now.toISOString() })
        await folders.remove(state, item.id)
      }
      return { id: item.id, mayHaveArrived: state === 'waiting' }
    },
  }

  async function replace(found: Found, report: ReportInput): Promise<Queued> {
    const of = found.state === 'damaged' ? found.file.replace(/\.json.*$/, '') : found.item.id
    const idempotencyKey = found.state === 'damaged' ? undefined : keyFor(found.item, report)
    const queued = await queueReport(folders, report, { now, instead: { of, idempotencyKey } })
    if (found.state === 'damaged') await folders.removeFile(found.place, found.file)
    else if (queued.isNew) await folders.remove(found.state, of)
    return queued
  }
}

function unsent(found: Found): Found {
  if (found.state !== 'sent') return found
  const { id, sent } = found.item
  throw new OutboxError('item_sent', `${id} is sent already: it is report ${sent?.number}`)
}

function referenceOf(found: Found): string | undefined {
  const known = found.state === 'damaged' ? reportIn(found.text)?.clientReference : found.item.clientReference
  return known ?? undefined
}

/** The same key for the same content, unless the service has other content under it. */
function keyFor({ idempotencyKey, digest, refused }: Item, report: ReportInput): string | undefined {
  const isSame = digest === digestOf(report) && refused?.problem.code !== 'idempotency_conflict'
  return isSame ? idempotencyKey : undefined
}

import type { SubmitReport } from '../reports/submit-report.ts'
import { attachAgain, giveUpFiles, standingIn } from './attaching.ts'
import { OutboxError } from './errors.ts'
import { type Folders, readingFailed } from './folders.ts'
import { type Content, contentIn, Damaged, digestOf, type Item, type QueuedFile } from './item.ts'
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
    async edit(given: string, report: SubmitReport): Promise<Queued> {
      const found = unsent(await findItem(folders, given))
      const { report: before, files = [] } = contentOf(found) ?? {}
      const clientReference = report.clientReference ?? before?.clientReference
      return replace(found, { report: clientReference ? { ...report, clientReference } : report, files })
    },

    async requeue(given: string): Promise<Queued> {
      const found = await findItem(folders, given)
      const standing = standingIn(found)
      if (standing) return attachAgain(folders, standing)
      const content = contentOf(unsent(found))
      if (content === undefined)
        throw new OutboxError('item_unreadable', `No report can be read in ${given}: queue it anew`)
      return replace(found, content)
    },

    async discard(given: string): Promise<Discarded> {
      const found = await findItem(folders, given)
      const standing = standingIn(found)
      if (standing) {
        await giveUpFiles(folders, standing, now)
        return { id: standing.item.id, mayHaveArrived: true }
      }
      unsent(found)
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

  /** The new item has bytes of its own; those of the old one may be under way, and are removed later. */
  async function replace(found: Found, content: Content): Promise<Queued> {
    const of = found.state === 'damaged' ? found.file.replace(/\.json.*$/, '') : found.item.id
    const idempotencyKey = found.state === 'damaged' ? undefined : keyFor(found.item, content)
    const attach = await Promise.all(content.files.map((file, at) => stored(of, file, at)))
    const queued = await queueReport(folders, content.report, { now, attach, instead: { of, idempotencyKey } })
    if (found.state === 'damaged') await folders.removeFile(found.place, found.file)
    else if (queued.isNew) await folders.remove(found.state, of)
    return queued
  }

  async function stored(id: string, { name = 'file' }: QueuedFile, at: number): Promise<File> {
    const bytes = await folders.files.read(id, at).catch(unlessUnreadable)
    if (bytes) return new File([new Uint8Array(bytes)], name)
    throw new OutboxError(
      'file_unusable',
      `${name} cannot be read in the outbox any more: queue the report anew, or edit it without that file`,
    )
  }
}

function unlessUnreadable(error: unknown): undefined {
  if (!(readingFailed(error) instanceof Damaged)) throw error
}

function unsent(found: Found): Found {
  if (found.state === 'damaged' || found.item.sent === undefined) return found
  const { id, sent } = found.item
  throw new OutboxError('item_sent', `${id} is sent already: it is report ${sent.number}`)
}

function contentOf(found: Found): Content | undefined {
  if (found.state === 'damaged') return contentIn(found.text)
  const { report, files = [] } = found.item
  return report && { report, files }
}

/** The same key for the same content, unless the service has other content under it. */
function keyFor({ idempotencyKey, digest, refused }: Item, { report, files }: Content): string | undefined {
  const isSame = digest === digestOf(report, files) && refused?.problem.code !== 'idempotency_conflict'
  return isSame ? idempotencyKey : undefined
}

import type { SourceFile } from '../attachments/source-file.ts'
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

/** What becomes of the files of a report that is edited. */
export interface FileChanges {
  /** Files that it gets, behind those that it has: 1 byte to 25 MiB each. */
  attach?: readonly SourceFile[]
  /** Files that it has no longer, by name, or by the first digits of the SHA-256 where several have one name. */
  detach?: readonly string[]
}

interface Files {
  files: readonly QueuedFile[]
  /** Places of those that stay. */
  keep: readonly number[]
  attach: readonly SourceFile[]
}

/**
 * What a person does about an item. Nobody has to wait for the sender: the client reference stays, so that the service takes
 * whichever comes first and refuses the other.
 */
export function change(folders: Folders, now: Date) {
  return {
    async edit(given: string, report: SubmitReport, { attach = [], detach = [] }: FileChanges = {}): Promise<Queued> {
      const found = unsent(await findItem(folders, given))
      const { report: before, files = [] } = contentOf(found) ?? {}
      const clientReference = report.clientReference ?? before?.clientReference
      const keep = placesLeft(files, detach)
      return replace(found, clientReference ? { ...report, clientReference } : report, { files, keep, attach })
    },

    async requeue(given: string): Promise<Queued> {
      const found = await findItem(folders, given)
      const standing = standingIn(found)
      if (standing) return attachAgain(folders, standing)
      const content = contentOf(unsent(found))
      if (content === undefined)
        throw new OutboxError('item_unreadable', `No report can be read in ${given}: queue it anew`)
      const { report, files } = content
      return replace(found, report, { files, keep: [...files.keys()], attach: [] })
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
  async function replace(found: Found, report: SubmitReport, { files, keep, attach }: Files): Promise<Queued> {
    const of = found.state === 'damaged' ? found.file.replace(/\.json.*$/, '') : found.item.id
    const kept = keep.map((at) => files[at] as QueuedFile)
    const isSame = attach.length === 0 && found.state !== 'damaged'
    const idempotencyKey = isSame ? keyFor(found.item, { report, files: kept }) : undefined
    const before = await Promise.all(kept.map((file, place) => stored(of, file, keep[place] as number)))
    const instead = { of, idempotencyKey }
    const queued = await queueReport(folders, report, { now, attach: [...before, ...attach], instead })
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

/** Places of the files that stay. @throws OutboxError file_unknown, file_ambiguous */
function placesLeft(files: readonly QueuedFile[], detach: readonly string[]): number[] {
  const gone = new Set(detach.map((given) => placeOf(files, given)))
  return [...files.keys()].filter((at) => !gone.has(at))
}

function placeOf(files: readonly QueuedFile[], given: string): number {
  const places = (is: (file: QueuedFile) => boolean) =>
    [...files.entries()].flatMap(([at, file]) => (is(file) ? at : []))
  const named = places(({ name }) => name === given)
  const meant =
    named.length > 0 || !/^[0-9a-f]{6,64}$/.test(given) ? named : places((file) => file.sha256.startsWith(given))
  const [place] = meant
  if (place === undefined) {
    const names = files.map(({ name }) => name).join(', ')
    throw new OutboxError('file_unknown', `The report has no file ${given}${names === '' ? '' : `, it has ${names}`}`)
  }
  if (meant.length === 1) return place
  const digests = meant.map((at) => files[at]?.sha256.slice(0, 12)).join(', ')
  throw new OutboxError('file_ambiguous', `${given} is several files, say which by its SHA-256: ${digests}`)
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

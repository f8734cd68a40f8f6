import { resolve } from 'node:path'
import type { SourceFile } from '../attachments/source-file.ts'
import type { SubmitReport } from '../reports/submit-report.ts'
import { change, type Discarded, type FileChanges } from './change-item.ts'
import { type Disk, nodeDisk } from './disk.ts'
import { Folders } from './folders.ts'
import { type Found, findItem, type Listing, listItems } from './list-items.ts'
import { type TakeLock, takeLock } from './lock.ts'
import { ownerDiffers } from './owner.ts'
import { type Queued, queueReport } from './queue-report.ts'
import type { RunEnd, Sent, Service } from './run.ts'
import { sendItems } from './send-items.ts'
import { setStrangeAside, settle } from './settle.ts'
import { Unwritten } from './unwritten.ts'

export interface OutboxOptions {
  /** Days that receipts and what was discarded are kept; 90 unless said. */
  keepDays?: number
  now?: () => Date
  disk?: Disk
  lock?: TakeLock
}

export interface SendOptions {
  signal?: AbortSignal
  /** Told of each item and each file once its new state is on the disk; of one that the disk does not take, with `unwritten`. */
  tell?: (sent: Sent) => void
  /** Told of bytes of a file, by its SHA-256, that have arrived. */
  moved?: (sha256: string, arrived: number) => void
  /** How often each request is sent again; as the service has it unless said. */
  retries?: number
}

export interface QueueOptions {
  /** Files of the report: copied into the outbox, 1 byte to 25 MiB each. */
  attach?: readonly SourceFile[]
}

/**
 * Reports on their way, in a folder that survives crashes. Any number of processes may queue; one at a time sends. A report is
 * safe as soon as `queue` returns, and arrives once, in the order of queueing. The folder holds what the reports tell, in plain
 * text, for this account alone.
 */
export class Outbox {
  readonly #folders: Folders
  readonly #now: () => Date
  readonly #keepDays: number
  readonly #lock: TakeLock
  readonly #unwritten = new Unwritten()
  readonly #stuck = new Set<string>()
  /** Calls of one process are queued in the order in which they were made. */
  #last: Promise<unknown> = Promise.resolve()

  private constructor(folders: Folders, { keepDays = 90, now = () => new Date(), lock = takeLock }: OutboxOptions) {
    this.#folders = folders
    this.#now = now
    this.#keepDays = keepDays
    this.#lock = lock
  }

  /** @throws OutboxError not_writable, disk_full */
  static async open(folder: string, options: OutboxOptions = {}): Promise<Outbox> {
    const folders = new Folders(options.disk ?? nodeDisk, resolve(folder))
    await folders.make()
    return new Outbox(folders, options)
  }

  get folder(): string {
    return this.#folders.root
  }

  /**
   * The report is on the disk with its files, a client reference and an Idempotency-Key of its own, when this returns.
   * @throws OutboxError disk_full, not_writable, reference_in_use, file_unusable; and what the system says of a file that cannot be read
   */
  queue(report: SubmitReport, { attach }: QueueOptions = {}): Promise<Queued> {
    return this.#inOrder(() => queueReport(this.#folders, report, { now: this.#now(), attach }))
  }

  /** Whether there is nothing to send. */
  async isEmpty(): Promise<boolean> {
    for (const state of ['waiting', 'attaching'] as const) {
      const { names, strange } = await this.#folders.list(state)
      const files = [...names.map(({ id }) => `${id}.json`), ...strange]
      if (files.some((file) => !this.#stuck.has(`${state}/${file}`))) return false
    }
    return true
  }

  /** Changes nothing, and needs no lock. */
  list(): Promise<Listing> {
    return listItems(this.#folders)
  }

  /** By id, place in the queue, client reference, or the name of a damaged file. @throws OutboxError item_unknown, item_ambiguous */
  find(given: string): Promise<Found> {
    return findItem(this.#folders, given)
  }

  /**
   * Puts another report in its place, with its files as far as they are not changed too, at the end of the queue, under the same client
   * reference unless it says another.
   * @throws OutboxError item_sent, file_unknown, file_ambiguous, and what `queue` throws
   */
  edit(given: string, report: SubmitReport, files: FileChanges = {}): Promise<Queued> {
    return this.#change((changing) => changing.edit(given, report, files))
  }

  /** Puts it at the end of the queue again; of a report that has arrived, the files that were refused. */
  requeue(given: string): Promise<Queued> {
    return this.#change((changing) => changing.requeue(given))
  }

  /**
   * Takes it out of the queue and keeps it in the archive; of a report that has arrived, gives up the files that have not. What was
   * under way may have arrived all the same.
   */
  discard(given: string): Promise<Discarded> {
    return this.#change((changing) => changing.discard(given))
  }

  /**
   * Sends what waits, oldest first, and then files, until nothing is left or nothing can be sent.
   * On a full disk too: then the end is `unwritten`, and this outbox remembers what became of what it sent.
   * @throws OutboxError not_writable where nothing can be written in the folder; what the system says where a disk fails
   */
  async send(service: Service, { signal, retries, ...told }: SendOptions = {}): Promise<RunEnd> {
    const { tell = () => {}, moved = () => {} } = told
    const folders = this.#folders
    const lock = await this.#lock(folders.root)
    if (!lock) return { end: 'busy' }
    try {
      const [unwritten, stuck] = [this.#unwritten, this.#stuck]
      await setStrangeAside({ folders, stuck, tell })
      await unwritten.writeAll(folders)
      const done = await settle(folders, { now: this.#now(), keepDays: this.#keepDays })
      const call = { ...(signal && { signal }), ...(retries !== undefined && { retries }) }
      const run = { folders, service, lock, unwritten, stuck, done, now: this.#now, call, signal, tell, moved }
      const end = (await ownerDiffers(run)) ?? (await sendItems(run))
      // What was taken away meanwhile may have made room.
      await unwritten.writeAll(folders)
      const { count, reason } = unwritten
      return end.end === 'empty' && count > 0 ? { end: 'unwritten', count, reason: reason?.message ?? '' } : end
    } finally {
      await lock.release()
    }
  }

  #change<Result>(work: (changing: ReturnType<typeof change>) => Promise<Result>): Promise<Result> {
    return this.#inOrder(() => work(change(this.#folders, this.#now())))
  }

  #inOrder<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(work)
    this.#last = result.catch(() => {})
    return result
  }
}

import { resolve } from 'node:path'
import { change, type Discarded } from './change-item.ts'
import { type Disk, nodeDisk } from './disk.ts'
import { Folders } from './folders.ts'
import type { ReportInput } from './item.ts'
import { type Found, findItem, type Listing, listItems } from './list-items.ts'
import { type TakeLock, takeLock } from './lock.ts'
import { ownerDiffers } from './owner.ts'
import { type Queued, queueReport } from './queue-report.ts'
import { type RunEnd, type Sent, type Service, sendItems } from './send-items.ts'
import { setDamagedAside, settle } from './settle.ts'

export interface OutboxOptions {
  /** Days that receipts and what was discarded are kept; 90 unless said. */
  keepDays?: number
  now?: () => Date
  disk?: Disk
  lock?: TakeLock
}

export interface SendOptions {
  signal?: AbortSignal
  /** Told of each item once its new state is on the disk. */
  tell?: (sent: Sent) => void
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
   * The report is on the disk, with a client reference and an Idempotency-Key of its own, when this returns.
   * @throws OutboxError disk_full, not_writable, reference_in_use
   */
  queue(report: ReportInput): Promise<Queued> {
    return this.#inOrder(() => queueReport(this.#folders, report, { now: this.#now() }))
  }

  async isEmpty(): Promise<boolean> {
    const { names, strange } = await this.#folders.list('waiting')
    return names.length + strange.length === 0
  }

  /** Changes nothing, and needs no lock. */
  list(): Promise<Listing> {
    return listItems(this.#folders)
  }

  /** By id, place in the queue, client reference, or the name of a damaged file. @throws OutboxError item_unknown, item_ambiguous */
  find(given: string): Promise<Found> {
    return findItem(this.#folders, given)
  }

  /** Puts another content in its place, at the end of the queue, under the same client reference unless it says another. */
  edit(given: string, report: ReportInput): Promise<Queued> {
    return this.#change((changing) => changing.edit(given, report))
  }

  /** Puts it at the end of the queue again. */
  requeue(given: string): Promise<Queued> {
    return this.#change((changing) => changing.requeue(given))
  }

  /** Takes it out of the queue and keeps it in the archive. What was under way may have arrived all the same. */
  discard(given: string): Promise<Discarded> {
    return this.#change((changing) => changing.discard(given))
  }

  /**
   * Sends what waits, oldest first, until nothing does or nothing can be sent.
   * @throws OutboxError where the disk fails; what was sent then is sent again, which changes nothing
   */
  async send(service: Service, { signal, tell = () => {} }: SendOptions = {}): Promise<RunEnd> {
    const folders = this.#folders
    const lock = await this.#lock(folders.root)
    if (!lock) return { end: 'busy' }
    try {
      for (const file of await setDamagedAside(folders))
        tell({ became: 'damaged', file, reason: 'it is no file of the outbox' })
      await settle(folders, { now: this.#now(), keepDays: this.#keepDays })
      const run = { folders, service, lock, now: this.#now, signal, tell }
      return (await ownerDiffers(run)) ?? (await sendItems(run))
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

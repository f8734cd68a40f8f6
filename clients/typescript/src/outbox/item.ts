import { createHash } from 'node:crypto'
import type { components } from '../contract.ts'
import type { Problem, Upload } from '../errors.ts'
import { nameOf } from './names.ts'

type SubmitReport = components['schemas']['SubmitReport']

/** Why the service refused a report, as its problem said. */
export interface Refusal {
  at: string
  problem: Problem
}

/** A file of a report. Its bytes lie beside the items until it has arrived. */
export interface QueuedFile {
  /** As others will read it; a receipt does not tell it. */
  name?: string
  size: number
  /** Hexadecimal. */
  sha256: string
  /** The attachment; null where the service still looks at it. */
  sent?: { at: string; attachmentId: string | null }
  refused?: FileRefusal
}

/** Why a file does not become an attachment. */
export interface FileRefusal {
  at: string
  /** What the service found in it, the code of its problem, or what is wrong with the bytes here. */
  reason:
    | NonNullable<Upload['refusal']>
    | Problem['code']
    | 'file_missing'
    | 'file_unreadable'
    | 'file_changed'
    | 'discarded'
  problem?: Problem
}

/** What stands at the service. */
export interface Receipt {
  at: string
  reportId: string
  number: string
  receivedAt: string
  /** The service had it already: an earlier answer was lost on its way. */
  replayed: boolean
}

/** A file of the outbox, JSON as it stands on the disk. Times are RFC 3339. */
export interface Item {
  version: 1
  /** Also the name of its file: place in the queue, trace of the reference, chance. */
  id: string
  /** Unique in the office for ever. */
  clientReference: string
  /** Of every attempt to send this content. */
  idempotencyKey: string
  queuedAt: string
  /** SHA-256 of the report with its members sorted, and of what its files are: it shows when somebody changed the file. */
  digest: string
  /** Kept until it is sent; the receipt holds no text. */
  report?: SubmitReport
  files?: QueuedFile[]
  /** Id of the item that this one was made of. */
  replaces?: string
  refused?: Refusal
  sent?: Receipt
  discardedAt?: string
}

/** An item that can be sent. */
export type FullItem = Item & { report: SubmitReport }

/** What an item is about. */
export interface Content {
  report: SubmitReport
  files: QueuedFile[]
}

/** A file that is no item, with the reason in words. */
export class Damaged extends Error {}

export function textOf(item: Item): string {
  return `${JSON.stringify(item, null, 2)}\n`
}

/**
 * The item in a file.
 * @throws Damaged when it was cut off, is of a later version, or was changed since it was written
 */
export function itemIn(file: string, text: string): Item {
  const name = nameOf(file)
  if (!name) throw new Damaged('it is no file of the outbox')
  const item = jsonOf(text) as Partial<Item> | null
  if (typeof item !== 'object' || item === null) throw new Damaged('it is no JSON object')
  if (item.version === undefined) throw new Damaged('it says no version')
  if (item.version !== 1) throw new Damaged(`it has version ${item.version}, and this program knows version 1`)
  const { id, clientReference, idempotencyKey, queuedAt, digest, report, files = [] } = item
  for (const [member, value] of Object.entries({ id, clientReference, idempotencyKey, queuedAt, digest }))
    if (typeof value !== 'string') throw new Damaged(`${member} is missing`)
  if (name.id !== id) throw new Damaged('its name is not that of its id')
  if (report === undefined) {
    if (item.sent === undefined) throw new Damaged('report is missing')
  } else if (!areFiles(files) || digestOf(report, files) !== digest || report.clientReference !== clientReference) {
    throw new Damaged('the report was changed since it was queued')
  }
  return item as Item
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Damaged('it is no JSON: written by half, or changed by hand')
  }
}

/** What a damaged file still tells, for a person to decide about. */
export function contentIn(text: string): Content | undefined {
  try {
    const { report, files = [] } = JSON.parse(text) as Partial<Item>
    return typeof report === 'object' && report !== null && areFiles(files) ? { report, files } : undefined
  } catch {
    return undefined
  }
}

function areFiles(files: unknown): files is QueuedFile[] {
  return Array.isArray(files) && files.every((file) => typeof file?.sha256 === 'string')
}

export function digestOf(report: unknown, files: readonly QueuedFile[]): string {
  const named = files.map(({ name, size, sha256 }) => ({ name, size, sha256 }))
  return createHash('sha256')
    .update(JSON.stringify(sorted(named.length === 0 ? report : { report, files: named })))
    .digest('hex')
}

/** Whether nothing is known yet of what became of a file. */
export function isPending({ sent, refused }: QueuedFile): boolean {
  return sent === undefined && refused === undefined
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([name, inner]) => [name, sorted(inner)]))
}

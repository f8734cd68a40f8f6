import type { Scope } from '../access/caller.ts'
import { DomainError, type Fault } from '../errors.ts'
import { addFaults, readValue } from '../http/contract/validate-request.ts'
import type { SentItem } from '../http/list-body.ts'
import { fingerprintOf } from '../idempotency/keys.ts'
import type { Reference } from '../reference/store.ts'
import type { StandingReport } from './batch-queries.ts'
import { BatchItem } from './batch-schemas.ts'
import { contentFaults } from './content-faults.ts'

/** Of one item: all items of a batch together would make an answer many times its size. */
const mostFaults = 100

/** An item that can be read, at its place in the batch. */
export interface ReadItem {
  index: number
  given: BatchItem
  fingerprint: Buffer
}

/** What became of an item, or in a dry run would become of it. */
export type ItemOutcome =
  | { result: 'created' | 'replayed'; clientReference: string; report: StandingReport }
  | { result: 'valid' | 'replayed'; clientReference: string }
  | { result: RefusedResult; clientReference: string | null; refusal: DomainError; cause?: unknown }
export type RefusedResult = 'invalid' | 'conflict' | 'failed'

/** Reads an item as the body of a single post is read. @throws DomainError body_invalid with all its faults, and others of its text */
export function readItem(index: number, sent: SentItem, scope: Scope, reference: Reference): ReadItem {
  if ('refusal' in sent) throw sent.refusal
  const faults: Fault[] = []
  const given = readValue(BatchItem, sent, faults) as BatchItem
  const { length } = faults
  const more = contentFaults(length === 0 ? given : sent.value, scope, reference)
  addFaults(faults, more)
  if (faults.length > 0) throw new DomainError('body_invalid', {}, faults.slice(0, mostFaults))
  return { index, given, fingerprint: fingerprintOf(given) }
}

/** The reference that the item bears, good or not, so that an office finds its row again; null where that is none. */
export function referenceOf(sent: SentItem): string | null {
  if ('refusal' in sent || sent.value === null || typeof sent.value !== 'object') return null
  const { clientReference } = BatchItem.shape
  const read = clientReference.safeParse((sent.value as { clientReference?: unknown }).clientReference)
  return read.success ? read.data : null
}

export function refusedAs(refusal: DomainError, clientReference: string | null, cause?: unknown): ItemOutcome {
  return { result: resultOf(refusal), clientReference, refusal, ...(cause !== undefined && { cause }) }
}

function resultOf({ code }: DomainError): RefusedResult {
  if (code === 'reference_conflict') return 'conflict'
  return code === 'internal_error' ? 'failed' : 'invalid'
}

import { createHash, randomBytes } from 'node:crypto'

/** What the name of a file says. */
export interface Name {
  id: string
  /** Place in the queue. Two processes may take the same one at the same moment; then chance decides between them. */
  sequence: number
  /** Of the client reference: files with another one are of other references. */
  trace: string
}

const form = /^(\d{9})-([0-9a-f]{8})[0-9a-f]{4}$/

export function newId(sequence: number, clientReference: string): string {
  return `${String(sequence).padStart(9, '0')}-${traceOf(clientReference)}${randomBytes(2).toString('hex')}`
}

export function traceOf(clientReference: string): string {
  return createHash('sha256').update(clientReference).digest('hex').slice(0, 8)
}

/** Whether a file may be one of a reference, told without looking closer. */
export function hasTrace(file: string, trace: string): boolean {
  return file.startsWith(trace, 10)
}

/** @returns undefined for a file that the outbox did not name */
export function nameOf(file: string): Name | undefined {
  if (!file.endsWith('.json')) return undefined
  const id = file.slice(0, -'.json'.length)
  const [, sequence, trace] = form.exec(id) ?? []
  return sequence === undefined || trace === undefined ? undefined : { id, sequence: Number(sequence), trace }
}

/** In the order of queueing. */
export function inOrder(a: Name, b: Name): number {
  return a.id < b.id ? -1 : 1
}

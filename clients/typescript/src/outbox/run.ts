import type { SourceFile } from '../attachments/source-file.ts'
import type { UploadOptions } from '../attachments/upload-attachment.ts'
import type { Upload } from '../errors.ts'
import type { Report, SubmitOptions, SubmitReport } from '../reports/submit-report.ts'
import type { CallOptions } from '../transport/call.ts'
import { unlessUnwritable } from './errors.ts'
import type { Folders, State } from './folders.ts'
import { Damaged, type Item, type QueuedFile } from './item.ts'
import type { Judgement } from './judge.ts'
import type { Lock } from './lock.ts'
import type { Name } from './names.ts'
import type { Outcome, Unwritten } from './unwritten.ts'

/** The service, as far as the outbox needs it: what `createWaspada` gives. */
export interface Service {
  me(options: Pick<CallOptions, 'signal' | 'retries'>): Promise<{ office: { code: string } | null }>
  reports: {
    submit(
      report: SubmitReport,
      options: SubmitOptions,
    ): Promise<{ report: Pick<Report, 'id' | 'number' | 'receivedAt' | 'clientReference'>; replayed: boolean }>
  }
  attachments: {
    upload(reportId: string, file: SourceFile, options: UploadOptions): Promise<Pick<Upload, 'attachmentId'>>
  }
}

/** What became of one item, or of one file of an item that has arrived; `unwritten` where the disk takes no note of it for now. */
export type Sent =
  | { became: 'sent' | 'refused'; item: Item; unwritten?: true }
  | { became: 'attached' | 'file_refused'; item: Item; file: QueuedFile; unwritten?: true }
  | { became: 'damaged'; file: string; reason: string }

/** Why a run ended. */
export type RunEnd =
  | { end: 'empty' }
  | { end: 'aborted' }
  /** Another process sends. */
  | { end: 'busy' }
  | { end: 'unreachable'; reason: string; retryAfterMs: number | undefined }
  /** The disk takes nothing: all that can be sent safely is sent, and of so many items what became of them is not written down. */
  | { end: 'unwritten'; reason: string; count: number }
  /** A person is needed: credentials, address, office. */
  | { end: 'stopped'; reason: string; code: string }

export interface Run {
  folders: Folders
  service: Service
  lock: Lock
  unwritten: Unwritten
  /** What lies between the items and cannot be put aside, by folder and name: told once. */
  stuck: Set<string>
  /** Items that this run has done with, by folder and id, wherever their files lie. */
  done: Set<string>
  now: () => Date
  /** What each call says beside its parameters. */
  call: Pick<CallOptions, 'signal' | 'retries'>
  signal: AbortSignal | undefined
  tell: (sent: Sent) => void
  /** Told of bytes of a file, by its digest, that have arrived. */
  moved: (sha256: string, arrived: number) => void
}

export async function mayNotGoOn({ signal, lock }: Run): Promise<RunEnd | undefined> {
  if (signal?.aborted) return { end: 'aborted' }
  return (await lock.isHeld()) ? undefined : { end: 'busy' }
}

/** Reports that this run has not done with, oldest first. */
export async function namesToSend({ folders, done, unwritten }: Run): Promise<Name[]> {
  const { names } = await folders.list('waiting')
  return names.filter(({ id }) => !done.has(`waiting/${id}`) && unwritten.of('waiting', id) === undefined)
}

/** @returns undefined when it is gone, or was damaged */
export async function readOrSetAside(
  { folders, stuck, tell }: Run,
  state: 'waiting' | 'attaching',
  id: string,
): Promise<Item | undefined> {
  try {
    const item = await folders.read(state, id)
    if (item && (state === 'waiting' ? item.report : item.sent) === undefined)
      throw new Damaged(state === 'waiting' ? 'report is missing' : 'it does not say which report it is')
    return item
  } catch (error) {
    if (!(error instanceof Damaged)) throw error
    await setAside({ folders, stuck, tell }, state, `${id}.json`, error.message)
  }
}

/** Puts a file aside in which nothing can be read. */
export async function setAside(
  { folders, stuck, tell }: Pick<Run, 'folders' | 'stuck' | 'tell'>,
  state: State,
  file: string,
  reason: string,
): Promise<void> {
  const place = `${state}/${file}`
  const isTold = stuck.delete(place)
  try {
    await folders.move(state, file, 'damaged')
  } catch (error) {
    unlessUnwritable(error)
    stuck.add(place)
    if (isTold) return
  }
  tell({ became: 'damaged', file, reason })
}

/** Writes down what became of an item, or keeps it in mind. @returns what to tell of that */
export async function noteOutcome({ folders, unwritten }: Run, outcome: Outcome): Promise<{ unwritten?: true }> {
  return (await unwritten.write(folders, outcome)) ? {} : { unwritten: true }
}

/** Why a run ends where nothing can be sent. */
export function endOf(judgement: Exclude<Judgement<unknown>, { means: 'refused' }>): RunEnd {
  const { reason } = judgement
  if (judgement.means === 'stop') return { end: 'stopped', reason, code: judgement.code }
  return { end: 'unreachable', reason, retryAfterMs: judgement.retryAfterMs }
}

import type { SourceFile } from '../attachments/source-file.ts'
import type { UploadOptions } from '../attachments/upload-attachment.ts'
import type { Upload } from '../errors.ts'
import type { Report, SubmitOptions, SubmitReport } from '../reports/submit-report.ts'
import type { CallOptions } from '../transport/call.ts'
import type { Folders } from './folders.ts'
import { Damaged, type Item, type QueuedFile } from './item.ts'
import type { Judgement } from './judge.ts'
import type { Lock } from './lock.ts'

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

/** What became of one item, or of one file of an item that has arrived. */
export type Sent =
  | { became: 'sent' | 'refused'; item: Item }
  | { became: 'attached' | 'file_refused'; item: Item; file: QueuedFile }
  | { became: 'damaged'; file: string; reason: string }

/** Why a run ended. */
export type RunEnd =
  | { end: 'empty' }
  | { end: 'aborted' }
  /** Another process sends. */
  | { end: 'busy' }
  | { end: 'unreachable'; reason: string; retryAfterMs: number | undefined }
  /** A person is needed: credentials, address, office. */
  | { end: 'stopped'; reason: string; code: string }

export interface Run {
  folders: Folders
  service: Service
  lock: Lock
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

/** @returns undefined when it is gone, or was damaged */
export async function readOrSetAside(
  { folders, tell }: Run,
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
    await folders.move(state, `${id}.json`, 'damaged')
    tell({ became: 'damaged', file: `${id}.json`, reason: error.message })
  }
}

/** Why a run ends where nothing can be sent. */
export function endOf(judgement: Exclude<Judgement<unknown>, { means: 'refused' }>): RunEnd {
  const { reason } = judgement
  if (judgement.means === 'stop') return { end: 'stopped', reason, code: judgement.code }
  return { end: 'unreachable', reason, retryAfterMs: judgement.retryAfterMs }
}

import type { components } from '../contract.ts'
import type { Folders } from './folders.ts'
import { Damaged, type FullItem, type Item, type ReportInput } from './item.ts'
import { judge } from './judge.ts'
import type { Lock } from './lock.ts'

/** The service, as far as the outbox needs it. */
export interface Service {
  /** @throws ProblemError, UnreachableError */
  submit(
    report: ReportInput,
    options: { idempotencyKey: string; signal?: AbortSignal },
  ): Promise<{
    report: Pick<components['schemas']['Report'], 'id' | 'number' | 'receivedAt' | 'clientReference'>
    replayed: boolean
  }>
  /** Code of the office that reports are posted for. */
  office(signal?: AbortSignal): Promise<string | null>
}

/** What became of one item. */
export type Sent = { became: 'sent' | 'refused'; item: Item } | { became: 'damaged'; file: string; reason: string }

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
  signal: AbortSignal | undefined
  tell: (sent: Sent) => void
}

/** Sends what waits, oldest first, until nothing does or nothing can be sent. */
export async function sendItems(run: Run): Promise<RunEnd> {
  const { folders, signal, lock } = run
  for (;;) {
    const { names } = await folders.list('waiting')
    if (names.length === 0) return { end: 'empty' }
    for (const { id } of names) {
      if (signal?.aborted) return { end: 'aborted' }
      if (!(await lock.isHeld())) return { end: 'busy' }
      const item = await readOrSetAside(run, id)
      const end = item && (await sendItem(run, item))
      if (end) return end
    }
  }
}

async function readOrSetAside({ folders, tell }: Run, id: string): Promise<FullItem | undefined> {
  try {
    const item = await folders.read('waiting', id)
    if (item && item.report === undefined) throw new Damaged('report is missing')
    return item as FullItem | undefined
  } catch (error) {
    if (!(error instanceof Damaged)) throw error
    await folders.move('waiting', `${id}.json`, 'damaged')
    tell({ became: 'damaged', file: `${id}.json`, reason: error.message })
  }
}

/** @returns why the run ends here, if it does */
async function sendItem(run: Run, item: FullItem): Promise<RunEnd | undefined> {
  const { service, signal } = run
  try {
    const { report, replayed } = await service.submit(item.report, {
      idempotencyKey: item.idempotencyKey,
      ...(signal && { signal }),
    })
    if (report?.clientReference !== item.clientReference)
      return { end: 'unreachable', reason: 'The answer is about another report', retryAfterMs: undefined }
    await keepReceipt(run, item, { ...report, replayed })
  } catch (error) {
    if (signal?.aborted) return { end: 'aborted' }
    const judgement = judge(error)
    if (judgement.means === 'later')
      return { end: 'unreachable', reason: judgement.reason, retryAfterMs: judgement.retryAfterMs }
    if (judgement.means === 'stop')
      return { end: 'stopped', reason: judgement.problem.message, code: judgement.problem.code }
    await park(run, item, judgement.problem)
  }
}

async function keepReceipt(
  { folders, now, tell }: Run,
  { report: _report, ...item }: FullItem,
  { id, number, receivedAt, replayed }: { id: string; number: string; receivedAt: string; replayed: boolean },
): Promise<void> {
  const sent = { ...item, sent: { at: now().toISOString(), reportId: id, number, receivedAt, replayed } }
  await folders.put('sent', sent)
  await folders.remove('waiting', item.id)
  tell({ became: 'sent', item: sent })
}

async function park({ folders, now, tell }: Run, item: FullItem, problem: Problem): Promise<void> {
  const { status, code, title, detail, errors, existingId } = problem
  const kept = { status, code, title, detail, ...(errors !== undefined && { errors }) }
  const refused = {
    ...item,
    refused: { at: now().toISOString(), problem: { ...kept, ...(existingId !== undefined && { existingId }) } },
  }
  await folders.put('refused', refused)
  await folders.remove('waiting', item.id)
  tell({ became: 'refused', item: refused })
}

type Problem = Extract<ReturnType<typeof judge>, { means: 'refused' }>['problem']

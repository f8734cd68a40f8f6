import type { Problem } from '../errors.ts'
import type { FullItem, Receipt } from './item.ts'
import { judge } from './judge.ts'
import { endOf, mayNotGoOn, namesToSend, noteOutcome, type Run, type RunEnd, readOrSetAside } from './run.ts'
import { sendFiles } from './send-files.ts'

/** Sends what waits, oldest first, and files when no report waits, until nothing does or nothing can be sent. */
export async function sendItems(run: Run): Promise<RunEnd> {
  for (;;) {
    const names = await namesToSend(run)
    for (const { id } of names) {
      const item = await readOrSetAside(run, 'waiting', id)
      const end = (await mayNotGoOn(run)) ?? (item && (await sendItem(run, item as FullItem)))
      if (end) return end
      run.done.add(`waiting/${id}`)
    }
    const end = names.length === 0 && (await sendFiles(run))
    if (end) return end
  }
}

/** @returns why the run ends here, if it does */
async function sendItem(run: Run, item: FullItem): Promise<RunEnd | undefined> {
  const { service, signal, call, now } = run
  try {
    const { idempotencyKey } = item
    const { report, replayed } = await service.reports.submit(item.report, { ...call, idempotencyKey })
    if (report.clientReference !== item.clientReference)
      return { end: 'unreachable', reason: 'The answer is about another report', retryAfterMs: undefined }
    const { id: reportId, number, receivedAt } = report
    await keepReceipt(run, item, { at: now().toISOString(), reportId, number, receivedAt, replayed })
  } catch (error) {
    if (signal?.aborted) return { end: 'aborted' }
    const judgement = judge(error)
    if (judgement.means !== 'refused') return endOf(judgement)
    await park(run, item, judgement.problem)
  }
}

/** Nothing of the text stays; an item with files goes on without it. */
async function keepReceipt(run: Run, { report: _report, ...item }: FullItem, receipt: Receipt): Promise<void> {
  const sent = { ...item, sent: receipt }
  const noted = await noteOutcome(run, { from: 'waiting', to: item.files ? 'attaching' : 'sent', item: sent })
  run.tell({ became: 'sent', item: sent, ...noted })
}

async function park(run: Run, item: FullItem, problem: Problem): Promise<void> {
  const refused = { ...item, refused: { at: run.now().toISOString(), problem } }
  const noted = await noteOutcome(run, { from: 'waiting', to: 'refused', item: refused })
  run.tell({ became: 'refused', item: refused, ...noted })
}

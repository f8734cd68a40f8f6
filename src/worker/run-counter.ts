import type { WorkDoor } from '../database/work-door.ts'
import { settleCounts, settledAtOnce } from '../statistics/settle-counts.ts'
import { keepGoing } from './keep-going.ts'
import type { WorkerLog } from './worker-log.ts'

/** Milliseconds between two looks for changes of the counts. Readers add what is pending: it is only to stay little. */
const rest = 500

/** Batches that are still worked off when the process stops. */
const lastBatches = 5

/** Adds pending changes to the totals until it is told to stop. Several processes may: one at a time gets to it. */
export async function runCounter({ db, log, signal }: { db: WorkDoor; log: WorkerLog; signal: AbortSignal }) {
  const turn = async () => ((await settleCounts(db)) < settledAtOnce ? rest : 0)
  await keepGoing({ name: 'the counter', turn, log, signal })
  try {
    for (let batch = 0; batch < lastBatches; batch += 1) if ((await settleCounts(db)) === 0) return
  } catch (error) {
    log.warn({ err: error }, 'not all was counted before the stop')
  }
}

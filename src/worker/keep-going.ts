import { setTimeout } from 'node:timers/promises'
import type { WorkerLog } from './worker-log.ts'

/** Milliseconds: the first pause after a failure, doubled with each that follows, and the longest. */
const pause = { first: 250, longest: 30_000 }

export interface Endless {
  /** Said of a failure, such as `the sequencer`. */
  name: string
  /** Does a piece of the work. @returns milliseconds to rest before the next */
  turn(): Promise<number>
  log: WorkerLog
  signal: AbortSignal
}

/** Turn after turn until it is told to stop. A turn that fails is logged, and tried again after a pause that grows. */
export async function keepGoing({ name, turn, log, signal }: Endless): Promise<void> {
  let failures = 0
  while (!signal.aborted) {
    let rest: number
    try {
      rest = await turn()
      failures = 0
    } catch (error) {
      rest = Math.min(pause.first * 2 ** failures, pause.longest)
      failures += 1
      log.error({ err: error, part: name, failures, againInMs: rest }, 'the worker failed and tries again')
    }
    await setTimeout(rest, undefined, { signal }).catch(() => {})
  }
}

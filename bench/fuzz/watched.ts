import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { LoopDelay } from './loop-delay.ts'

/** Arguments to Node.js by which a process tells how late its event loop is. */
export const watching = ['--import', 'tsx', '--import', new URL('loop-delay.ts', import.meta.url).href]

/** A process that does nothing: it is late when the machine is. */
export function startIdle(): ChildProcess {
  return spawn(process.execPath, [...watching, '--eval', 'setInterval(() => {}, 60_000)'], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
}

export function resetDelay(watched: ChildProcess): void {
  watched.send('reset')
}

/** Since the reset. */
export async function delayOf(watched: ChildProcess): Promise<LoopDelay> {
  watched.send('read')
  const [delay] = await once(watched, 'message')
  return delay
}

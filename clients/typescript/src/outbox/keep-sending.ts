import { setTimeout } from 'node:timers/promises'
import type { Outbox, SendOptions } from './outbox.ts'
import type { RunEnd, Service } from './run.ts'

export interface Watching extends Omit<SendOptions, 'retries'> {
  /** Told of each end of a run that is not the last, and how long it waits now, in milliseconds. */
  waiting?: (end: RunEnd, ms: number) => void
  /** Milliseconds between two looks for what was queued. */
  poll?: number
  /** Milliseconds of the first and the longest wait for the service. */
  backoff?: { first: number; longest: number }
  sleep?: (ms: number, signal: AbortSignal | undefined) => Promise<unknown>
}

/** Milliseconds that it waits at most when told to: an answer may err, and so may the clock by which a date is read. */
const longestAsked = 3_600_000

/**
 * Sends what is queued, and goes on whatever happens to the line, and when there is room on the disk again. It comes back by itself, so that each request is sent once: the
 * retries of the client would multiply its own.
 * @returns when it was aborted, or a person is needed
 */
export async function keepSending(outbox: Outbox, service: Service, watching: Watching = {}): Promise<RunEnd> {
  const { signal, poll = 2000, backoff = { first: 1000, longest: 300_000 }, sleep = rest } = watching
  let failures = 0
  const most = new Map<string, number>()
  const moved: SendOptions['moved'] = (sha256, arrived) => {
    if (arrived > (most.get(sha256) ?? 0)) failures = 0
    most.set(sha256, arrived)
    watching.moved?.(sha256, arrived)
  }
  for (;;) {
    const tell: SendOptions['tell'] = (sent) => {
      failures = 0
      watching.tell?.(sent)
    }
    const end: RunEnd = (await outbox.isEmpty())
      ? { end: 'empty' }
      : await outbox.send(service, { tell, moved, retries: 0, ...(signal && { signal }) })
    if (signal?.aborted) return { end: 'aborted' }
    if (end.end === 'stopped') return end
    const isHeldUp = end.end === 'unreachable' || end.end === 'unwritten'
    failures = isHeldUp ? failures + 1 : 0
    const asked = end.end === 'unreachable' ? end.retryAfterMs : undefined
    const ms = isHeldUp ? waitFor(failures, backoff, asked) : poll
    watching.waiting?.(end, ms)
    await sleep(ms, signal)
  }
}

/** Twice as long each time, never as long as another that failed at the same moment, and at least what the service asks for. */
function waitFor(failures: number, { first, longest }: { first: number; longest: number }, asked = 0): number {
  const ours = Math.min(longest, first * 2 ** (failures - 1)) * (0.5 + Math.random() / 2)
  return asked > ours ? Math.min(asked, longestAsked) + Math.random() * first : ours
}

async function rest(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await setTimeout(ms, undefined, signal && { signal }).catch((error: unknown) => {
    if (!signal?.aborted) throw error
  })
}

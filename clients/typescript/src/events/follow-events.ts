import type { ContractClient } from '../client.ts'
import type { components } from '../contract.ts'
import { PositionGoneError, ProblemError, UnreachableError } from '../errors.ts'
import { type Answer, answerOf } from '../problem.ts'
import type { Settings } from '../settings.ts'
import { backoff } from '../transport/delay.ts'
import type { PositionStore } from './position-store.ts'

export type Event = components['schemas']['Event']
type EventPage = components['schemas']['EventPage']

export interface FollowOptions {
  store: PositionStore
  /** Where to begin while the store has no position: with the oldest event that is kept, or with what happens next; the former unless said. */
  from?: 'oldest' | 'end'
  /** Kinds of events, such as `report.submitted`; all, and those to come, unless said. */
  types?: readonly string[]
  /** Seconds that the service may keep a request waiting for the next event; 25 unless said. */
  wait?: number
  /** Milliseconds between two questions, where the service does not wait; 5,000 unless said. */
  pollMs?: number
  /** Ends the iteration, quietly. */
  signal?: AbortSignal
  /** Told of each time that the service could not be asked; it is asked again, for as long as it takes. */
  onTrouble?: (error: UnreachableError) => void
}

/**
 * All events after the stored position, in their order, and then each as it comes. An event counts as handled when the consumer
 * asks for the next one: only then its position is saved, so that a consumer that dies gets it again.
 * @throws PositionGoneError, ProblemError, CredentialsError, and what the store throws
 */
export type FollowEvents = (options: FollowOptions) => AsyncGenerator<Event, void, undefined>

const largestPage = 200

/** Milliseconds that it waits at most when told to: an answer may err, and a timer that is too long ends at once. */
const longestAsked = 3_600_000

export function followEvents(client: ContractClient, settings: Settings): FollowEvents {
  const { retry, surroundings } = settings
  const { clock, random, sleep } = surroundings

  return async function* follow(options) {
    const { store, signal, pollMs = 5_000 } = options
    const asking = { ...options, wait: options.wait ?? 25 }
    let position = await store.load()
    while (!signal?.aborted) {
      const asked = clock().getTime()
      const page = await patiently(asking, position)
      if (page === undefined) return
      for (const event of page.items) {
        yield event
        position = event.sequence
        await store.save(position)
        if (signal?.aborted) return
      }
      // What the caller may not see, or did not ask for, is passed by as well.
      if (position === undefined || page.next > position) {
        position = page.next
        await store.save(position)
      }
      // A clock that was set back meanwhile says little of how long it took.
      const left = Math.min(pollMs, pollMs - (clock().getTime() - asked))
      if (page.items.length === 0 && left > 0) await rest(left, signal)
    }
  }

  /** The next page, through any trouble of the line; undefined when the signal ends it. */
  async function patiently(asking: FollowOptions, position: number | undefined): Promise<EventPage | undefined> {
    for (let troubles = 0; ; ) {
      try {
        return await askOnce(asking, position)
      } catch (error) {
        if (asking.signal?.aborted) return undefined
        if (asking.wait !== undefined && isUnknownWait(error)) delete asking.wait
        else if (!(error instanceof UnreachableError)) throw goneOr(error, position)
        else {
          asking.onTrouble?.(error)
          const told = Math.min(error.retryAfterMs ?? 0, longestAsked)
          await rest(told + backoff(troubles, retry, random), asking.signal)
          troubles += 1
        }
        if (asking.signal?.aborted) return undefined
      }
    }
  }

  async function askOnce(asking: FollowOptions, after: number | undefined): Promise<EventPage> {
    const { from, types, signal } = asking
    // The first answer is there at once, so that a position is kept before anything can break.
    const wait = after === undefined ? undefined : asking.wait
    const waiting = wait === undefined ? {} : { wait }
    const begin = after === undefined ? { ...(from && { from }) } : { after }
    const query = { ...begin, limit: largestPage, ...(types && { types }), ...waiting }
    const timeoutMs = retry.timeoutMs + (wait ?? 0) * 1000
    const answer = await whileNot(signal, (own) =>
      client.GET('/v1/events', { params: { query }, signal: own, timeoutMs } as never),
    )
    const page = answerOf(answer as Answer<EventPage>, clock())
    if (isPageAfter(page, after)) return page
    throw new UnreachableError('The answer is no page of events')
  }

  async function rest(ms: number, signal?: AbortSignal): Promise<void> {
    try {
      await sleep(ms, signal)
    } catch (error) {
      if (!signal?.aborted) throw error
    }
  }
}

/**
 * Does `work` under a signal of its own, aborted with the given one: a request listens to its signal until it is forgotten, and whoever
 * follows for weeks would gather thousands on one.
 */
async function whileNot<Value>(
  signal: AbortSignal | undefined,
  work: (own: AbortSignal) => Promise<Value>,
): Promise<Value> {
  const own = new AbortController()
  const end = () => own.abort(signal?.reason)
  if (signal?.aborted) end()
  signal?.addEventListener('abort', end)
  try {
    return await work(own.signal)
  } finally {
    signal?.removeEventListener('abort', end)
  }
}

/** Whether events follow a position in their order: an answer to another question would take the position back, or too far. */
function isPageAfter({ items, next }: Partial<EventPage>, after: number | undefined): boolean {
  if (!Array.isArray(items)) return false
  const numbers = [...(after === undefined ? [] : [after]), ...items.map((event) => event?.sequence)]
  const isOrdered = numbers.every((number, at) => Number.isSafeInteger(number) && number > (numbers[at - 1] ?? -1))
  return isOrdered && Number.isSafeInteger(next) && (next as number) >= (numbers.at(-1) ?? 0)
}

/** A service that answers at once knows no `wait`, and refuses it by name. */
function isUnknownWait(error: unknown): boolean {
  return error instanceof ProblemError && error.errors.some(({ parameter }) => parameter === 'wait')
}

/** Positions that the log no longer has, or not any more since a backup was restored: `oldest` is where to go on. */
const goneCodes: readonly string[] = ['events_gone', 'events_position_unknown']

function goneOr(error: unknown, position: number | undefined): unknown {
  if (position === undefined || !(error instanceof ProblemError) || !goneCodes.includes(error.code)) return error
  return new PositionGoneError(position, error)
}

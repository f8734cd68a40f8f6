import type { Context } from '../access/context.ts'
import { listEvents, type ReadPage } from './list-events.ts'
import { placeOf } from './look-at-end.ts'
import type { ListEventsQuery } from './schemas.ts'
import type { WaitingRoom } from './waiting-room.ts'

/** Whoever asks, and is ready to wait. */
export interface Follower {
  context: Context
  /** The same caller with the token verified anew: what was so at first need not be so at last. */
  renewed(): Promise<Context>
  /** Aborted when nobody waits for the answer any more. */
  hungUp: AbortSignal
}

/**
 * As listEvents; a page without events is held until there is one or `wait` seconds are over. No connection to the database is held
 * meanwhile, and every reading takes scope, token and client as they are by then. When the service stops, the page that was held is sent.
 * @throws DomainError events_too_many_waiting, token_invalid and what listEvents does
 */
export async function followEvents(follower: Follower, query: ListEventsQuery, room: WaitingRoom): Promise<ReadPage> {
  if (query.wait === 0) return listEvents(follower.context, query)
  // Before anything is read: a crowd is turned away at the door.
  const leave = room.enter(follower.context.caller.clientId)
  try {
    return await followSeated(follower, query, room)
  } finally {
    leave()
  }
}

async function followSeated(follower: Follower, query: ListEventsQuery, room: WaitingRoom): Promise<ReadPage> {
  const { wait, after } = query
  const held = after === undefined ? undefined : { items: [], next: after, more: false, head: after }
  // Who has all that was there a moment ago is not worth a reading before something happens. An agency is read for all the same: whether
  // it is held or refused would tell where the log ends.
  const { caller } = follower.context
  const isQuiet = held !== undefined && caller.agency === null && room.watch.isQuiet(held.next, placeOf(caller))
  const first = isQuiet
    ? held
    : await room.read(async () => (room.watch.closed && held) || listEvents(follower.context, query))
  if (first.items.length > 0) return first
  const over = new AbortController()
  const end = () => over.abort()
  const timer = setTimeout(end, wait * room.second)
  follower.hungUp.addEventListener('abort', end)
  try {
    return await untilSomething(follower, query, room, { first, over: over.signal })
  } finally {
    clearTimeout(timer)
    follower.hungUp.removeEventListener('abort', end)
  }
}

async function untilSomething(
  { context, renewed, hungUp }: Follower,
  query: ListEventsQuery,
  room: WaitingRoom,
  { first, over }: { first: ReadPage; over: AbortSignal },
): Promise<ReadPage> {
  const place = placeOf(context.caller)
  let page = first
  while (!hungUp.aborted) {
    const { next, head, more } = page
    if (!more) await room.watch.movedFrom(head, place, over)
    page = await room.read(async () => {
      // Whoever waits while the service stops goes on elsewhere, from the same position: a crowd that reads once more would be cut off.
      if (hungUp.aborted || room.watch.closed) return page
      return listEvents(await renewed(), { ...query, after: next })
    })
    if (page.items.length > 0 || over.aborted || room.watch.closed) break
  }
  return page
}

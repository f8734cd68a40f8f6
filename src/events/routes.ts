import { problems } from '../http/contract/problems.ts'
import { respond } from '../http/contract/responses.ts'
import type { Routes } from '../http/contract/route-schema.ts'
import { linkNext } from '../http/cursor.ts'
import { hangUpOf } from '../http/hang-up.ts'
import { linkHeader } from '../http/header-docs.ts'
import { eventPages } from './examples.ts'
import { followEvents } from './follow-events.ts'
import { EventPage, ListEventsQuery } from './schemas.ts'
import type { WaitingRoom } from './waiting-room.ts'

export const eventRoutes: Routes<{ room: WaitingRoom }> = async (app, { room }) => {
  // Before the server waits for the requests under way: whoever waits gets an answer at once.
  app.addHook('preClose', async () => room.watch.close())
  app.get(
    '/events',
    {
      config: { scope: 'events:read' },
      schema: {
        operationId: 'listEvents',
        tags: ['events'],
        summary: 'What happened in my scope, in one order, and what happens next',
        description:
          'Thin facts in the order of their `sequence`, moments after they happened. Offices read what happened to what they see, agencies ' +
          'the releases that are addressed to them; whoever wants to know more reads the resource.\n\n' +
          'To follow: begin without `after` (with `from=end` where only what comes is wanted), keep `next` where it survives, and give it as ' +
          '`after`. You then get all that followed, nothing ' +
          'twice and nothing out of order. While `Link` names a next page, more may be there at once, even if this one is empty. With ' +
          '`wait=30` an answer without events is held until there is one, so ask again as soon as it came; token and scope are looked at ' +
          'again by then. A client may have 20 such requests waiting in each process of the service.\n\n' +
          'What happened to a report that the caller may not see now is invisible. Where the installation keeps events for a time only, a ' +
          'position before the oldest is refused with 410 `events_gone`: keep `oldest` of the problem, list anew what you follow, then go ' +
          'on from `oldest`. A position that the log never came to, as after a backup was restored, is refused with 409 ' +
          '`events_position_unknown`, with the same way on; so is one near its end that an agency was not given.',
        querystring: ListEventsQuery,
        response: {
          200: respond(EventPage, { headers: { Link: linkHeader }, examples: eventPages }),
          ...problems('events_gone', 'events_position_unknown', 'events_too_many_waiting'),
        },
      },
    },
    async (request, reply) => {
      const { query, context } = request
      const follower = { context, renewed: () => request.renewContext(), hungUp: hangUpOf(reply) }
      // A HEAD tells nothing of events, so there is none to wait for.
      const wait = request.method === 'HEAD' ? 0 : query.wait
      const { items, next, more } = await followEvents(follower, { ...query, wait }, room)
      // What a link leads to may be there already: it does not wait.
      if (more) reply.header('link', linkNext(withoutWait(request.url), String(next), 'after'))
      return { items, next }
    },
  )
}

function withoutWait(url: string): string {
  const [path = '', query = ''] = url.split('?', 2)
  const parameters = new URLSearchParams(query)
  parameters.delete('wait')
  return `${path}?${parameters}`
}

import { respond } from '../http/contract/responses.ts'
import type { Routes } from '../http/contract/route-schema.ts'
import { linkNext } from '../http/cursor.ts'
import { linkHeader } from '../http/header-docs.ts'
import { listEvents } from './list-events.ts'
import { EventPage, ListEventsQuery } from './schemas.ts'

export const eventRoutes: Routes = async (app) => {
  app.get(
    '/events',
    {
      config: { scope: 'events:read' },
      schema: {
        operationId: 'listEvents',
        tags: ['events'],
        summary: 'What happened to the reports of my scope, in one order',
        description:
          'Thin facts in the order of their `sequence`, moments after they happened. A reader keeps `next` and gives it as ' +
          '`after`: it then gets all that followed, nothing twice and nothing out of order. Whoever wants to know more ' +
          'reads the resource. What happened to a report that the caller may not see now is invisible. Agencies see nothing here yet.',
        querystring: ListEventsQuery,
        response: { 200: respond(EventPage, { headers: { Link: linkHeader } }) },
      },
    },
    async (request, reply) => {
      const { full, ...page } = await listEvents(request.context, request.query)
      if (full) reply.header('link', linkNext(request.url, String(page.next), 'after'))
      return page
    },
  )
}

import { z } from 'zod'
import { problems } from '../http/contract/problems.ts'
import { respond } from '../http/contract/responses.ts'
import type { Routes } from '../http/contract/route-schema.ts'
import { linkNext } from '../http/cursor.ts'
import { linkHeader } from '../http/header-docs.ts'
import { closeBreakGlass } from './close-break-glass.ts'
import { grantView, listBreakGlass } from './list-break-glass.ts'
import { openBreakGlass } from './open-break-glass.ts'
import { BreakGlassGrant, BreakGlassPage, ListBreakGlassQuery, OpenBreakGlass } from './schemas.ts'

/** Reading above one's clearance: for national officials, with a reason, for a while, and never unseen. */
export const breakGlassRoutes: Routes<{ cursorKey: Uint8Array }> = async (app, { cursorKey }) => {
  app.post(
    '/access/break-glass',
    {
      config: { scope: 'access:break-glass' },
      schema: {
        operationId: 'openBreakGlass',
        tags: ['access'],
        summary: 'Open the way above the own clearance',
        description:
          'For an official of the nation, with a reason, four hours at most. Reads that carry the id of the grant in the ' +
          'header `Break-Glass` reach that far; each is told to the audit and to the offices that see the report.',
        body: OpenBreakGlass,
        response: { 201: respond(BreakGlassGrant, { description: 'The grant' }), ...problems('person_required') },
      },
    },
    async ({ context, body }, reply) => {
      const grant = await openBreakGlass(context, body)
      reply.code(201)
      return grantView(grant)
    },
  )

  app.get(
    '/access/break-glass',
    {
      config: { scope: 'reports:read' },
      schema: {
        operationId: 'listBreakGlass',
        tags: ['access'],
        summary: 'Who has read reports of mine above their clearance, and why?',
        querystring: ListBreakGlassQuery,
        response: { 200: respond(BreakGlassPage, { headers: { Link: linkHeader } }), ...problems('cursor_invalid') },
      },
    },
    async (request, reply) => {
      const page = await listBreakGlass({ ...request.context, cursorKey }, request.query)
      if (page.next !== null) reply.header('link', linkNext(request.url, page.next))
      return page
    },
  )

  app.delete(
    '/access/break-glass/:id',
    {
      config: { scope: 'access:break-glass', notFound: 'break_glass_grant_not_found' },
      schema: {
        operationId: 'closeBreakGlass',
        tags: ['access'],
        summary: 'End a grant of mine before its time',
        params: z.strictObject({ id: z.uuid() }),
        response: {
          204: respond(null, { description: 'It is closed' }),
          ...problems('break_glass_grant_not_found'),
        },
      },
    },
    async ({ context, params }, reply) => {
      await closeBreakGlass(context, params.id)
      return reply.code(204).send()
    },
  )
}

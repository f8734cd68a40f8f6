import { problems } from '../http/contract/problems.ts'
import { rawJson, respond } from '../http/contract/responses.ts'
import type { Routes } from '../http/contract/route-schema.ts'
import { linkNext } from '../http/cursor.ts'
import { linkHeader } from '../http/header-docs.ts'
import { inboxExample } from './examples.ts'
import { listInbox } from './list-inbox.ts'
import { InboxPage, ListInboxQuery } from './schemas.ts'

export const inboxRoutes: Routes<{ cursorKey: Uint8Array }> = async (app, { cursorKey }) => {
  app.get(
    '/inbox',
    {
      config: { scope: 'reports:read' },
      schema: {
        operationId: 'listInbox',
        tags: ['inbox'],
        summary: 'What waits for my office?',
        description:
          'Flash reports first, then what is overdue, what was escalated or returned, and questions to answer; of each ' +
          'kind the earliest deadline first. One report may stand there under several kinds. Follow-ups are not among them: ' +
          '`/v1/follow-ups` lists those by `responsibleOffice`.',
        querystring: ListInboxQuery,
        response: {
          200: respond(InboxPage, { headers: { Link: linkHeader }, examples: { aQuestion: inboxExample } }),
          ...problems('cursor_invalid'),
        },
      },
    },
    async (request, reply) => {
      const { items, next } = await listInbox({ ...request.context, cursorKey }, request.query)
      if (next !== null) reply.header('link', linkNext(request.url, next))
      return rawJson(`{"items":[${items.join(',')}],"next":${JSON.stringify(next)}}`)
    },
  )
}

import { problems } from '../http/contract/problems.ts'
import { respond } from '../http/contract/responses.ts'
import type { Routes } from '../http/contract/route-schema.ts'
import { linkNext } from '../http/cursor.ts'
import { linkHeader } from '../http/header-docs.ts'
import { listAudit } from './list-audit.ts'
import { AuditPage, ListAuditQuery } from './schemas.ts'

export const auditRoutes: Routes<{ cursorKey: Uint8Array }> = async (app, { cursorKey }) => {
  app.get(
    '/audit',
    {
      config: { scope: 'audit:read' },
      schema: {
        operationId: 'listAudit',
        tags: ['audit'],
        summary: 'Who did and read what, newest first',
        description:
          'Every change, every read of a secret report and above, every answer of not found by an id and every act of ' +
          'administration, moments after it. Entries about what lies above the own clearance are invisible. Reading is told as well.',
        querystring: ListAuditQuery,
        response: { 200: respond(AuditPage, { headers: { Link: linkHeader } }), ...problems('cursor_invalid') },
      },
    },
    async (request, reply) => {
      const page = await listAudit({ ...request.context, cursorKey }, request.query)
      if (page.next !== null) reply.header('link', linkNext(request.url, page.next))
      return page
    },
  )
}

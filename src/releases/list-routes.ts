import { officeDay } from '../classification/office-day.ts'
import { exported, exportNote } from '../exports/documented.ts'
import { exportAsked, sendExport, varies } from '../exports/send-export.ts'
import { problems } from '../http/contract/problems.ts'
import { rawJson, respond } from '../http/contract/responses.ts'
import type { Routes } from '../http/contract/route-schema.ts'
import { linkNext } from '../http/cursor.ts'
import { linkHeader } from '../http/header-docs.ts'
import { exportReleases } from './export-releases.ts'
import { listReleases } from './list-releases.ts'
import { ListReleasesQuery, ReleasePage } from './list-schemas.ts'

/** What agencies ask over the releases that reach them. */
export const releaseListRoutes: Routes<{ cursorKey: Uint8Array }> = async (app, { cursorKey }) => {
  app.get(
    '/releases',
    {
      config: { scope: 'releases:read' },
      schema: {
        operationId: 'listReleases',
        tags: ['releases'],
        summary: 'List the releases that reach the own agency',
        description:
          'The version in force of every release that is addressed to the agency, or to all, within its clearance. What was not ' +
          'approved of a release is met by no filter, neither by `stage=none` nor by `hasCoordinates=false`, and its words are ' +
          'not searched. A walk from page to page loses nothing that was there when it began: what is changed or released ' +
          `meanwhile comes at its end, in its new version. ${exportNote}`,
        querystring: ListReleasesQuery,
        response: {
          200: respond(ReleasePage, {
            headers: { Link: linkHeader, ...exported.headers },
            otherForms: exported.otherForms,
          }),
          ...problems('cursor_invalid'),
        },
      },
    },
    async (request, reply) => {
      const { context, query } = request
      const asked = exportAsked(request)
      if (asked) return sendExport(reply, asked, await exportReleases(context, query, asked), officeDay(context))
      const { items, next } = await listReleases({ ...context, cursorKey }, query)
      if (next !== null) reply.header('link', linkNext(request.url, next))
      varies(reply)
      return rawJson(`{"items":[${items.join(',')}],"next":${JSON.stringify(next)}}`)
    },
  )
}

import { officeDay } from '../classification/office-day.ts'
import { exported, exportNote } from '../exports/documented.ts'
import { exportAsked, sendExport } from '../exports/send-export.ts'
import { respond } from '../http/contract/responses.ts'
import type { Routes } from '../http/contract/route-schema.ts'
import { countReports } from './count-reports.ts'
import { exportCounts } from './export-counts.ts'
import { CountReportsQuery, ReportCounts } from './schemas.ts'

const tags = ['statistics'] as const

/** What happened where, when and in which stage, in numbers. */
export const statisticsRoutes: Routes = async (app) => {
  app.get(
    '/statistics/counts',
    {
      config: { scope: 'statistics:read' },
      schema: {
        operationId: 'countReports',
        tags,
        summary: 'How many reports, by region, stage, kind ...?',
        description:
          'Counts the reports that you may see and that statistics count: no exercise, no duplicate, neither rejected nor ' +
          'withdrawn. A stage counts by the primary one; with `anyStage=true` by every stage that was open, so that a report ' +
          'counts in several cells. A report that lies above the level asked for stands under its own region, so that the ' +
          `cells add up to the total. ${exportNote}`,
        querystring: CountReportsQuery,
        response: { 200: respond(ReportCounts, exported) },
      },
    },
    async (request, reply) => {
      const { context, query } = request
      const asked = exportAsked(request, reply)
      const counts = await countReports(context, query)
      return asked ? sendExport(reply, asked, exportCounts(context, counts, asked), officeDay(context)) : counts
    },
  )
}

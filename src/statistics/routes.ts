import type { Routes } from '../http/contract/route-schema.ts'
import { countReports } from './count-reports.ts'
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
          'counts in several cells. Stages of different elections may have one name: group by `election` as well, or ask for one. ' +
          'An agency counts what was released to it, and sees no small numbers. A report that lies above the level asked for stands under its own region, so that the ' +
          'cells add up to the total.',
        querystring: CountReportsQuery,
        response: { 200: ReportCounts },
      },
    },
    async ({ context, query }) => countReports(context, query),
  )
}

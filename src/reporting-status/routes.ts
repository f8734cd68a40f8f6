import { callerFor } from '../access/caller.ts'
import type { Routes } from '../http/contract/route-schema.ts'
import { getReportingStatus } from './get-reporting-status.ts'
import { listObligations } from './queries.ts'
import { ObligationList, ReportingStatus, ReportingStatusQuery } from './schemas.ts'

const tags = ['situation-reports'] as const

/** Who has reported, and who is silent. */
export const reportingStatusRoutes: Routes = async (app) => {
  app.get(
    '/reporting-status',
    {
      config: { scope: 'reports:read' },
      schema: {
        operationId: 'getReportingStatus',
        tags,
        summary: 'Who has reported for a period, in time or late, and who is silent?',
        description:
          'Each office of your scope that owes a situation report for the period, with completeness and timeliness by ' +
          'province. That an office reported is shown whatever the handling of its report; what it said is not. Exercises ' +
          'count in nothing.',
        querystring: ReportingStatusQuery,
        response: { 200: ReportingStatus },
      },
    },
    async ({ context, query }) => getReportingStatus(context, query),
  )

  app.get(
    '/reporting-obligations',
    {
      config: { scope: 'reports:read' },
      schema: {
        operationId: 'listReportingObligations',
        tags,
        summary: 'Who owes which situation report, and until when?',
        response: { 200: ObligationList },
      },
    },
    async ({ context: { db, caller } }) => {
      const items = await db.transaction(callerFor(caller, 'reports:read'), listObligations)
      return { items }
    },
  )
}

import { officeDay } from '../classification/office-day.ts'
import { exported, exportNote } from '../exports/documented.ts'
import { exportAsked, sendExport, varies } from '../exports/send-export.ts'
import { problems } from '../http/contract/problems.ts'
import { rawJson, respond } from '../http/contract/responses.ts'
import type { Routes } from '../http/contract/route-schema.ts'
import { CompareStagesQuery, StageComparison } from './compare-schemas.ts'
import { compareStages } from './compare-stages.ts'
import { countReports } from './count-reports.ts'
import { stageComparisonExample, timelineExample } from './examples.ts'
import { exportCounts } from './export-counts.ts'
import { getTimeline } from './get-timeline.ts'
import type { StatisticsSettings } from './hide-small.ts'
import { CountReportsQuery, ReportCounts } from './schemas.ts'
import { GetTimelineQuery, Timeline } from './timeline-schemas.ts'

const tags = ['statistics'] as const
const ofAgencies =
  'An agency counts the releases that reach it: each counts once, two releases of one report as two, and only those that tell all of ' +
  'what is counted by. It cannot ask for `status`, `level`, `overdue` or when a report was received, and small numbers are hidden, ' +
  'with as many others as would give them away.'

/** What happened where, when and in which stage, in numbers. */
export const statisticsRoutes: Routes<{ settings: StatisticsSettings }> = async (app, { settings }) => {
  app.get(
    '/statistics/counts',
    {
      config: { scope: 'statistics:read' },
      schema: {
        operationId: 'countReports',
        tags,
        summary: 'Count reports by region, election, stage, kind and week',
        description:
          'Counts the reports that you may see and that statistics count: no exercise, no duplicate, neither rejected nor ' +
          'withdrawn. A stage counts by the primary one; with `anyStage=true` by every stage that was open, so that a report ' +
          'counts in several cells. Stages of different elections may have one name: group by `election` as well, or ask for one. With ' +
          '`anyStage=true` group by it: `election` and `stage` then choose reports, and these count in all stages open to them. ' +
          'A report that lies above the level asked for stands under its own region, so that the cells add up to the total. ' +
          `${ofAgencies} ${exportNote}`,
        querystring: CountReportsQuery,
        response: { 200: respond(ReportCounts, exported) },
      },
    },
    async (request, reply) => {
      const { context, query } = request
      const asked = exportAsked(request)
      const counts = await countReports({ ...context, settings }, query)
      if (asked) return sendExport(reply, asked, exportCounts(context, counts, asked), officeDay(context))
      varies(reply)
      // Thousands of cells of our own making: a general writer takes a quarter of the time of the one that looks for each optional member.
      return rawJson(JSON.stringify(counts))
    },
  )

  app.get(
    '/statistics/timeline',
    {
      config: { scope: 'statistics:read' },
      schema: {
        operationId: 'getTimeline',
        tags,
        summary: 'Reports by day, week or month, with the election stages of the region',
        description:
          'A report stands on the day it happened where it happened, whatever the time zone of who asks. Gaps are filled ' +
          'with 0. `bands` are the stages of the calendar for the region over the same days, to be drawn behind the series; ' +
          'they are of the calendar in force, while a report counts under the stage that it was given. What counts is as in ' +
          `countReports. At most 1,500 periods. ${ofAgencies}`,
        querystring: GetTimelineQuery,
        response: { 200: respond(Timeline, { examples: { aroundVotingDay: timelineExample } }) },
      },
    },
    async ({ context, query }) => getTimeline({ ...context, settings }, query),
  )

  app.get(
    '/statistics/stages',
    {
      config: { scope: 'statistics:read' },
      schema: {
        operationId: 'compareStages',
        tags,
        summary: 'Compare reports in an election stage, region by region',
        description:
          'Reports of a stage by day of the stage and by 100,000 people, and against the same stage of another election or the ' +
          'regencies of the province. A stage still running counts its days so far, `dateFrom` and `dateTo` narrow reports and ' +
          'days alike, and with `occurredFrom` or `occurredTo`, which cut days, no rate is by day. Another election counts ' +
          'whole, whatever days are asked for. A rate is null, not 0, where people are not known or no day of the stage ' +
          'concerns the region; what was recorded in the stage is counted even there. A province has the days of its own ' +
          'contests, and the reports of all its regencies. For offices alone: rates would tell agencies the numbers that counts hide.',
        querystring: CompareStagesQuery,
        response: {
          200: respond(StageComparison, { examples: { campaign: stageComparisonExample } }),
          ...problems('offices_only'),
        },
      },
    },
    async ({ context, query }) => compareStages(context, query),
  )
}

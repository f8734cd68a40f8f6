import { z } from 'zod'
import { DomainError } from '../errors.ts'
import type { Routes } from '../http/contract/route-schema.ts'
import { LocalDate } from '../http/schemas.ts'
import type { Reference } from '../reference/store.ts'
import { timeZones } from '../regions/region.ts'
import { RegionCode } from '../regions/schemas.ts'
import { classify } from './classify.ts'
import { localDateIn } from './local-date.ts'
import { OpenStageView } from './schemas.ts'

const ListStagesQuery = z.strictObject({
  region: RegionCode,
  on: LocalDate.optional().describe('A day in the region; today there unless given'),
})

const StageList = z
  .strictObject({
    region: RegionCode,
    on: LocalDate,
    timeZone: z.enum(timeZones),
    calendarVersion: z.int().min(1).max(1_000_000),
    items: z.array(OpenStageView).max(50).describe('Primary first; empty outside every stage'),
  })
  .meta({ id: 'StageList' })

/** What classification would say of a region on a day. */
export const classificationRoutes: Routes = async (app) => {
  app.get(
    '/stages',
    {
      config: { scope: 'authenticated' },
      schema: {
        operationId: 'listStages',
        tags: ['reference'],
        summary: 'The election stages open in a region on a day, primary first',
        querystring: ListStagesQuery,
        response: { 200: StageList },
      },
    },
    async ({ context: { db, caller, now }, query }) => {
      const { reference } = await db.enter(caller)
      return stagesOn(reference, query, now)
    },
  )
}

function stagesOn(
  { regions, calendar }: Reference,
  query: z.output<typeof ListStagesQuery>,
  now: Date,
): z.output<typeof StageList> {
  const region = regions.today(query.region)
  if (!region) throw new DomainError('parameter_invalid', {}, [{ parameter: 'region', code: 'region_unknown' }])
  const on = query.on ?? localDateIn(region.timeZone, now)
  const stages = new Map(
    calendar.elections.flatMap((election) =>
      election.stages.map((stage) => [`${election.code} ${stage.code}`, stage] as const),
    ),
  )
  const items = classify(region, on, calendar, regions).map((open) => {
    const named = stages.get(`${open.election} ${open.stage}`)
    return { ...open, nameId: named?.nameId ?? open.stage, nameEn: named?.nameEn ?? open.stage }
  })
  return { region: region.code, on, timeZone: region.timeZone, calendarVersion: calendar.version, items }
}

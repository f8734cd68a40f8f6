import { z } from 'zod'
import { LocalDate, Text } from '../http/schemas.ts'
import { regionKinds, regionLevels, timeZones } from './region.ts'

/** Kemendagri code: `00` the nation, `74` a province, `74.71` a regency, `74.71.01` a district. */
export const RegionCode = z.string().regex(/^\d{2}(\.\d{2}(\.\d{2})?)?$/, '74, 74.71, 74.71.03')

export const RegionView = z
  .strictObject({
    code: RegionCode,
    name: Text(1, 100),
    kind: z.enum(regionKinds),
    level: z.enum(regionLevels),
    parent: RegionCode.nullable(),
    province: RegionCode.nullable(),
    regency: RegionCode.nullable(),
    timeZone: z.enum(timeZones),
    centre: z
      .tuple([z.number().min(-180).max(180), z.number().min(-90).max(90)])
      .nullable()
      .describe('`[longitude, latitude]` where it is known'),
    population: z
      .int()
      .min(0)
      .max(2_000_000_000)
      .nullable()
      .describe('How many people live there; null where it is not known'),
  })
  .meta({ id: 'Region' })

/** A region on its own, with what a list leaves out. */
export const RegionDetail = RegionView.extend({
  neighbours: z
    .array(RegionCode)
    .max(100)
    .describe(
      'Regencies next to this one (of a district, to its regency), by code; those of the same province where no source says more',
    ),
  formerCodes: z
    .array(
      z.strictObject({
        code: RegionCode,
        until: LocalDate.describe('The day from which the law that ended the code holds'),
        law: Text(1, 1_000),
      }),
    )
    .max(100)
    .describe('Codes that the region had before, the latest first: each is understood wherever a code is asked for'),
}).meta({ id: 'RegionDetail' })

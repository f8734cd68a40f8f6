import { z } from 'zod'
import type { Routes } from '../http/contract/route-schema.ts'
import { type Boundaries, type Coordinates, type Located, positionBases } from './boundaries.ts'
import { RegionCode } from './schemas.ts'

const LocatePositionQuery = z.strictObject({
  coordinates: z
    .codec(
      z
        .string()
        .max(40)
        .regex(/^-?\d{1,3}(\.\d{1,15})?,-?\d{1,2}(\.\d{1,15})?$/, '122.513,-3.975 (longitude,latitude)'),
      z.tuple([z.number().min(-180).max(180), z.number().min(-90).max(90)]),
      {
        decode: (text) => text.split(',').map(Number) as [number, number],
        encode: (pair) => pair.join(','),
      },
    )
    .describe('`longitude,latitude` in WGS 84 degrees, such as `122.513,-3.975`'),
})

const Position = z
  .strictObject({
    region: RegionCode.nullable().describe('A regency; null where none lies within 5 km'),
    basis: z
      .enum([...positionBases, 'no_boundaries'])
      .describe('Inside its boundary, the nearest within 5 km, none; or the service holds no boundaries to tell by'),
    approximate: z.boolean().describe('True for the nearest'),
    distanceMetres: z.int().min(0).max(5_000).nullable().describe('How far the regency is: 0 inside'),
  })
  .meta({ id: 'Position' })

/** A position gives its region, where an administrator has loaded boundaries. */
export const positionRoutes: Routes = async (app) => {
  app.get(
    '/positions',
    {
      config: { scope: 'authenticated' },
      schema: {
        operationId: 'locatePosition',
        tags: ['reference'],
        summary: 'The regency that a position lies in',
        description:
          'By the boundaries that the service holds. The edge of a regency is part of it; where several meet, it is the one with the lowest code.',
        querystring: LocatePositionQuery,
        response: { 200: Position },
      },
    },
    async ({ context: { db, caller }, query }) => {
      const { reference } = await db.enter(caller)
      return positionIn(reference.boundaries, query.coordinates)
    },
  )
}

function positionIn(boundaries: Boundaries | null, coordinates: Coordinates): z.output<typeof Position> {
  const located: Located | undefined = boundaries?.locate(coordinates)
  if (!located) return { region: null, basis: 'no_boundaries', approximate: false, distanceMetres: null }
  return { ...located, approximate: located.basis === 'nearest' }
}

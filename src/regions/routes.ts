import { z } from 'zod'
import type { Context } from '../access/context.ts'
import { DomainError } from '../errors.ts'
import { problems } from '../http/contract/problems.ts'
import { respond } from '../http/contract/responses.ts'
import type { Routes } from '../http/contract/route-schema.ts'
import { hashOf, linkNext, openCursor, sealCursor } from '../http/cursor.ts'
import { linkHeader } from '../http/header-docs.ts'
import { Cursor, Limit, Text } from '../http/schemas.ts'
import type { RegionDirectory } from './directory.ts'
import { type Region, regionKinds, regionLevels } from './region.ts'
import { RegionCode, RegionDetail, RegionView } from './schemas.ts'

const ListRegionsQuery = z.strictObject({
  q: Text(1, 100).optional().describe('A name as people write it: `kab kolaka timur`, `sultra`; the likeliest first'),
  level: z.enum(regionLevels).optional(),
  kind: z.enum(regionKinds).optional(),
  within: RegionCode.optional().describe('Only this region and what lies in it'),
  limit: Limit,
  cursor: Cursor.optional().describe('`next` of the page before'),
})
type ListRegionsQuery = z.output<typeof ListRegionsQuery>

const RegionPage = z
  .strictObject({
    items: z.array(RegionView).max(200),
    next: Cursor.nullable().describe('Cursor of the next page; null at the end'),
  })
  .meta({ id: 'RegionPage' })

export const regionRoutes: Routes<{ cursorKey: Uint8Array }> = async (app, { cursorKey }) => {
  app.get(
    '/regions',
    {
      config: { scope: 'authenticated' },
      schema: {
        operationId: 'listRegions',
        tags: ['reference'],
        summary: 'Provinces, regencies and districts by Kemendagri code',
        description:
          'With `q`, every region that the name may mean, the likeliest first: two or more where it is ambiguous.',
        querystring: ListRegionsQuery,
        response: {
          200: respond(RegionPage, {
            headers: {
              Link: linkHeader,
            },
          }),
          ...problems('cursor_invalid'),
        },
      },
    },
    async (request, reply) => {
      const page = await listRegions({ ...request.context, cursorKey }, request.query)
      if (page.next !== null) reply.header('link', linkNext(request.url, page.next))
      return page
    },
  )

  app.get(
    '/regions/:code',
    {
      config: { scope: 'authenticated', notFound: 'region_not_found' },
      schema: {
        operationId: 'findRegion',
        tags: ['reference'],
        summary: 'A region',
        description:
          'A code that has ended answers with the region that has it today, under the path in `Content-Location`.',
        params: z.strictObject({ code: RegionCode }),
        response: {
          200: respond(RegionDetail, { headers: { 'Content-Location': contentLocation } }),
          ...problems('region_not_found'),
        },
      },
    },
    async ({ context: { db, caller }, params }, reply) => {
      const { reference } = await db.enter(caller)
      const region = detailOf(params.code, reference.regions)
      if (region.code !== params.code) reply.header('content-location', `/v1/regions/${region.code}`)
      return region
    },
  )
}

const contentLocation = {
  description: 'Where the region is found by its code of today; absent when that is the code asked for',
  schema: { type: 'string', maxLength: 100, pattern: '^/v1/regions/[0-9.]+$' },
}

function detailOf(code: string, regions: RegionDirectory) {
  const region = regions.today(code) ?? regions.get(code)
  return {
    ...viewOf(region),
    neighbours: [...regions.neighboursOf(region.code)],
    formerCodes: [...regions.formerCodesOf(region.code)],
  }
}

/** A search is one page; a listing goes on by code. */
async function listRegions(
  { db, caller, now, cursorKey }: Context & { cursorKey: Uint8Array },
  query: ListRegionsQuery,
) {
  const { q, limit, cursor, ...filters } = query
  const bound = { sort: 'code', filterHash: hashOf([q, filters]), scopeHash: hashOf([caller.scope, caller.clientId]) }
  const after = cursor === undefined ? undefined : openCursor(cursorKey, cursor, bound, now)
  const { reference } = await db.enter(caller)
  const { regions } = reference
  const options = Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== undefined))
  const within = query.within === undefined ? undefined : regions.today(query.within)?.code
  if (query.within !== undefined && within === undefined) {
    throw new DomainError('parameter_invalid', {}, [{ parameter: 'within', code: 'region_unknown' }])
  }
  if (q !== undefined)
    return { items: regions.search(q, { ...options, ...(within && { within }), limit }).map(viewOf), next: null }
  const matching = listed(regions, { ...query, within }, String(after?.[0] ?? ''), limit + 1)
  const items = matching.slice(0, limit).map(viewOf)
  const last = matching.length > limit ? items.at(-1) : undefined
  return { items, next: last ? sealCursor(cursorKey, [last.code], bound, now) : null }
}

function listed(
  regions: RegionDirectory,
  { level, kind, within }: ListRegionsQuery,
  after: string,
  limit: number,
): Region[] {
  const found: Region[] = []
  for (const region of regions) {
    if (found.length === limit) break
    if (region.code <= after) continue
    if (level !== undefined && region.level !== level) continue
    if (kind !== undefined && region.kind !== kind) continue
    if (within === undefined || regions.isWithin(region.code, within)) found.push(region)
  }
  return found
}

function viewOf({ centre, ...region }: Region) {
  return { ...region, centre: centre === null ? null : ([...centre] as [number, number]) }
}

import { z } from 'zod'
import { AgencyCode, OfficeCode } from '../access/claims.ts'
import { handlingLevels, scopes } from '../access/vocabulary.ts'
import { OpenList, Text } from '../http/schemas.ts'

const Rights = z
  .strictObject({
    allowed: z.boolean(),
    missing: OpenList(['scope', 'tier'])
      .nullable()
      .describe(
        'Why not: `scope`: the token or the client lacks it; `tier`: the outlet is for others; null where it is allowed',
      ),
    handling: z
      .enum(handlingLevels)
      .nullable()
      .describe('The highest that it shows to the caller; null where it is not allowed'),
    office: OfficeCode.nullable().describe(
      'Code of the office whose region, with all below, it shows; null for agencies',
    ),
    agency: AgencyCode.nullable().describe(
      'The agency to which it shows what is addressed to it or to all; null for offices',
    ),
  })
  .meta({ id: 'OutletRights', description: 'What the caller may do there today' })
export type OutletRights = z.output<typeof Rights>

const Outlet = z
  .strictObject({
    id: z.string().regex(/^[a-z][a-z0-9_]{1,49}$/),
    titleId: Text(1, 200),
    titleEn: Text(1, 200),
    descriptionId: Text(1, 500),
    descriptionEn: Text(1, 500),
    href: Text(1, 200).describe('Its path, for GET'),
    templated: z.boolean().describe('Whether the path has parts in braces to be filled in (RFC 6570)'),
    operationId: z
      .string()
      .regex(/^[a-z][A-Za-z]{1,99}$/)
      .describe('The operation of the contract behind it'),
    mediaTypes: z.array(Text(1, 200)).max(20).describe('What it can be had as, by `Accept`; the first unless said'),
    documentation: Text(1, 200).describe('Its place in the reference of this service'),
    scope: OpenList(scopes).describe('The scope that it needs'),
    rights: Rights,
  })
  .meta({ id: 'Outlet' })
export type OutletView = z.output<typeof Outlet>

export const OutletList = z
  .strictObject({ items: z.array(Outlet).max(100).describe('Those that exist; more may come') })
  .meta({ id: 'OutletList' })

const Target = z.strictObject({
  href: z.url().max(500),
  type: Text(1, 100).optional().describe('What the address answers'),
  title: Text(1, 200).optional(),
})
const Targets = z.array(Target).min(1).max(10)

/** The link relations of RFC 8631 and RFC 9727 that the catalogue has. */
export const ApiCatalog = z
  .strictObject({
    linkset: z
      .array(
        z.strictObject({
          anchor: z.url().max(500),
          item: Targets.optional().describe('The APIs that there are'),
          'service-desc': Targets.optional().describe('For programs: the contract'),
          'service-doc': Targets.optional().describe('For people: the reference'),
          'service-meta': Targets.optional().describe(
            'For programs: where tokens come from, and which outlets there are',
          ),
          status: Targets.optional().describe('Whether the service can work'),
        }),
      )
      .max(10),
  })
  .meta({ id: 'ApiCatalog', description: 'What there is here (RFC 9727), as a set of links (RFC 9264)' })
export type ApiCatalog = z.output<typeof ApiCatalog>

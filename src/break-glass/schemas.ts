import { z } from 'zod'
import { handlingLevels } from '../access/vocabulary.ts'
import { Cursor, Limit, Narrative, Text, Timestamp } from '../http/schemas.ts'
import { RegionCode } from '../regions/schemas.ts'

/** Minutes. */
const longest = 240

export const OpenBreakGlass = z
  .strictObject({
    reason: Narrative(20, 1_000).describe('Why it must be read now; the offices concerned will read this'),
    clearance: z
      .enum(handlingLevels)
      .exclude(['ordinary'])
      .default('top_secret')
      .describe('How far to read; above the own clearance'),
    minutes: z.int().min(1).max(longest).default(60).describe('How long, four hours at most'),
  })
  .meta({ id: 'OpenBreakGlass' })
export type OpenBreakGlass = z.output<typeof OpenBreakGlass>

export const BreakGlassGrant = z
  .strictObject({
    id: z.uuid().describe('For the header Break-Glass of reads'),
    clientId: Text(1, 128),
    actor: Text(1, 128).describe('The official who reads'),
    reason: Narrative(20, 1_000),
    clearance: z.enum(handlingLevels),
    openedAt: Timestamp,
    expiresAt: Timestamp,
  })
  .meta({ id: 'BreakGlassGrant' })
export type BreakGlassGrant = z.output<typeof BreakGlassGrant>

export const ListBreakGlassQuery = z.strictObject({
  limit: Limit,
  cursor: Cursor.optional().describe('`next` of the page before'),
})
export type ListBreakGlassQuery = z.output<typeof ListBreakGlassQuery>

export const BreakGlassRead = z
  .strictObject({
    grant: BreakGlassGrant,
    report: z.strictObject({ id: z.uuid(), regionCode: RegionCode, handling: z.enum(handlingLevels) }),
    firstReadAt: Timestamp,
  })
  .meta({ id: 'BreakGlassRead' })

export const BreakGlassPage = z
  .strictObject({
    items: z.array(BreakGlassRead).max(200),
    next: Cursor.nullable().describe('Cursor of the next page; null at the end'),
  })
  .meta({ id: 'BreakGlassPage' })
export type BreakGlassPage = z.output<typeof BreakGlassPage>

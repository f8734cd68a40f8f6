import { z } from 'zod'
import { AgencyCode, OfficeCode } from '../access/claims.ts'
import { handlingLevels, scopes, tiers } from '../access/vocabulary.ts'
import type { Routes } from '../http/contract/route-schema.ts'
import { OpenList, Text } from '../http/schemas.ts'

const Me = z
  .strictObject({
    clientId: Text(1, 128),
    subject: Text(1, 128).describe('The official; equal to clientId for a system'),
    system: z.boolean().describe('A system neither verifies nor releases'),
    tier: z.enum(tiers),
    office: z.strictObject({ code: OfficeCode, name: Text(1, 200) }).nullable(),
    agency: AgencyCode.nullable(),
    clearance: z.enum(handlingLevels).describe('Handling above it is invisible'),
    scopes: z.array(OpenList(scopes)).max(scopes.length).describe('What the token says and the client is granted'),
  })
  .meta({ id: 'Me' })

export const meRoutes: Routes = async (app) => {
  app.get(
    '/me',
    {
      config: { scope: 'authenticated' },
      schema: {
        operationId: 'getMe',
        tags: ['access'],
        summary: 'Who am I and what may I do?',
        response: { 200: Me },
      },
    },
    async ({ context: { db, caller } }) => {
      const { reference, scopes: granted } = await db.enter(caller)
      const office = reference.offices.get(caller.scope.region)
      return {
        clientId: caller.clientId,
        subject: caller.subject,
        system: caller.subject === caller.clientId,
        tier: caller.scope.tier,
        office: office ? { code: office.code, name: office.name } : null,
        agency: caller.agency,
        clearance: caller.clearance,
        scopes: [...caller.scopes].filter((scope) => granted.includes(scope)),
      }
    },
  )
}

import { z } from 'zod'
import type { Routes } from '../http/contract/route-schema.ts'
import { Text } from '../http/schemas.ts'
import { domains } from './incident-type.ts'

const IncidentTypeView = z
  .strictObject({
    code: z.string().regex(/^[a-z][a-z0-9_]{1,49}$/),
    labelId: Text(1, 200),
    labelEn: Text(1, 200),
    domain: z.enum(domains).describe('The usual one; a report of this type may concern another'),
    acled: z
      .strictObject({ eventType: Text(1, 200), subEventType: Text(1, 200) })
      .nullable()
      .describe('What the ACLED codebook counts as the same'),
  })
  .meta({ id: 'IncidentType' })

const IncidentTypeList = z
  .strictObject({ items: z.array(IncidentTypeView).max(1_000) })
  .meta({ id: 'IncidentTypeList' })

export const incidentTypeRoutes: Routes = async (app) => {
  app.get(
    '/incident-types',
    {
      config: { scope: 'authenticated' },
      schema: {
        operationId: 'listIncidentTypes',
        tags: ['reference'],
        summary: 'What may happen: the taxonomy of incidents',
        response: { 200: IncidentTypeList },
      },
    },
    async ({ context: { db, caller } }) => {
      const { reference } = await db.enter(caller)
      return { items: [...reference.incidentTypes.values()] }
    },
  )
}

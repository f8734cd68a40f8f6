import { z } from 'zod'
import { OfficeCode } from '../access/claims.ts'
import { officeLevels } from '../access/vocabulary.ts'
import type { Routes } from '../http/contract/route-schema.ts'
import { Text } from '../http/schemas.ts'

const OfficeView = z
  .strictObject({
    code: OfficeCode.describe('Code of its region'),
    level: z.enum(officeLevels),
    name: Text(1, 200),
  })
  .meta({ id: 'Office' })

const OfficeList = z.strictObject({ items: z.array(OfficeView).max(1_000) }).meta({ id: 'OfficeList' })

const ListOfficesQuery = z.strictObject({
  level: z.enum(officeLevels).optional(),
  province: z
    .string()
    .regex(/^\d{2}$/)
    .optional()
    .describe('The office of a province and those of its regencies'),
})

export const officeRoutes: Routes = async (app) => {
  app.get(
    '/offices',
    {
      config: { scope: 'authenticated' },
      schema: {
        operationId: 'listOffices',
        tags: ['access'],
        summary: 'The Kesbangpol offices: one for the nation, each province and each regency',
        querystring: ListOfficesQuery,
        response: { 200: OfficeList },
      },
    },
    async ({ context: { db, caller }, query }) => {
      const { reference } = await db.enter(caller)
      const items = [...reference.offices.values()].filter(
        ({ code, level }) =>
          (query.level === undefined || level === query.level) &&
          (query.province === undefined || code === query.province || code.startsWith(`${query.province}.`)),
      )
      return { items }
    },
  )
}

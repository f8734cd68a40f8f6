import { z } from 'zod'
import { assertSchemaCurrent, listMigrations } from '../database/migrate.ts'
import type { ConnectionPool } from '../database/pool.ts'
import { DomainError } from '../errors.ts'
import { problems } from '../http/contract/problems.ts'
import type { Routes } from '../http/contract/route-schema.ts'

const Alive = z.strictObject({ status: z.literal('ok') }).meta({ id: 'Alive' })

/** For whoever runs the service: is the process alive, and can it do its work? */
export const operationRoutes: Routes<{ pool: ConnectionPool }> = async (app, { pool }) => {
  const migrations = listMigrations()
  app.get(
    '/livez',
    {
      config: { scope: 'public', unlimited: true },
      schema: {
        operationId: 'getLiveness',
        tags: ['operations'],
        summary: 'Is the process alive?',
        response: { 200: Alive },
      },
    },
    async () => ({ status: 'ok' as const }),
  )

  app.get(
    '/readyz',
    {
      config: { scope: 'public', unlimited: true },
      schema: {
        operationId: 'getReadiness',
        tags: ['operations'],
        summary: 'Can it serve? Database and schema; its keys are open before it listens',
        response: { 200: Alive, ...problems('service_unavailable') },
      },
    },
    async () => {
      await pool
        .use((client) => assertSchemaCurrent(client, migrations))
        .catch((error: unknown) => {
          throw error instanceof DomainError ? error : new DomainError('service_unavailable', {}, [], { cause: error })
        })
      return { status: 'ok' as const }
    },
  )
}

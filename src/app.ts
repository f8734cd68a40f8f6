import { readFileSync } from 'node:fs'
import Fastify, { type FastifyBaseLogger } from 'fastify'
import type pg from 'pg'
import type { Keys } from './access/signing-keys.ts'
import type { TokenVerifier } from './access/verify-token.ts'
import { auditRoutes } from './audit/routes.ts'
import { classificationRoutes } from './classification/routes.ts'
import type { Database } from './database/database.ts'
import { electionRoutes } from './elections/routes.ts'
import { authenticate } from './http/authenticate.ts'
import { bodyParser } from './http/body-parser.ts'
import { documentation } from './http/contract/documentation.ts'
import { type ContractOptions, contract } from './http/contract/plugin.ts'
import { errorHandlers } from './http/error-handlers.ts'
import { problemPages } from './http/problem-pages.ts'
import { requestLog } from './http/request-log.ts'
import { serverOptions } from './http/server-options.ts'
import { incidentTypeRoutes } from './incident-types/routes.ts'
import { meRoutes } from './me/routes.ts'
import { officeRoutes } from './offices/routes.ts'
import { operationRoutes } from './operations/routes.ts'
import type { Reference } from './reference/store.ts'
import { regionRoutes } from './regions/routes.ts'
import { reportRoutes } from './reports/routes.ts'

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }

/** What the operations of the contract are about, in the order of the reference. */
const tags = [
  { name: 'reports', description: 'ATHG reports of Kesbangpol offices, classified by election stage and region' },
  { name: 'reference', description: 'Regions, elections, their stages, and the taxonomy of incidents' },
  { name: 'access', description: 'Who is calling, and which offices there are' },
  { name: 'audit', description: 'Who did and read what' },
  { name: 'operations', description: 'Whether the service is alive and ready' },
]

/** Everything that the application stands on; whoever starts it makes and closes them. */
export interface Services {
  pool: pg.Pool
  db: Database<Reference>
  verifier: TokenVerifier
  keys: Keys
  clock: () => Date
  lateAfterHours: number
  logger: FastifyBaseLogger
}

/** The whole application, in the order in which a request meets it. */
export async function createApp(services: Services, options: ContractOptions = {}) {
  const { pool, db, verifier, keys, clock, lateAfterHours, logger } = services
  const { cursorKey } = keys
  const app = Fastify({ ...serverOptions, loggerInstance: logger })
  await app.register(requestLog)
  await app.register(errorHandlers)
  await app.register(bodyParser)
  await app.register(authenticate, { verifier, db, clock })
  await app.register(contract, options)
  await app.register(documentation, { version, tags })
  await app.register(problemPages)
  await app.register(operationRoutes, { pool })
  const prefix = '/v1'
  await app.register(meRoutes, { prefix })
  await app.register(officeRoutes, { prefix })
  await app.register(regionRoutes, { prefix, cursorKey })
  await app.register(electionRoutes, { prefix })
  await app.register(classificationRoutes, { prefix })
  await app.register(incidentTypeRoutes, { prefix })
  await app.register(auditRoutes, { prefix, cursorKey })
  await app.register(reportRoutes, { prefix, cursorKey, lateAfterHours })
  return app
}

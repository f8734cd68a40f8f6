import type { FastifyBaseLogger } from 'fastify'
import { openKeys } from '../access/signing-keys.ts'
import { TokenVerifier, trustedIssuer } from '../access/verify-token.ts'
import { createApp, type Services } from '../app.ts'
import type { Config } from '../config.ts'
import { Database } from '../database/database.ts'
import { createPool } from '../database/pool.ts'
import type { ContractOptions } from '../http/contract/plugin.ts'
import { ReferenceStore } from '../reference/store.ts'
import { refuseToServe } from './refuse-to-serve.ts'

/** The application on a prepared database, not yet listening. `close` ends its requests, then its connections. */
export async function startService(
  config: Config,
  serviceUrl: string,
  environment: { logger: FastifyBaseLogger; clock: () => Date } & ContractOptions,
) {
  const { logger, clock, ...contract } = environment
  const pool = createPool(serviceUrl, config.poolSize, (error) =>
    logger.error({ err: error }, 'a database connection broke'),
  )
  try {
    await refuseToServe(pool, (warning) => logger.warn({ warning }, 'serving all the same'))
    const keys = await openKeys(config.dataDir)
    const verifier = new TokenVerifier(trustedIssuer(config, keys))
    const db = new Database(pool, await ReferenceStore.open(pool))
    const { lateAfterHours } = config
    const services: Services = { pool, db, verifier, keys, clock, lateAfterHours, edge: config, logger }
    const app = await createApp(services, contract)
    app.addHook('onClose', () => pool.end())
    await app.ready()
    return { app, keys }
  } catch (error) {
    await pool.end()
    throw error
  }
}

import type { FastifyBaseLogger } from 'fastify'
import type { Issuer } from '../access/issuer/grant-token.ts'
import { trustedIssuers } from '../access/issuers.ts'
import { newKey, publicHalf } from '../access/key-file.ts'
import { type Keys, openKeys } from '../access/signing-keys.ts'
import { TokenVerifier } from '../access/verify-token.ts'
import { createApp, type Services } from '../app.ts'
import { openFiles } from '../attachments/open-files.ts'
import type { Config } from '../config.ts'
import { Database } from '../database/database.ts'
import { createPool } from '../database/pool.ts'
import { openWaitingRoom, type WaitingTime } from '../events/waiting-room.ts'
import type { ContractOptions } from '../http/contract/plugin.ts'
import { ReferenceStore } from '../reference/store.ts'
import { refuseToServe } from './refuse-to-serve.ts'

/** The application on a prepared database, not yet listening. `close` ends its requests, then its connections. */
export async function startService(
  config: Config,
  serviceUrl: string,
  environment: { logger: FastifyBaseLogger; clock: () => Date; waitingTime?: WaitingTime } & ContractOptions,
) {
  const { logger, clock, waitingTime, ...contract } = environment
  const pool = createPool(serviceUrl, config.poolSize, (error) =>
    logger.error({ err: error }, 'a database connection broke'),
  )
  try {
    await refuseToServe(pool, (warning) => logger.warn({ warning }, 'serving all the same'))
    const keys = await openKeys(config.dataDir, (error) =>
      logger.error({ err: error }, 'the keys cannot be read again'),
    )
    const verifier = new TokenVerifier(
      trustedIssuers(config, keys, (error) => logger.warn({ err: error }, 'an issuer is out of reach')),
    )
    const db = new Database(pool, await ReferenceStore.open(pool))
    const issuer = config.builtInIssuer ? await builtInIssuer(config, db, keys) : null
    const room = openWaitingRoom(db, waitingTime)
    const services: Services = {
      pool,
      db,
      verifier,
      issuers: config,
      issuer,
      keys,
      clock,
      reportSettings: config,
      statisticsSettings: config,
      edge: config,
      files: openFiles(config.attachments),
      room,
      logger,
    }
    const app = await createApp(services, contract)
    app.addHook('onClose', () => pool.end())
    await app.ready()
    return { app, keys, room }
  } catch (error) {
    await pool.end()
    throw error
  }
}

async function builtInIssuer(config: Config, db: Issuer['db'], keys: Keys): Promise<Issuer> {
  const { publicUrl, audience, tokenLifetime } = config
  return { db, keys, publicUrl, audience, tokenLifetime, nobodysKey: publicHalf(await newKey()) }
}

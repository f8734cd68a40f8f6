import { setTimeout } from 'node:timers/promises'
import closeWithGrace from 'close-with-grace'
import pg from 'pg'
import { openFiles } from '../attachments/open-files.ts'
import type { Config } from '../config.ts'
import { assertSchemaCurrent } from '../database/migrate.ts'
import { jobsOn } from '../worker/jobs.ts'
import { startWorker } from '../worker/start-worker.ts'
import { createLogger } from './create-logger.ts'
import { prepareDatabase } from './prepare.ts'
import { workerUrlOf } from './worker-url.ts'

/** Milliseconds that the work under way gets to finish, and that stopping may take in all. */
const drainTime = 10_000
const stopTime = 15_000

/** Works in the background until it is told to stop, or its database has ended. */
export async function work(config: Config): Promise<void> {
  const logger = createLogger(config.logLevel)
  const database = await prepareDatabase(config, (message, details) => logger.info(details ?? {}, message))
  const close = { worker: async () => {} }
  const grace = closeWithGrace({ delay: stopTime, logger }, async ({ err }) => {
    if (err) logger.fatal({ err }, 'stopping after an error')
    await Promise.race([close.worker(), setTimeout(drainTime)])
    await database.close()
    process.stdout.write('The worker has stopped.\n')
  })
  try {
    const url = await workerUrlOf(database)
    await assertCurrent(url)
    const jobs = jobsOn(openFiles(config.attachments), config.eventsRetentionDays)
    close.worker = startWorker({ url, clock: () => new Date(), log: logger, jobs }).stop
    process.stdout.write('Waspada works in the background. Ctrl-C stops.\n')
  } catch (error) {
    grace.uninstall()
    await database.close()
    throw error
  }
  void database.embedded?.lost.then(() => {
    throw new Error('The embedded PostgreSQL ended by itself; start again, what was acknowledged is on its disk')
  })
}

async function assertCurrent(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await assertSchemaCurrent(client)
  } finally {
    await client.end()
  }
}

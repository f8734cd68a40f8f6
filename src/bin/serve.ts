import { setTimeout } from 'node:timers/promises'
import closeWithGrace from 'close-with-grace'
import { openFiles } from '../attachments/open-files.ts'
import type { Config } from '../config.ts'
import { jobsOn } from '../worker/jobs.ts'
import { startWorker } from '../worker/start-worker.ts'
import { createLogger } from './create-logger.ts'
import { type PreparedDatabase, prepareDatabase } from './prepare.ts'
import { refuseConfig } from './refuse-to-serve.ts'
import { startService } from './start-service.ts'

/** Milliseconds that requests under way get to finish, then the worker, and that stopping may take in all. */
const drainTime = 8_000
const workerTime = 4_000
const stopTime = 15_000

/** Serves until it is told to stop, or its database has ended. */
export async function serve(config: Config): Promise<void> {
  const logger = createLogger(config.logLevel)
  await refuseConfig(config, (warning) => logger.warn({ warning }, 'serving all the same'))
  const database = await prepareDatabase(config, (message, details) => logger.info(details ?? {}, message))
  const close = { app: async () => {}, worker: async () => {} }
  const grace = closeWithGrace({ delay: stopTime, logger }, async ({ err }) => {
    if (err) logger.fatal({ err }, 'stopping after an error')
    // A caller that never ends its request must not keep the database from closing in good order.
    await Promise.race([close.app(), setTimeout(drainTime)])
    await Promise.race([close.worker(), setTimeout(workerTime)])
    await database.close()
    process.stdout.write('Waspada has stopped.\n')
  })
  try {
    const clock = () => new Date()
    const files = openFiles(config.attachments)
    const { app } = await startService(config, database.serviceUrl, { logger, clock })
    close.app = () => app.close()
    if (config.worker && database.workerUrl !== null)
      close.worker = startWorker({
        url: database.workerUrl,
        clock,
        log: logger,
        jobs: jobsOn(files, config.eventsRetentionDays),
      }).stop
    const address = await listen(app, config)
    process.stdout.write(welcome(config, database, address))
  } catch (error) {
    grace.uninstall()
    await close.app()
    await close.worker()
    await database.close()
    throw error
  }
  // Without its database the service would answer 503 for ever: it ends, with an exit code that a supervisor understands.
  void database.embedded?.lost.then(() => {
    throw new Error('The embedded PostgreSQL ended by itself; start again, what was acknowledged is on its disk')
  })
}

async function listen(app: Awaited<ReturnType<typeof startService>>['app'], { port, host }: Config): Promise<string> {
  try {
    return await app.listen({ port, host })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    const message = `Port ${port} is taken, perhaps by another Waspada; PORT=${port + 1} chooses another`
    throw new Error(message, { cause: error })
  }
}

function welcome(config: Config, database: PreparedDatabase, address: string): string {
  const { embedded, administrator } = database
  const where = embedded
    ? `an embedded PostgreSQL; its data is in ${embedded.location.cluster}`
    : 'the PostgreSQL of DATABASE_URL'
  const program = import.meta.url.endsWith('.ts') ? 'npm run --silent waspada --' : 'node dist/bin/waspada.js'
  const token = `${program} token --region 74.71 --scope "reports:submit reports:read"`
  const next =
    config.builtInIssuer && administrator ? `TOKEN=$(${token})` : 'TOKEN=...   # of an issuer that is trusted'
  const recovered = embedded?.recovered
    ? 'The last run did not stop cleanly; the database has recovered, and nothing acknowledged is lost.\n'
    : ''
  return `${recovered}
Waspada serves at ${address} on ${where}.
${background(config, database)}
Try, in another terminal of this folder:
  ${next}
  curl -H "Authorization: Bearer $TOKEN" ${address}/v1/me
  curl -H "Authorization: Bearer $TOKEN" "${address}/v1/stages?region=74.71&on=2024-11-25"

It calls itself ${config.publicUrl} (WASPADA_PUBLIC_URL): give that to programs.
The contract is at ${address}/openapi.json, for people at ${address}/docs. Ctrl-C stops.
`
}

/** Without the work in the background events stay unnumbered and the audit unchained: whoever leaves it out hears so. */
function background({ worker }: Config, { workerUrl }: PreparedDatabase): string {
  if (worker && workerUrl !== null) return ''
  const why = worker ? ' (the login of DATABASE_URL is for serving alone)' : ''
  return `It does no work in the background${why}: run waspada work beside it.\n`
}

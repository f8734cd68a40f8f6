import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { InjectOptions, LightMyRequestResponse } from 'fastify'
import { type Logger, pino } from 'pino'
import { issueToken } from '../../src/access/issue-token.ts'
import { startService } from '../../src/bin/start-service.ts'
import { type Config, readConfig } from '../../src/config.ts'
import { openWorkDoor } from '../../src/database/work-door.ts'
import { sequenceAll } from '../../src/events/sequencer.ts'
import { type CallerName, callers, registerCallers, type TestCaller } from './callers.ts'
import { createDatabase } from './database.ts'

/** The moment of every test: Tuesday 26 November 2024, 08:00 in Kendari, the last quiet day before the regional elections. */
export const testNow = new Date('2024-11-26T00:00:00.000Z')

const quietly = pino({ level: process.env.WASPADA_TEST_LOG ?? 'silent' })

interface Teardown {
  teardown(end: () => Promise<void> | void): unknown
}

/** Whoever waits 30 seconds for events is done in a moment. */
const inAHurry = { rest: 5, second: 10 }

type Extras = { headers?: Record<string, string> }

/** The whole application on a database of its own, every answer checked against the contract; callers are called by name. */
export async function startApi(
  t: Teardown,
  changed: Partial<Config> = {},
  logger: Logger = quietly,
  waitingTime = inAHurry,
) {
  const database = await createDatabase(t)
  await registerCallers(database.admin)
  const dataDir = await mkdtemp(join(tmpdir(), 'waspada-keys-'))
  t.teardown(() => rm(dataDir, { recursive: true, force: true }))
  // Every test comes from one address.
  const rateQuotas = { client: 3000, unauthenticated: null }
  const config = { ...readConfig({ WASPADA_DATA_DIR: dataDir }), rateQuotas, ...changed }
  const time = { now: testNow }
  const violations: string[] = []
  const { app, keys, room } = await startService(config, database.serviceUrl, {
    logger,
    clock: () => time.now,
    waitingTime,
    validateResponses: (violation) => violations.push(violation),
  })
  t.teardown(async () => {
    await app.close()
    if (violations.length > 0) throw new Error(`Answers break the contract:\n${violations.join('\n')}`)
  })
  const tokenOf = (caller: TestCaller, more: { subject?: string; lifetime?: number } = {}) =>
    issueToken(keys, config, {
      ...caller,
      subject: more.subject ?? `official-of-${caller.clientId}`,
      lifetime: more.lifetime ?? 3600,
      now: time.now,
    })
  const call = async (options: InjectOptions): Promise<LightMyRequestResponse> => app.inject(options)
  const as = (name: CallerName) => {
    const send = async (
      method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
      url: string,
      text?: string | Buffer,
      { headers = {} }: Extras = {},
    ) => {
      const authorization = `Bearer ${await tokenOf(callers[name])}`
      const body = text === undefined ? {} : { payload: text }
      const type = text === undefined ? {} : { 'content-type': 'application/json' }
      return call({ method, url, headers: { authorization, ...type, ...headers }, ...body })
    }
    return {
      /** A body as text, or bytes, as it leaves. */
      send,
      get: (url: string, extras?: Extras) => send('GET', url, undefined, extras),
      post: (url: string, body: unknown, extras?: Extras) => send('POST', url, JSON.stringify(body), extras),
      /** A merge patch of the version that `ifMatch` names. */
      patch: (url: string, body: unknown, ifMatch: string) =>
        send('PATCH', url, JSON.stringify(body), {
          headers: { 'content-type': 'application/merge-patch+json', 'if-match': ifMatch },
        }),
      /** A change by POST of the version that `ifMatch` names; without a body where it has none. */
      change: (url: string, body: unknown, ifMatch: string) =>
        send('POST', url, body === undefined ? undefined : JSON.stringify(body), { headers: { 'if-match': ifMatch } }),
      delete: (url: string, extras?: Extras) => send('DELETE', url, undefined, extras),
    }
  }
  /** Runs the sequencer to its end: no worker runs by itself in tests. */
  const chain = async () => {
    const door = openWorkDoor(database.workerUrl, { size: 1, report: () => {} })
    await sequenceAll(door.db)
    await door.close()
  }
  return { ...database, app, keys, room, config, time, as, call, tokenOf, chain }
}

export type Api = Awaited<ReturnType<typeof startApi>>

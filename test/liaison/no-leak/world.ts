import { v7 as uuidv7 } from 'uuid'
import { handlingOf } from '../../../src/access/vocabulary.ts'
import { Database } from '../../../src/database/database.ts'
import { createPool } from '../../../src/database/pool.ts'
import { erasePerson } from '../../../src/personal-data/erase-person.ts'
import { ReferenceStore } from '../../../src/reference/store.ts'
import { canary } from '../../support/canaries.ts'
import { startApi } from '../../support/start-api.ts'
import { type Caller, callers, lowerAndDisable, readers, registerCallers, tokenOf } from './callers.ts'
import { liveAll } from './lives.ts'
import { type Happening, heardBy, type Release, seenBy, type Version } from './model.ts'
import { type Office, openOffice } from './office.ts'

export type Test = Parameters<typeof startApi>[0]
type Api = Awaited<ReturnType<typeof startApi>>

export interface World {
  api: Api
  releases: Release[]
  happened: Happening[]
  /** By the name of who calls. */
  tokens: Map<string, string>
  /** Events of releases as agencies read them, in their order, without to whom they are told. */
  log: LoggedEvent[]
  /** The last number of the log of events, and the one before its first. */
  head: number
  /** A cursor of each caller who has a next page, as it was before anything was lowered or disabled. */
  cursors: Map<string, string>
  /** Ids of what an agency never reads: a report, and a file of another release. */
  strange: { report: string; file: string }
  /** What operations answered that tell everybody the same, before there was any report. */
  before: Map<string, string>
}

interface LoggedEvent {
  id: string
  sequence: number
  type: string
  subject: string
  version: number
  at: number
}

/** As agencies read it, all of it. */
export const documentOf = ({ id, versions }: Release, { version, handling, releasedAt, content }: Version) => ({
  ...{ id, version, handling: handlingOf(handling), content },
  releasedAt: new Date(releasedAt).toISOString(),
  firstReleasedAt: new Date(versions[0]?.releasedAt ?? Number.NaN).toISOString(),
})

/** The events that an agency must be told of, whole, in their order. */
export function eventsFor(caller: Caller, { happened, log }: World) {
  return happened.flatMap((happening) =>
    heardBy(caller, happening).map(({ type, id, version, handling, at }) => {
      const same = (each: LoggedEvent) =>
        each.subject === id && each.type === type && each.version === version && each.at === at
      const logged = log.find(same)
      const none = { report: null, office: null, region: { province: null, regency: null } }
      return {
        ...{ id: logged?.id, sequence: logged?.sequence, type, subject: { id, version }, ...none },
        ...{ handling: handlingOf(handling), occurredAt: new Date(at).toISOString() },
      }
    }),
  )
}

/** Everything that an agency may be told, as one text. */
export function allFor(caller: Caller, world: World): string {
  const documents = world.releases.flatMap((release) => {
    const seen = seenBy(caller, release)
    return seen.state === 'here' ? [documentOf(release, seen.version)] : []
  })
  return JSON.stringify([documents, eventsFor(caller, world), world.api.time.now])
}

/** A person is taken out of a report, and so out of what was released of it. */
async function erase(t: Test, api: Api, office: Office): Promise<void> {
  const name = `Saksi ${canary()}`
  const facts = (who: string) => `Uraian zebrafacts menurut ${who} yang melihatnya.`
  const report = await office.report({ facts: facts(name), actors: [{ role: 'witness', description: name, count: 1 }] })
  const how = { agencies: null, handling: 0, fields: ['subject', 'facts'] } as const
  const release = await office.release(report, how, 'from which a person was erased')
  const { version } = await office.send('author', 'GET', `/v1/reports/${report}`)
  const pool = createPool(api.adminUrl, 1, () => {})
  t.teardown(() => pool.end())
  api.time.now = new Date(api.time.now.getTime() + 1_237)
  const by = {
    clientId: 'system:console' as const,
    ...{ subject: 'console:root', office: null, agency: null, breakGlassId: null, now: api.time.now },
    trace: { requestId: 'console', operation: 'personal-data erase' },
  }
  const why = { ground: 'data_subject_request', reference: null } as const
  const person = { version, position: 0 }
  await erasePerson(new Database(pool, await ReferenceStore.open(pool)), by, { reportId: report, person, ...why })
  await office.again(release, (content) => Object.assign(content, { facts: facts('[…]') }))
}

/** Those who are reached read the release: what they learn must tell nothing to others, nor to them once it changed. */
async function keepEtags(api: Api, release: Release): Promise<void> {
  for (const reader of readers.filter((each) => seenBy(each, release).state === 'here')) {
    const headers = { authorization: `Bearer ${await tokenOf(api, reader)}` }
    const answer = await api.call({ method: 'GET', url: `/v1/releases/${release.id}`, headers })
    const etag = String(answer.headers.etag)
    if (!release.etags.includes(etag)) release.etags.push(etag)
  }
}

async function readLog({ admin }: Api): Promise<LoggedEvent[]> {
  const { rows } = await admin.query(
    `SELECT id, sequence::int, type, subject_id AS subject, subject_version AS version, occurred_at AS at FROM events
    WHERE agency_handling IS NOT NULL ORDER BY sequence`,
  )
  return rows.map((row) => ({ ...row, at: row.at.getTime() }))
}

export async function createWorld(
  t: Test,
  sameForAll: readonly { url: string; method: 'GET' | 'POST' }[],
): Promise<World> {
  const api = await startApi(t, { rateQuotas: { client: null, unauthenticated: null } })
  await registerCallers(api)
  const [nobody] = callers.filter(({ name }) => name === 'bmkg-ordinary')
  const before = new Map<string, string>()
  for (const { url, method } of sameForAll) {
    const headers = { authorization: `Bearer ${await tokenOf(api, nobody as Caller)}`, 'x-request-id': 'no-leak' }
    before.set(url, (await api.call({ method, url, headers })).payload)
  }
  const office = openOffice(api, (release) => keepEtags(api, release))
  await liveAll(office)
  await erase(t, api, office)
  await api.chain()
  const { releases, happened } = office
  const tokens = new Map<string, string>()
  const cursors = new Map<string, string>()
  for (const caller of callers) {
    const token = await tokenOf(api, caller)
    tokens.set(caller.name, token)
    const headers = { authorization: `Bearer ${token}` }
    const page = await api.call({ method: 'GET', url: '/v1/releases?limit=1', headers })
    if (page.statusCode === 200 && page.json().next) cursors.set(caller.name, page.json().next)
  }
  await lowerAndDisable(api)
  const log = await readLog(api)
  const { rows } = await api.admin.query(`SELECT last_sequence::int AS head FROM sequences WHERE stream = 'events'`)
  const { rows: reports } = await api.admin.query('SELECT id FROM reports ORDER BY received_at LIMIT 1')
  const file = releases.find(({ file }) => file)?.file ?? uuidv7()
  const strange = { report: reports[0].id, file }
  return { api, releases, happened, tokens, log, head: rows[0].head, cursors, strange, before }
}

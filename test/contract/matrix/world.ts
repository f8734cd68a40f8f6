import type { LightMyRequestResponse } from 'fastify'
import {
  type AccessScope,
  type Handling,
  handlingLevels,
  handlingRank,
  officeLevelOf,
  scopesOf,
} from '../../../src/access/vocabulary.ts'
import { statuses } from '../../../src/reports/vocabulary.ts'
import { aReportIn } from '../../support/a-report.ts'
import type { startApi } from '../../support/start-api.ts'
import { type Caller, covers, isNational, type Thing } from './model.ts'
import { type Released, releaseSome } from './releases.ts'

type Api = Awaited<ReturnType<typeof startApi>>

/** A report that is there, and what the model needs to know of it. */
export interface Report extends Thing {
  id: string
  status: string
  /** Code of the office that posted it. */
  office: string
}

/** A question about a report that somebody still works on, and not answered. */
export interface Question extends Thing {
  id: string
  report: Report
}

/** A follow-up that is there: on a report that was posted, or standing alone. */
export interface FollowUp extends Thing {
  id: string
  reportId: string | null
}

export interface Request {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  url: string
  headers?: Record<string, string>
  body?: unknown
}

export interface World {
  api: Api
  callers: Caller[]
  reports: Report[]
  followUps: FollowUp[]
  questions: Question[]
  /** Of every office at every handling. */
  situationReports: (Thing & { id: string })[]
  released: Released[]
  /** Opened by `nation-restricted`; `through` are the reports that were read under it. */
  grant: { id: string; through: Report[] }
  /** The file of each submitted report, by the report. */
  attached: ReadonlyMap<string, string>
  ask(caller: Caller, request: Request): Promise<LightMyRequestResponse>
}

const places = [
  ...['74.71', '74.01', '51.71', '74', '51', '00'].map((region) => ({ region })),
  { agency: 'bssn' },
] as const

/** Every place at every clearance with all that it can hold, and those whom something is the matter with. */
function everyCaller(): Caller[] {
  const whole = places.flatMap((place) => handlingLevels.map((clearance) => callerAt(place, clearance)))
  const named = (name: string) => whole.find((caller) => caller.name === name) as Caller
  const faulty = ['74.71-top_secret', '00-top_secret', 'bssn-top_secret'].flatMap((name): Caller[] => [
    { ...named(name), name: `${name}-disabled`, fault: 'disabled' },
    { ...named(name), name: `${name}-expired`, fault: 'expired' },
    { ...named(name), name: `${name}-no-token`, fault: 'no token' },
    { ...named(name), name: `${name}-no-scope`, scopes: ['statistics:read'] },
  ])
  return [...whole, ...faulty]
}

function callerAt(place: Caller['place'], clearance: Handling): Caller {
  const code = 'region' in place ? place.region : place.agency
  const scopes: readonly AccessScope[] = scopesOf('region' in place ? officeLevelOf(place.region) : 'agency')
  return { name: `${code}-${clearance}`, place, clearance, scopes, fault: 'none' }
}

async function register({ admin }: Api, { name, place, scopes, clearance, fault }: Caller): Promise<void> {
  await admin.query(
    `INSERT INTO clients (client_id, office_code, agency, scopes, clearance, created_at, disabled_at)
    VALUES ($1, $2, $3, $4, $5, '2024-01-01Z', $6)`,
    [
      name,
      'region' in place ? place.region : null,
      'agency' in place ? place.agency : null,
      scopes,
      handlingRank(clearance),
      fault === 'disabled' ? '2024-01-02Z' : null,
    ],
  )
}

/** What an administrator may change and what not: for each of them a client at each clearance, to change and to rotate. */
async function registerSpares({ admin }: Api, { name }: Caller): Promise<void> {
  for (const clearance of handlingLevels) {
    for (const purpose of ['change', 'rotate']) {
      await admin.query(
        `INSERT INTO clients (client_id, office_code, scopes, clearance, created_at) VALUES ($1, '74.71', '{reports:read}', $2, '2024-01-01Z')`,
        [`${purpose}-${clearance}-${name}`, handlingRank(clearance)],
      )
    }
  }
}

/** Reports of every place, handling and state, posted by every office that may post there in turn. */
async function fill(world: Pick<World, 'ask' | 'callers' | 'api'>): Promise<Report[]> {
  const reports: Report[] = []
  const regions = places.flatMap((place) => ('region' in place ? [place.region] : []))
  for (const region of regions) {
    const posters = world.callers.filter((c) => c.fault === 'none' && c.clearance === 'top_secret' && covers(c, region))
    const offices = posters.filter(({ name }) => !name.endsWith('no-scope'))
    for (const handling of handlingLevels) {
      for (const status of statuses) {
        const office = offices[reports.length % offices.length] as Caller
        const posted = await world.ask(office, {
          method: 'POST',
          url: '/v1/reports',
          body: aReportIn(region, { handling }),
        })
        const { id } = posted.json()
        await world.api.admin.query(
          `UPDATE reports SET status = $2, verified_at = CASE WHEN $2 IN ('verified', 'escalated') THEN received_at END,
            due_at = CASE WHEN $2 IN ('submitted', 'escalated') THEN due_at END WHERE id = $1`,
          [id, status],
        )
        reports.push({ id, region, handling, status, office: posted.json().office })
      }
    }
  }
  return reports
}

/** For each place and handling one on its submitted report and one that stands alone, of the office that posted the report. */
async function giveFollowUps({ ask, callers }: Pick<World, 'ask' | 'callers'>, reports: Report[]): Promise<FollowUp[]> {
  const followUps: FollowUp[] = []
  for (const { id, region, handling } of reports.filter(({ status }) => status === 'submitted')) {
    const given = { action: 'Matriks: tindak lanjut.', responsibleOffice: region, dueOn: '2024-12-31' }
    const office = callers.find(({ name }) => name === `${region}-top_secret`) as Caller
    const post = (url: string, body: unknown) => ask(office, { method: 'POST', url, body })
    const onReport = await post(`/v1/reports/${id}/follow-ups`, given)
    const alone = await post('/v1/follow-ups', { ...given, regionCode: region, handling })
    followUps.push({ id: onReport.json().id, reportId: id, region, handling })
    followUps.push({ id: alone.json().id, reportId: null, region, handling })
  }
  return followUps
}

/** A file for each report that is submitted, sent by the nation. */
async function attach(
  { ask, callers }: Pick<World, 'ask' | 'callers'>,
  reports: Report[],
): Promise<Map<string, string>> {
  const nation = callers.find(({ name }) => name === '00-top_secret') as Caller
  const attached = new Map<string, string>()
  const body = '%PDF-1.4 matriks'
  for (const { id } of reports.filter(({ status }) => status === 'submitted')) {
    const begun = await ask(nation, {
      method: 'POST',
      url: `/v1/reports/${id}/attachments`,
      headers: { 'upload-length': String(body.length), 'upload-metadata': 'filename bWF0cmlrcy5wZGY=' },
    })
    const headers = { 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' }
    await ask(nation, { method: 'PATCH', url: `${begun.headers.location}`, headers, body })
    attached.set(id, begun.json().id)
  }
  return attached
}

/** By the nation, of every report that it may ask about. */
async function askQuestions({ ask, callers }: Pick<World, 'ask' | 'callers'>, reports: Report[]): Promise<Question[]> {
  const nation = callers.find(({ name }) => name === '00-top_secret') as Caller
  const questions: Question[] = []
  for (const report of reports.filter(({ status, office }) => status === 'submitted' && office !== '00')) {
    const body = { text: 'Matriks: siapa yang ditanya?' }
    const asked = await ask(nation, { method: 'POST', url: `/v1/reports/${report.id}/questions`, body })
    questions.push({ id: asked.json().id, report, region: report.region, handling: report.handling })
  }
  return questions
}

/** A situation report of every office at every handling, each of a day of its own. */
async function report({ ask, callers }: Pick<World, 'ask' | 'callers'>): Promise<World['situationReports']> {
  const made: World['situationReports'] = []
  for (const place of places) {
    if (!('region' in place)) continue
    const office = callers.find(({ name }) => name === `${place.region}-top_secret`) as Caller
    for (const [index, handling] of handlingLevels.entries()) {
      const body = { kind: 'daily', period: `2024-11-0${index + 1}`, nothingToReport: true, handling }
      const posted = await ask(office, { method: 'POST', url: '/v1/situation-reports', body })
      made.push({ id: posted.json().id, region: place.region, handling })
    }
  }
  return made
}

/** Ends each answer with the same request id, so that equal answers are equal to the byte. */
export const requestId = 'matrix'

export async function createWorld(api: Api): Promise<World> {
  const callers = everyCaller()
  for (const caller of callers) {
    await register(api, caller)
    if (isNational(caller)) await registerSpares(api, caller)
  }
  const tokens = new Map<string, string>()
  for (const { name, place, scopes, clearance, fault } of callers) {
    const lifetime = fault === 'expired' ? 1 : 3600
    tokens.set(name, await api.tokenOf({ clientId: name, place, scopes, clearance }, { lifetime }))
  }
  api.time.now = new Date(api.time.now.getTime() + 60_000)
  const ask = ({ name, fault }: Caller, { method, url, headers, body }: Request) => {
    const authorization = fault === 'no token' ? {} : { authorization: `Bearer ${tokens.get(name)}` }
    const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json'
    const payload = body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }
    const sent = { ...(body !== undefined && { 'content-type': type }), ...authorization, ...headers }
    return api.call({ method, url, headers: { 'x-request-id': requestId, ...sent }, ...payload })
  }
  // States of reports are set as they are and not lived through: who sees them is what is asked here.
  await api.admin.query('ALTER TABLE reports DISABLE TRIGGER USER')
  const reports = await fill({ api, callers, ask })
  const situationReports = await report({ callers, ask })
  await api.admin.query('ALTER TABLE reports ENABLE TRIGGER USER')
  await api.admin.query('SELECT rebuild_report_counts()')
  const followUps = await giveFollowUps({ ask, callers }, reports)
  const attached = await attach({ ask, callers }, reports)
  const questions = await askQuestions({ ask, callers }, reports)
  const released = await releaseSome(api, reports[0] as Report)
  const analyst = callers.find(({ name }) => name === '00-restricted') as Caller
  const reason = 'Matriks: membaca di atas kewenangan sendiri.'
  const opened = await ask(analyst, { method: 'POST', url: '/v1/access/break-glass', body: { reason } })
  const grant = { id: opened.json().id as string, through: reports.filter(({ handling }) => /secret/.test(handling)) }
  for (const { id } of grant.through)
    await ask(analyst, { method: 'GET', url: `/v1/reports/${id}`, headers: { 'break-glass': grant.id } })
  await api.chain()
  return { api, callers, reports, followUps, attached, questions, situationReports, released, grant, ask }
}

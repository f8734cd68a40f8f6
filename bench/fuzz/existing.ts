import { makeKeyPair } from '../../src/clients/key-pair.ts'
import { addFollowUpExample, addStandaloneFollowUpExample } from '../../src/follow-ups/examples.ts'
import { submitReportExample } from '../../src/reports/examples.ts'
import { submitSituationReportExample } from '../../src/situation-reports/examples.ts'
import { regency } from './callers.ts'
import { ask, type Caller, callerNamed, type Target } from './target.ts'

type Known = Record<string, readonly unknown[]>

const reportsOfEach = 4
const followUpsOfEach = 3
const questionCount = 12
const clientCount = 6
const grantCount = 40
const keyCount = 12

/** Reports of every office that submits, some above the clearance of the official. */
export async function postReports(target: Target, callers: readonly Caller[]): Promise<Known> {
  const ids: string[] = []
  const etags: string[] = []
  for (const caller of callers.filter(({ scopes }) => scopes.includes('reports:submit'))) {
    for (let number = 0; number < reportsOfEach; number += 1) {
      const { clientReference: _given, ...example } = submitReportExample
      const given = { ...example, handling: number % 2 === 0 ? 'top_secret' : 'restricted' }
      const { body, headers } = await ask(target, caller, '/v1/reports', { given })
      ids.push(String(body.id))
      etags.push(String(headers.get('etag')))
    }
  }
  return { ids, 'findReport.id': ids, 'If-None-Match': [...etags, '*', 'W/"x"'] }
}

/** Follow-ups that every office gave itself about the place of the reports, some on a report. */
export async function addFollowUps(
/** Links of one report to all others, to be taken back again. */
export async function linkReports(
  target: Target,
  callers: readonly Caller[],
  reports: readonly unknown[],
): Promise<Known> {
  const ids: string[] = []
  const etags: string[] = []
  const offices = { regency, province: '74', nation: '00' }
  for (const [name, responsibleOffice] of Object.entries(offices)) {
    const paths = reports.slice(0, followUpsOfEach).map((id) => `/v1/reports/${id}/follow-ups`)
    for (const path of ['/v1/follow-ups', ...paths]) {
      const example = path === '/v1/follow-ups' ? addStandaloneFollowUpExample : addFollowUpExample
      const given = { ...example, responsibleOffice }
      const { body, headers } = await ask(target, callerNamed(callers, name), path, { given })
/** A situation report of every office that submits, for each of a few days. */
export async function postSituationReports(target: Target, callers: readonly Caller[]): Promise<Known> {
  const ids: string[] = []
  const etags: string[] = []
  // Before any deadline of the defaults: a correction needs no reason.
  const days = ['2023-11-21', '2023-11-22', '2023-11-23']
  for (const caller of callers.filter(({ scopes }) => scopes.includes('reports:submit'))) {
    for (const period of days) {
      const given = { ...submitSituationReportExample, period }
      const { body, headers } = await ask(target, caller, '/v1/situation-reports', { given })
      ids.push(String(body.id))
      etags.push(String(headers.get('etag')))
    }
  }
  return {
    followUpId: ids,
    reportId: reports,
    responsibleOffice: Object.values(offices),
    dueOn: ['2024-11-27', '2024-12-31'],
    ...Object.fromEntries(['addFollowUp', 'listReportFollowUps'].map((id) => [`${id}.id`, reports])),
    'findFollowUp.If-None-Match': [...etags, '*'],
    'changeFollowUp.If-Match': [...etags, ...etags.map(() => '*')],
    'listFollowUps.office': Object.values(offices),
/** Questions about a report of the regency, to read and to answer. */
export async function askQuestions(target: Target, callers: readonly Caller[]): Promise<Known> {
  const { clientReference: _given, ...example } = submitReportExample
  const { body: report } = await ask(target, callerNamed(callers, 'regency'), '/v1/reports', { given: example })
  const nation = callerNamed(callers, 'nation')
  const ids: string[] = []
  const etags: string[] = []
  for (let number = 0; number < questionCount; number += 1) {
    const given = { text: `Pertanyaan ${number}: siapa pelakunya?` }
    const { body, headers } = await ask(target, nation, `/v1/reports/${report.id}/questions`, { given })
    ids.push(String(body.id))
    etags.push(String(headers.get('etag')))
  }
  return {
    ...Object.fromEntries(
      ['askQuestion', 'listQuestions', 'findQuestion', 'answerQuestion'].map((id) => [`${id}.id`, [report.id]]),
    ),
    questionId: ids,
    'findQuestion.If-None-Match': [...etags, '*'],
    'answerQuestion.If-Match': ['*'],
    'askQuestion.dueAt': [null, '2999-01-01T00:00:00Z'],
  const caller = callerNamed(callers, 'nation')
  const [report, ...others] = reports
  const linkIds: string[] = []
  for (const other of others) {
    for (const type of ['follows', 'part_of']) {
      const given = { type, target: other }
      const { body } = await ask(target, caller, `/v1/reports/${report}/links`, { given, headers: { 'if-match': '*' } })
      linkIds.push(String(body.id))
    }
  }
  return {
    linkId: linkIds,
    'unlinkReport.id': [report],
    'linkReport.id': others,
    'linkReport.target': reports,
    'listLinks.id': reports,
    'listSimilar.id': reports,
    'unlinkReport.If-Match': ['*'],
    'linkReport.If-Match': ['*'],
  const operations = ['findSituationReport', 'correctSituationReport', 'listSituationRevisions']
  const ofDays = ['submitSituationReport', 'getReportingStatus', 'listSituationReports']
  const writing = ['submitSituationReport', 'correctSituationReport']
  const october = Array.from({ length: 31 }, (_, index) => `2024-10-${String(index + 1).padStart(2, '0')}`)
  return {
    ...Object.fromEntries(operations.map((operation) => [`${operation}.id`, ids])),
    ...Object.fromEntries(ofDays.map((operation) => [`${operation}.kind`, ['daily']])),
    ...Object.fromEntries(ofDays.map((operation) => [`${operation}.period`, [...days, ...october]])),
    ...Object.fromEntries(writing.map((operation) => [`${operation}.reports[]`, [[]]])),
    ...Object.fromEntries(writing.map((operation) => [`${operation}.sections`, [null]])),
    ...Object.fromEntries(writing.map((operation) => [`${operation}.situation`, ['Situasi kondusif.', 'Nihil.']])),
    'correctSituationReport.nothingToReport': [false],
    'correctSituationReport.handling': ['top_secret'],
    'correctSituationReport.reason': ['Data malam hari menyusul.'],
    'correctSituationReport.If-Match': ['*', ...etags.slice(0, 1)],
    'findSituationReport.If-None-Match': [...etags, '*'],
  }
}

/** Clients that requests may change as they like: none of those who call. */
export async function addClients(target: Target, callers: readonly Caller[]): Promise<Known> {
  const administrator = callerNamed(callers, 'nation')
  const ids = Array.from({ length: clientCount }, (_, index) => `fuzz-other-${index + 1}`)
  const etags: string[] = []
  for (const clientId of ids) {
    const scopes = ['reports:read']
    const given = { clientId, office: regency, scopes, clearance: 'restricted', credential: { kind: 'secret' } }
    const { headers } = await ask(target, administrator, '/v1/clients', { given })
    etags.push(String(headers.get('etag')))
  }
  const keys = await Promise.all(Array.from({ length: keyCount }, makeKeyPair))
  const publicKeys = keys.map(({ publicJwk }) => ({ kind: 'public_key', jwk: publicJwk }))
  const granted = [['reports:read'], ['statistics:read'], ['signals:read', 'events:read']]
  return {
    ...Object.fromEntries(['findClient', 'changeClient', 'rotateCredentials'].map((id) => [`${id}.id`, ids])),
    'findClient.If-None-Match': [...etags, '*'],
    'If-Match': [...etags, ...etags.map(() => '*')],
    'scopes[]': granted,
    office: [regency, '74', '00'],
    agency: ['bssn', 'polri'],
    credential: [...publicKeys.map(() => ({ kind: 'secret' })), ...publicKeys],
    'listClients.region': [regency, '74', '00'],
    'listAudit.clientId': [...ids, 'fuzz-nation'],
    'listAudit.resourceId': ids,
    'listAudit.resourceType': ['client', 'report', 'audit'],
    'listAudit.action': ['client.added', 'report.read', 'audit.read'],
    'listAudit.actor': ['official-1'],
  }
}

/** Grants of the official: some that stay, by which a report was read, and some to be closed. */
export async function openGrants(
  target: Target,
  callers: readonly Caller[],
  reports: readonly unknown[],
): Promise<Known> {
  const official = callerNamed(callers, 'official')
  const open = async () => {
    const given = { reason: 'Laporan harus dibaca sebelum penghitungan suara dimulai.', minutes: 240 }
    return String((await ask(target, official, '/v1/access/break-glass', { given })).body.id)
  }
  const ids: string[] = []
  for (let number = 0; number < grantCount; number += 1) ids.push(await open())
  const [staying, closing] = [ids.slice(0, 3), ids.slice(3)]
  for (const grant of staying)
    for (const report of reports)
      await ask(target, official, `/v1/reports/${report}`, { headers: { 'break-glass': grant } })
  return { 'Break-Glass': staying, 'closeBreakGlass.id': closing }
}

/** Codes of places, elections, stages and incidents. */
export async function referenceOf(target: Target, callers: readonly Caller[]): Promise<Known> {
  const caller = callerNamed(callers, 'regency')
  const itemsOf = async (path: string): Promise<Record<string, unknown>[]> =>
    (await ask(target, caller, path)).body.items
  const codesOf = async (path: string) => (await itemsOf(path)).map(({ code }) => code)
  const election = await codesOf('/v1/elections')
  const { body: pilkada } = await ask(target, caller, '/v1/elections/pilkada-2024')
  const regions = await codesOf(`/v1/regions?within=${regency}&limit=20`)
  return {
    election,
    'findElection.code': election,
    'findRegion.code': regions,
    stage: pilkada.stages.map(({ code }: { code: string }) => code),
    incidentType: await codesOf('/v1/incident-types'),
    regionCode: regions,
    region: [...regions, '74', '00'],
    within: [...regions, '74', '00'],
    province: ['74', '51', '91'],
  }
}

import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import t from 'tap'
import { aReportIn } from '../support/a-report.ts'
import { type CallerName, callers } from '../support/callers.ts'
import { type Api, startApi, testNow } from '../support/start-api.ts'
import { chosen, type Post, type Run, runs, type Step } from './life-actions.ts'
import {
  type Action,
  after,
  levels,
  type ModelReport,
  markings,
  now,
  refusals,
  sees,
  shown,
  shownOf,
  type Version,
} from './life-model.ts'

// What found something is given again by WASPADA_MODEL_SEED; WASPADA_MODEL_RUNS says how much is tried.
const seed = Number(process.env.WASPADA_MODEL_SEED ?? Date.now() % 2 ** 31)
const numRuns = Number(process.env.WASPADA_MODEL_RUNS ?? 50)
const minute = 60_000
/** Milliseconds: a slow machine tries less, and makes less small. */
const longest = 45_000
const names = (Object.keys(callers) as CallerName[]).filter((name) => name !== 'bssn')
const because = 'Diperiksa bersama Bawaslu setempat.'

interface Answer {
  statusCode: number
  headers: Record<string, unknown>
  // biome-ignore lint/suspicious/noExplicitAny: JSON of the wire
  json(): any
}

t.test('any actions by anybody keep every version told once, and never go a way that the table forbids', async (t) => {
  const api = await startApi(t, { rateQuotas: { client: null, unauthenticated: null } })
  const property = fc.asyncProperty(runs, async (run) => {
    api.time.now = testNow
    const reports = await live(api, run)
    for (const report of reports) {
      await compareStored(api, report)
      await compareSeen(api, report)
    }
  })
  const outcome = await fc.check(property, { seed, numRuns, interruptAfterTimeLimit: longest })
  const found = outcome.failed ? `${fc.defaultReportMessage(outcome)}\n${outcome.errorInstance}` : 'nothing'
  t.notOk(outcome.failed, `seed ${seed} found: ${found}`)
})

/** Does all of it, and gives the reports as the model has them. */
async function live(api: Api, { posts, steps }: Run): Promise<ModelReport[]> {
  const reports: ModelReport[] = []
  for (const each of posts) reports.push(await post(api, each))
  for (const { report, choices } of steps) {
    api.time.now = new Date(api.time.now.getTime() + minute)
    const at = report % reports.length
    reports[at] = await step(api, reports[at] as ModelReport, choices)
  }
  return reports
}

async function post(api: Api, { by, region, handling, exercise }: Post): Promise<ModelReport> {
  const occurred = '2024-11-25T22:30:00+08:00'
  const body = aReportIn(region, {
    ...{ handling: markings[handling], exercise, occurredAt: occurred, subject: 'Perihal pertama' },
  })
  const { id, office, version, status, level, urgency } = (await api.as(by).post('/v1/reports', body)).json()
  const actor = `official-of-${callers[by].clientId}`
  const heldSince = api.time.now.getTime()
  const first: Version = {
    ...{ version, action: 'submitted', actor, client: by, status, level: levels.indexOf(level), handling },
    ...{ contentHandling: handling, region, subject: 'Perihal pertama', exercise, urgency, occurred, heldSince },
    ...{ verified: false, outcome: null },
  }
  return { id, office, history: [first] }
}

/** Things done at once must have come about as if one after another, in one order or the other. */
async function step(api: Api, report: ModelReport, choices: Step['choices']) {
  const actions = choices.map((choice) => chosen(choice, report))
  const answers = await Promise.all(actions.map((action) => act(api, report, action)))
  const read = now(report)
  const makers = choices.length > 1 ? await makersOf(api, report) : undefined
  for (const order of ordersOf(actions.map((_, index) => index))) {
    let stands: ModelReport | undefined = report
    for (const index of order) {
      stands = stands && (await follow(stands, actions[index] as Action, answers[index] as Answer, read, api.time.now))
    }
    if (!stands || (makers && !isDeepStrictEqual(makers, namesOf(stands)))) continue
    return stands
  }
  const told = answers.map((answer, index) => {
    const action = actions[index] as Action
    const expected = refusals(report, action, read)
    return { action, expected, answer: `${answer.statusCode} ${JSON.stringify(answer.json()).slice(0, 700)}` }
  })
  throw new Error(`No order explains ${JSON.stringify({ stands: read, told }, null, 2)}`)
}

/** Who made each version: of two that ask for the same at once, either may have been the one. */
async function makersOf({ admin }: Api, { id }: ModelReport): Promise<string[]> {
  const { rows } = await admin.query(
    `SELECT client_id || ' ' || actor AS maker FROM report_revisions WHERE report_id = $1 ORDER BY version`,
    [id],
  )
  return rows.map(({ maker }) => maker)
}

function namesOf({ history }: ModelReport): string[] {
  return history.slice(1).map(({ client, actor }) => `${callers[client].clientId} ${actor}`)
}

/** The report after an action that was answered so; undefined where it cannot have been. */
async function follow(report: ModelReport, action: Action, answer: Answer, read: Version, at: Date) {
  const why = refusals(report, action, read)
  if (why.length > 0) return why.includes(`${answer.statusCode} ${answer.json().code}`) ? report : undefined
  const next = after(report, action, at.getTime())
  const etag = `"${report.id}.${now(next).version}"`
  if (answer.statusCode !== 200 || answer.headers.etag !== etag) return undefined
  return isDeepStrictEqual(shownOf(answer.json()), shown(now(next))) ? next : undefined
}

function ordersOf(indices: number[]): number[][] {
  if (indices.length <= 1) return [indices]
  return indices.flatMap((first) => ordersOf(indices.filter((each) => each !== first)).map((rest) => [first, ...rest]))
}

async function act(api: Api, report: ModelReport, action: Action): Promise<Answer> {
  const token = await api.tokenOf(callers[action.by], { subject: action.actor })
  const patch = action.verb === 'correct' || action.verb === 'mark'
  const body = bodyOf(action)
  const tag = ifMatchOf(report, action)
  return api.call({
    method: patch ? 'PATCH' : 'POST',
    url: `/v1/reports/${report.id}${patch ? '' : `/${action.verb}`}`,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body && { 'content-type': patch ? 'application/merge-patch+json' : 'application/json' }),
      ...(tag && { 'if-match': tag }),
    },
    ...(body && { payload: JSON.stringify(body) }),
  })
}

function bodyOf(action: Action): object | undefined {
  const reason = action.reason ? { reason: because } : {}
  if (action.verb === 'mark') return { handling: markings[action.handling], ...reason }
  if (action.verb === 'close') return { outcome: 'Selesai ditangani.' }
  if (action.verb === 'reject' || action.verb === 'return' || action.verb === 'reopen') return { reason: because }
  if (action.verb !== 'correct') return action.reason ? reason : undefined
  const { region, occurred, ...plain } = action.change
  const location = region === undefined ? {} : { location: { regionCode: region } }
  return { ...plain, ...location, ...(occurred && { occurredAt: occurred }), ...reason }
}

function ifMatchOf(report: ModelReport, { ifMatch }: Action): string | undefined {
  const tag = (version: number) => `"${report.id}.${version}"`
  const { version } = now(report)
  const tags = { current: tag(version), any: '*', several: `"x", ${tag(version)}`, weak: `W/${tag(version)}` }
  return { ...tags, stale: `${tag(version - 1)}, ${tag(1_000_000)}`, none: undefined }[ifMatch]
}

/** What the database holds: nothing but what the model knows of, each version once. */
async function compareStored({ admin }: Api, report: ModelReport): Promise<void> {
  const rowsOf = async (text: string) => (await admin.query(text, [report.id])).rows
  const { region, handling } = now(report)
  const told = report.history.map(({ version, action, client, actor }) => {
    return { version, action: `report.${action}`, client: callers[client].clientId, actor }
  })
  const events = report.history.map((each, index) => ({ ...told[index], office: report.office, ...placeOf(each) }))
  same(
    await rowsOf(`SELECT subject_version AS version, type AS action, client_id AS client, actor, office_code AS office,
      province_code AS province, regency_code AS regency, handling FROM events WHERE subject_id = $1 ORDER BY 1, 2`),
    events,
    'events',
  )
  same(
    await rowsOf(`SELECT resource_version AS version, action, client_id AS client, actor, handling FROM audit_entries
      WHERE resource_id = $1::text AND action NOT IN ('report.read', 'report.not_found') AND resource_type = 'report' ORDER BY 1, 2`),
    report.history.map((each, index) => ({ ...told[index], handling: each.handling })),
    'audit',
  )
  const revisions = report.history.slice(1).map((each, index) => {
    const { status, level, contentHandling } = each
    const made = { ...told[index + 1], status, level: levels[level], contentHandling }
    return { ...made, ...placeOf({ region, handling }) }
  })
  same(
    await rowsOf(`SELECT version, 'report.' || action AS action, client_id AS client, actor, status, level, content_handling AS "contentHandling",
      v.province_code AS province, v.regency_code AS regency, v.handling
      FROM report_revisions v JOIN report_revision_contents c USING (report_id, version, region_code, handling) WHERE report_id = $1 ORDER BY 1`),
    revisions,
    'revisions',
  )
}

function placeOf({ region, handling }: Pick<Version, 'region' | 'handling'>) {
  const province = region === '00' ? null : region.slice(0, 2)
  return { province, regency: region.length >= 5 ? region.slice(0, 5) : null, handling }
}

/** What each caller sees: the report as it stands, with its whole history, or nothing. */
async function compareSeen(api: Api, report: ModelReport): Promise<void> {
  for (const by of names) {
    const found = await api.as(by).get(`/v1/reports/${report.id}`)
    const listed = await api.as(by).get(`/v1/reports/${report.id}/revisions?limit=200`)
    if (!sees(by, report)) {
      same([found.statusCode, listed.statusCode], [404, 404], `${by} sees what is not theirs`)
      continue
    }
    same(found.headers.etag, `"${report.id}.${now(report).version}"`, `the ETag for ${by}`)
    same(shownOf(found.json()), shown(now(report)), `the report for ${by}`)
    compareHistory(by, report, found.json(), listed.json().items)
    const counted = !now(report).exercise && !['rejected', 'withdrawn'].includes(now(report).status)
    const page = await api.as(by).get(`/v1/reports?counted=${counted}&fields=id,version&sort=-receivedAt`)
    const listedAs = page.json().items.find(({ id }: { id: string }) => id === report.id)
    same(listedAs, { id: report.id, version: now(report).version }, `counted ${counted} for ${by}`)
  }
}

/** Walks back from the report of today: undoing a version gives the one before. */
// biome-ignore lint/suspicious/noExplicitAny: JSON of the wire
function compareHistory(by: CallerName, report: ModelReport, today: any, items: any[]): void {
  same(
    items.map(({ version, action, client, by: actor, status, level }) => ({
      version,
      action,
      client,
      actor,
      status,
      level,
    })),
    report.history.map(({ version, action, client, actor, status, level }) => {
      return { version, action, client: callers[client].clientId, actor, status, level: levels[level] }
    }),
    `the revisions for ${by}`,
  )
  const cleared = markings.indexOf(callers[by].clearance)
  let document = today
  for (const past of report.history.toReversed()) {
    const { changes } = items[past.version - 1]
    same(changes === null, past.contentHandling > cleared, `whether ${by} sees version ${past.version}`)
    if (changes === null) return
    same(shownOf(document), shown(past), `version ${past.version} for ${by}`)
    document = { ...document, ...changes.before, version: past.version - 1 }
  }
}

function same(found: unknown, expected: unknown, what: string): void {
  if (!isDeepStrictEqual(found, expected))
    throw new Error(`${what}: found ${JSON.stringify(found, null, 1)}\nexpected ${JSON.stringify(expected, null, 1)}`)
}

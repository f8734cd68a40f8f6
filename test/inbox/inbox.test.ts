import t from 'tap'
import { aReport, aReportIn } from '../support/a-report.ts'
import type { CallerName } from '../support/callers.ts'
import { type Api, startApi, testNow } from '../support/start-api.ts'

const because = { reason: 'Diperiksa bersama Bawaslu Kota Kendari.' }
const hours = (count: number) => new Date(testNow.getTime() + count * 3_600_000)

async function post({ as }: Api, by: CallerName, report = aReport()) {
  const posted = await as(by).post('/v1/reports', report)
  if (posted.statusCode !== 201) throw new Error(posted.payload)
  return posted.json().id as string
}

async function step({ as }: Api, id: string, by: CallerName, verb: string, body?: object) {
  const answer = await as(by).change(`/v1/reports/${id}/${verb}`, body, '*')
  if (answer.statusCode !== 200) throw new Error(answer.payload)
}

interface Item {
  kind: string
  since: string
  dueAt: string | null
  report: { id: string; number: string; handling: string }
  question?: { id: string; text: string; askedBy: unknown }
}

async function inbox({ as }: Api, by: CallerName, query = ''): Promise<Item[]> {
  const answer = await as(by).get(`/v1/inbox${query}`)
  if (answer.statusCode !== 200) throw new Error(answer.payload)
  return answer.json().items
}

const short = (items: Item[]) => items.map(({ kind, report }) => `${kind} ${report.id}`)

t.test('an office sees what waits for it and nothing else, the most urgent first', async (t) => {
  const api = await startApi(t)
  const routine = await post(api, 'kendari')
  const flash = await post(api, 'kendari', aReport({ urgency: 'flash' }))
  await post(api, 'kolaka', aReportIn('74.01', { urgency: 'flash' }))
  const ofProvince = await post(api, 'sultra', aReportIn('74.71', { urgency: 'flash' }))
  const up = await post(api, 'kendari')
  await step(api, up, 'sultra', 'verify')
  await step(api, up, 'kendari', 'escalate')

  t.same(short(await inbox(api, 'kendari')), [`flash ${flash}`], 'what its province holds about it is not its own')
  t.same(short(await inbox(api, 'sultra')), [`flash ${ofProvince}`, `escalation ${up}`], 'nor is what lies below')
  for (const by of ['kendariOrdinary', 'bali', 'denpasar', 'nation', 'analyst'] as const)
    t.same(await inbox(api, by), [], by)
  t.equal((await api.as('bssn').get('/v1/inbox')).statusCode, 403)

  api.time.now = hours(0.5)
  const asked = await api.as('sultra').post(`/v1/reports/${routine}/questions`, { text: 'Siapa pelakunya?' })
  const dueAt = hours(2).toISOString()
  const soon = await api.as('nation').post(`/v1/reports/${up}/questions`, { text: 'Masih berlangsung?', dueAt })
  api.time.now = hours(1.5)
  const items = await inbox(api, 'kendari')
  t.same(
    short(items),
    [`flash ${flash}`, `overdue ${flash}`, `question ${routine}`, `question ${up}`],
    'one report may wait for two reasons',
  )
  const report = (await api.as('kendari').get(`/v1/reports/${routine}`)).json()
  const { id, number, subject, urgency, handling, status, level, office } = report
  const { id: questionId, text, askedAt, askedBy, version } = asked.json()
  t.same(items[2], {
    kind: 'question',
    since: askedAt,
    dueAt: null,
    report: { id, number, subject, urgency, handling, status, level, office },
    question: { id: questionId, text, askedAt, askedBy, version },
  })
  t.match(items[1], { since: hours(1).toISOString(), dueAt: hours(1).toISOString() })
  t.match(items[3], { dueAt, question: { id: soon.json().id } })

  t.same(short(await inbox(api, 'kendari', '?kind=question')), [`question ${routine}`, `question ${up}`])
  t.same(short(await inbox(api, 'kendari', '?kind=overdue,escalation')), [`overdue ${flash}`])
  for (const query of ['?kind=answer', '?kind=', '?limit=0', '?region=74', '?cursor=AAAA'])
    t.equal((await api.as('kendari').get(`/v1/inbox${query}`)).statusCode, 400, query)

  await api.as('kendari').change(`${asked.headers.location}/answer`, { text: 'Belum dikenali.' }, '*')
  await step(api, flash, 'sultra', 'verify')
  t.same(short(await inbox(api, 'kendari')), [`question ${up}`], 'what is done waits no longer')
  await step(api, up, 'sultra', 'return', because)
  t.same(short(await inbox(api, 'kendari')), [`escalation ${up}`, `question ${up}`])
  t.same(short(await inbox(api, 'sultra')), [`flash ${ofProvince}`, `overdue ${ofProvince}`])
  await step(api, up, 'kendari', 'close', { outcome: 'Pelaku diamankan Polresta Kendari.' })
  t.same(await inbox(api, 'kendari'), [], 'nor does a question about what has ended')
  await step(api, up, 'sultra', 'reopen', because)
  t.same(short(await inbox(api, 'kendari')), [`question ${up}`])
})

t.test('what is above the clearance waits for nobody else to see, and reading a secret is told', async (t) => {
  const api = await startApi(t)
  const id = await post(api, 'kendari', aReport({ urgency: 'flash' }))
  await api.as('sultra').post(`/v1/reports/${id}/questions`, { text: 'Siapa pelakunya?' })
  t.equal((await inbox(api, 'kendari')).length, 2)
  await api.as('nation').patch(`/v1/reports/${id}`, { handling: 'secret' }, '*')
  t.same(await inbox(api, 'kendari'), [])
  t.same(short(await inbox(api, 'kendariSecret')), [`flash ${id}`, `question ${id}`])
  const told = () =>
    api.admin.query(
      `SELECT handling, resource_id AS id FROM audit_entries WHERE action = 'report.read' AND operation = 'listInbox'`,
    )
  t.same((await told()).rows, Array(2).fill({ handling: 2, id }))
  await api.as('kendariSecret').patch(`/v1/reports/${id}`, { handling: 'restricted', ...because }, '*')
  t.same(short(await inbox(api, 'kendari')), [`flash ${id}`], 'the question stays under what the report was')
  t.equal((await told()).rowCount, 2, 'what is not secret is not told')
  t.equal((await inbox(api, 'kendariSecret', '?kind=question')).length, 1)
  t.same((await told()).rows.at(-1), { handling: 2, id }, 'a question that is, is')
})

t.test('a walk during posts loses and repeats nothing', async (t) => {
  const api = await startApi(t)
  const ids: string[] = []
  for (let i = 0; i < 4; i += 1) {
    api.time.now = new Date(testNow.getTime() + Math.floor(i / 2) * 1000)
    const id = await post(api, 'kendari', aReport({ urgency: 'flash' }))
    ids.push(id)
    for (let n = 0; n < 2; n += 1) await api.as('sultra').post(`/v1/reports/${id}/questions`, { text: 'Siapa?' })
  }
  api.time.now = hours(2)
  const before = (await inbox(api, 'kendari', '?limit=200')).map(({ kind, report, question }) =>
    [kind, report.id, question?.id].join(),
  )
  t.equal(before.length, 16)
  const walked: string[] = []
  let next: string | undefined = '/v1/inbox?limit=3'
  while (next) {
    const page: Awaited<ReturnType<ReturnType<Api['as']>['get']>> = await api.as('kendari').get(next)
    walked.push(...page.json().items.map(({ kind, report, question }: Item) => [kind, report.id, question?.id].join()))
    next = /<(.*)>/.exec(String(page.headers.link ?? ''))?.[1]
    await post(api, 'kendari', aReport({ urgency: 'flash' }))
  }
  t.same(
    walked.filter((each) => before.includes(each)),
    before,
  )
  t.equal(new Set(walked).size, walked.length)
  const { next: cursor } = (await api.as('kendari').get('/v1/inbox?limit=3')).json()
  for (const [by, query] of [
    ['kendariSecret', '?limit=3'],
    ['sultra', '?limit=3'],
    ['kendari', '?kind=question'],
  ] as const)
    t.match((await api.as(by).get(`/v1/inbox${query}&cursor=${cursor}`)).json(), { code: 'cursor_invalid' })
})

t.test('the predicate alone holds', async (t) => {
  const api = await startApi(t)
  const mine = await post(api, 'kendari', aReport({ urgency: 'flash' }))
  await post(api, 'kendariSecret', aReport({ urgency: 'flash', handling: 'secret' }))
  await post(api, 'denpasar', aReportIn('51.71', { urgency: 'flash' }))
  const ofProvince = await post(api, 'sultra', aReportIn('74.01', { urgency: 'flash' }))
  const ofNation = await post(api, 'nation', aReportIn('00', { urgency: 'flash' }))
  for (const id of [mine, ofProvince])
    await api.as('nation').post(`/v1/reports/${id}/questions`, { text: 'Masih berlangsung?' })
  for (const table of ['report_questions', 'reports'])
    await api.admin.query(
      `ALTER TABLE ${table} NO FORCE ROW LEVEL SECURITY; ALTER TABLE ${table} DISABLE ROW LEVEL SECURITY`,
    )
  t.same(short(await inbox(api, 'kendari')), [`flash ${mine}`, `question ${mine}`])
  t.same(short(await inbox(api, 'sultra')), [`flash ${ofProvince}`, `question ${ofProvince}`])
  t.same(short(await inbox(api, 'analyst')), [`flash ${ofNation}`])
  t.same(await inbox(api, 'bali'), [])
})

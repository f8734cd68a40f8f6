import { sql } from 'drizzle-orm'
import t from 'tap'
import { callerOf } from '../../src/access/caller.ts'
import { Database } from '../../src/database/database.ts'
import { createPool } from '../../src/database/pool.ts'
import { statement } from '../../src/database/statement.ts'
import { ReferenceStore } from '../../src/reference/store.ts'
import { aReport, aReportIn } from '../support/a-report.ts'
import { type CallerName, callers } from '../support/callers.ts'
import { type Api, startApi, testNow } from '../support/start-api.ts'

const asking = { text: 'Apakah pelaku sudah dikenali?' }
const answering = { text: 'Belum; Bawaslu sudah diberi tahu.' }
const because = { reason: 'Diperiksa bersama Bawaslu Kota Kendari.' }

async function post({ as }: Api, by: CallerName = 'kendari', report = aReport()) {
  const posted = await as(by).post('/v1/reports', report)
  if (posted.statusCode !== 201) throw new Error(posted.payload)
  return posted.json().id as string
}

async function ask({ as }: Api, reportId: string, by: CallerName = 'sultra', body: object = asking) {
  const asked = await as(by).post(`/v1/reports/${reportId}/questions`, body)
  if (asked.statusCode !== 201) throw new Error(asked.payload)
  return { ...asked.json(), url: String(asked.headers.location), etag: String(asked.headers.etag) }
}

const codeOf = (answer: { statusCode: number; json(): { code: string } }) =>
  `${answer.statusCode} ${answer.json().code}`
const idsOf = async ({ as }: Api, by: CallerName, url: string) =>
  (await as(by).get(url)).json().items.map(({ id }: { id: string }) => id)

t.test('a province asks, the regency answers, and both stand on the report', async (t) => {
  const api = await startApi(t)
  const reportId = await post(api)
  const list = `/v1/reports/${reportId}/questions`
  t.same((await api.as('kendari').get(list)).json(), { items: [], next: null })
  const dueAt = '2024-11-26T12:00:00+08:00'
  const asked = await api.as('sultra').post(list, { ...asking, dueAt })
  const question = asked.json()
  t.equal(asked.statusCode, 201, asked.payload)
  t.match(question, {
    reportId,
    ...asking,
    askedAt: testNow.toISOString(),
    askedBy: { office: '74', by: 'official-of-sultra' },
    dueAt: '2024-11-26T04:00:00.000Z',
    answer: null,
    version: 1,
  })
  t.equal(asked.headers.location, `${list}/${question.id}`)
  t.equal(asked.headers.etag, `"${question.id}.1"`)

  api.time.now = new Date(testNow.getTime() + 60_000)
  const read = await api.as('kendari').get(`${list}/${question.id}`)
  t.same(read.json(), question)
  const answered = await api.as('kendari').change(`${list}/${question.id}/answer`, answering, String(read.headers.etag))
  t.equal(answered.statusCode, 200, answered.payload)
  const answer = { ...answering, answeredAt: '2024-11-26T00:01:00.000Z', by: 'official-of-kendari' }
  t.same(answered.json(), { ...question, answer, version: 2 })
  t.equal(answered.headers.etag, `"${question.id}.2"`)
  for (const by of ['kendari', 'sultra', 'nation'] as const)
    t.same((await api.as(by).get(list)).json().items, [answered.json()], `${by} reads both on the report`)
  const known = await api.as('sultra').get(`${list}/${question.id}`, {
    headers: { 'if-none-match': String(answered.headers.etag) },
  })
  t.equal(known.statusCode, 304)

  const { rows: events } = await api.admin.query(
    `SELECT type, subject_id, subject_version, report_id, office_code, regency_code, actor FROM events WHERE type LIKE 'question.%' ORDER BY occurred_at`,
  )
  const place = { subject_id: question.id, report_id: reportId, office_code: '74.71', regency_code: '74.71' }
  t.same(events, [
    { ...place, type: 'question.asked', subject_version: 1, actor: 'official-of-sultra' },
    { ...place, type: 'question.answered', subject_version: 2, actor: 'official-of-kendari' },
  ])
  const { rows: told } = await api.admin.query(
    `SELECT action, resource_id, resource_version, details FROM audit_entries WHERE resource_type = 'question' ORDER BY occurred_at`,
  )
  const resource = { resource_id: question.id, details: { report: reportId } }
  t.same(told, [
    { action: 'question.asked', resource_version: 1, ...resource },
    { action: 'question.answered', resource_version: 2, ...resource },
  ])
  t.equal((await api.as('sultra').get(`/v1/reports/${reportId}`)).json().version, 1, 'the report itself is as it was')
})

t.test('who may ask about what, and when', async (t) => {
  const api = await startApi(t)
  const reportId = await post(api)
  const refused = async (id: string, by: CallerName, expected: string, body: object = asking) =>
    t.equal(codeOf(await api.as(by).post(`/v1/reports/${id}/questions`, body)), expected, `${by}: ${expected}`)
  await refused(reportId, 'kendari', '409 not_in_charge')
  await refused(reportId, 'bali', '404 report_not_found')
  await refused(reportId, 'kolaka', '404 report_not_found')
  await refused('not-an-id', 'sultra', '404 report_not_found')
  await refused(reportId, 'kendariOrdinary', '404 report_not_found')
  await refused(reportId, 'kendariReader', '403 scope_missing')
  await refused(reportId, 'bssn', '403 scope_missing')
  await refused(reportId, 'sultra', '422 body_invalid', { text: 'a' })
  await refused(reportId, 'sultra', '422 body_invalid', { ...asking, urgency: 'flash' })
  const past = await api
    .as('sultra')
    .post(`/v1/reports/${reportId}/questions`, { ...asking, dueAt: testNow.toISOString() })
  t.match(past.json(), { status: 422, errors: [{ pointer: '/dueAt', code: 'moment_past' }] })
  await ask(api, reportId, 'nation')

  const ofProvince = await post(api, 'sultra', aReportIn('74.71'))
  await refused(ofProvince, 'sultra', '409 not_in_charge')
  await refused(ofProvince, 'kendari', '409 not_in_charge')
  await ask(api, ofProvince, 'nation')
  const ofNation = await post(api, 'nation', aReportIn('74.71'))
  await refused(ofNation, 'sultra', '409 not_in_charge')
  await refused(ofNation, 'nation', '409 not_in_charge')

  const step = async (verb: string, by: CallerName, body?: object) =>
    t.equal((await api.as(by).change(`/v1/reports/${reportId}/${verb}`, body, '*')).statusCode, 200, verb)
  await step('verify', 'sultra')
  const verified = await ask(api, reportId)
  await step('escalate', 'kendari')
  await ask(api, reportId)
  await step('close', 'sultra', { outcome: 'Pelaku diamankan Polresta Kendari.' })
  await refused(reportId, 'sultra', '409 transition_not_allowed')
  t.equal(
    (await api.as('kendari').change(`${verified.url}/answer`, answering, '*')).statusCode,
    200,
    'what the office knows is taken even now',
  )
  for (const [verb, by, body] of [
    ['withdraw', 'kendari', undefined],
    ['reject', 'sultra', because],
  ] as const) {
    const ended = await post(api)
    await api.as(by).change(`/v1/reports/${ended}/${verb}`, body, '*')
    await refused(ended, 'sultra', '409 transition_not_allowed')
  }
})

t.test('the office that posted answers, once, and nobody else', async (t) => {
  const api = await startApi(t)
  const reportId = await post(api)
  const question = await ask(api, reportId)
  const answer = (by: CallerName, match = '*', url = question.url, body: object = answering) =>
    api.as(by).change(`${url}/answer`, body, match)
  t.equal(codeOf(await api.as('kendari').post(`${question.url}/answer`, answering)), '428 precondition_required')
  t.equal(codeOf(await answer('kendari', `"${question.id}.7"`)), '412 version_stale')
  t.equal(codeOf(await answer('kendari', '*', question.url, { text: '' })), '422 body_invalid')
  t.equal(codeOf(await answer('sultra')), '409 not_in_charge')
  t.equal(codeOf(await answer('nation')), '409 not_in_charge')
  t.equal(codeOf(await answer('bali')), '404 question_not_found')
  t.equal(codeOf(await answer('kendariOrdinary')), '404 question_not_found')
  t.equal(codeOf(await answer('kendariReader')), '403 scope_missing')
  t.equal(codeOf(await answer('bssn')), '403 scope_missing')
  const elsewhere = `/v1/reports/${await post(api)}/questions/${question.id}`
  t.equal(codeOf(await answer('kendari', '*', elsewhere)), '404 question_not_found', 'of another report')
  t.equal(codeOf(await api.as('kendari').get(elsewhere)), '404 question_not_found')
  t.equal(codeOf(await api.as('kendari').get(`/v1/reports/${reportId}/questions/none`)), '404 question_not_found')
  t.equal(codeOf(await api.as('kolaka').get(question.url)), '404 question_not_found')
  t.equal(codeOf(await api.as('kolaka').get(`/v1/reports/${reportId}/questions`)), '404 report_not_found')

  for (const [match, refusal] of [
    ['*', 409],
    [question.etag, 412],
  ] as const) {
    const { url, etag } = await ask(api, reportId)
    const all = await Promise.all(
      Array.from({ length: 6 }, (_, i) =>
        answer(i % 2 ? 'kendari' : 'kendariSecret', match === '*' ? '*' : etag, url, { text: `Jawaban ${i}` }),
      ),
    )
    t.same(all.map(({ statusCode }) => statusCode).sort(), [200, ...Array(5).fill(refusal)], 'six at once: one wins')
    const won = all.find(({ statusCode }) => statusCode === 200)
    t.same((await api.as('kendari').get(url)).json(), won?.json())
    t.equal(codeOf(await answer('kendari', '*', url)), '409 question_answered')
  }
})

t.test('a question asked twice under one key is asked once', async (t) => {
  const api = await startApi(t)
  const reportId = await post(api)
  const url = `/v1/reports/${reportId}/questions`
  const headers = { 'idempotency-key': 'question-0123456789' }
  const send = (by: CallerName, body: object, to = url) => api.as(by).post(to, body, { headers })
  const answers = await Promise.all(Array.from({ length: 8 }, () => send('sultra', asking)))
  t.same(new Set(answers.map(({ statusCode }) => statusCode)), new Set([201]))
  t.equal(new Set(answers.map(({ payload }) => payload)).size, 1)
  t.equal(answers.filter(({ headers }) => headers['idempotent-replayed'] === 'true').length, 7)
  t.equal((await idsOf(api, 'sultra', url)).length, 1)
  const [question] = (await api.as('kendari').get(url)).json().items
  await api.as('kendari').change(`${url}/${question.id}/answer`, answering, '*')
  const later = await send('sultra', asking)
  t.equal(later.headers['idempotent-replayed'], 'true')
  t.match(later.json(), { id: question.id, answer: answering }, 'it answers with the question as it stands')
  t.match((await send('sultra', { text: 'Yang lain?' })).json(), {
    code: 'idempotency_conflict',
    existingId: question.id,
  })
  const other = `/v1/reports/${await post(api)}/questions`
  t.match((await send('sultra', asking, other)).json(), { status: 409, code: 'idempotency_conflict' })
  t.equal((await send('nation', asking)).statusCode, 201, 'the key belongs to the office')
})

t.test('questions are given in pages, the oldest first', async (t) => {
  const api = await startApi(t)
  const reportId = await post(api)
  const url = `/v1/reports/${reportId}/questions`
  const asked: string[] = []
  for (let i = 0; i < 5; i += 1) {
    if (i > 2) api.time.now = new Date(api.time.now.getTime() + 1000)
    asked.push((await ask(api, reportId)).id)
  }
  const found: string[] = []
  let next: string | undefined = `${url}?limit=2`
  while (next) {
    const page: Awaited<ReturnType<ReturnType<Api['as']>['get']>> = await api.as('kendari').get(next)
    found.push(...page.json().items.map(({ id }: { id: string }) => id))
    next = /<(.*)>/.exec(String(page.headers.link ?? ''))?.[1]
    if (found.length === 2) asked.push((await ask(api, reportId)).id)
  }
  t.same(found, asked)
  const { next: cursor } = (await api.as('kendari').get(`${url}?limit=2`)).json()
  for (const [by, path] of [
    ['kendari', `/v1/reports/${await post(api)}/questions`],
    ['sultra', url],
  ] as const)
    t.equal(codeOf(await api.as(by).get(`${path}?cursor=${cursor}`)), '400 cursor_invalid')
})

t.test('what was asked and answered stays under the highest handling that the report has had since', async (t) => {
  const api = await startApi(t)
  const reportId = await post(api)
  const url = `/v1/reports/${reportId}/questions`
  const before = await ask(api, reportId)
  const mark = async (by: CallerName, handling: string) =>
    t.equal((await api.as(by).patch(`/v1/reports/${reportId}`, { handling, ...because }, '*')).statusCode, 200)
  await mark('nation', 'secret')
  t.equal(codeOf(await api.as('kendari').get(url)), '404 report_not_found')
  t.equal(codeOf(await api.as('kendari').get(before.url)), '404 question_not_found')
  t.equal(codeOf(await api.as('kendari').change(`${before.url}/answer`, answering, '*')), '404 question_not_found')
  t.equal(codeOf(await api.as('sultra').post(url, asking)), '404 report_not_found')
  const secret = await ask(api, reportId, 'sultraTopSecret')
  t.equal((await api.as('kendariSecret').change(`${before.url}/answer`, answering, '*')).statusCode, 200)
  await mark('kendariSecret', 'restricted')
  const after = await ask(api, reportId)
  t.same(await idsOf(api, 'kendari', url), [after.id])
  t.same(await idsOf(api, 'sultra', url), [after.id])
  t.equal(codeOf(await api.as('kendari').get(secret.url)), '404 question_not_found')
  t.same(await idsOf(api, 'kendariSecret', url), [before.id, secret.id, after.id])
  const { rows } = await api.admin.query(`SELECT handling FROM events WHERE type = 'question.answered'`)
  t.same(rows, [{ handling: 2 }])
  const told = await api.admin.query(`SELECT DISTINCT handling FROM audit_entries WHERE resource_id = $1`, [secret.id])
  t.same(told.rows, [{ handling: 2 }])
})

t.test('a secret read with its questions is told to the audit', async (t) => {
  const api = await startApi(t)
  const reportId = await post(api, 'kendariSecret', aReport({ handling: 'secret' }))
  const { url } = await ask(api, reportId, 'nation')
  await api.as('kendariSecret').get(url)
  await api.as('kendariSecret').get(`/v1/reports/${reportId}/questions`)
  const { rows } = await api.admin.query(
    `SELECT operation FROM audit_entries WHERE action = 'report.read' AND resource_id = $1 AND client_id = 'kendari-secret' ORDER BY operation`,
    [reportId],
  )
  t.same(rows, [{ operation: 'findQuestion' }, { operation: 'listQuestions' }])
  const reason = 'Menelaah pertanyaan sebelum rapat Forkopimda.'
  const opened = await api.as('analyst').post('/v1/access/break-glass', { reason, clearance: 'secret' })
  const through = { headers: { 'break-glass': opened.json().id } }
  t.equal((await api.as('analyst').get(url)).statusCode, 404)
  t.equal((await api.as('analyst').get(url, through)).statusCode, 200)
  t.equal((await api.as('analyst').get(`/v1/reports/${reportId}/questions`, through)).json().items.length, 1)
  const seen = (await api.as('kendariSecret').get('/v1/access/break-glass')).json().items
  t.same(
    seen.map(({ report }: { report: { id: string } }) => report.id),
    [reportId],
  )
})

t.test('either belt alone holds for questions, and nothing written on one can be changed', async (t) => {
  const api = await startApi(t)
  const reportId = await post(api)
  const secretId = await post(api, 'kendariSecret', aReport({ handling: 'secret' }))
  const open = await ask(api, reportId)
  const secret = await ask(api, secretId, 'nation')
  const seen: [CallerName, string[]][] = [
    ['kendari', [open.id]],
    ['kendariOrdinary', []],
    ['kendariSecret', [open.id, secret.id]],
    ['kolaka', []],
    ['bali', []],
    ['sultra', [open.id]],
    ['sultraTopSecret', [open.id, secret.id]],
    ['analyst', [open.id]],
    ['nation', [open.id, secret.id]],
  ]
  const pool = createPool(api.serviceUrl, 1, () => {})
  t.teardown(() => pool.end())
  const db = new Database(pool, await ReferenceStore.open(pool))
  const callerNamed = (name: CallerName) => {
    const { clientId, place, clearance, scopes } = callers[name]
    const token = { iss: 'urn:waspada:issuer', jti: 'a', iat: testNow.getTime() / 1000 }
    return callerOf({ ...token, sub: clientId, client_id: clientId, scope: scopes.join(' '), clearance, ...place })
  }
  const all = statement('test_all_questions', sql`SELECT id FROM report_questions ORDER BY asked_at, id`)
  for (const [name, ids] of seen) {
    const rows = await db.read<{ id: string }>(callerNamed(name), all, {})
    t.same(rows.map(({ id }) => id).sort(), [...ids].sort(), `${name} by the policies alone`)
  }
  await t.rejects(db.read(callerNamed('bssn'), all, {}), { code: '42501' })
  const forged = (values: string) =>
    statement(
      `test_forge_${values.length}`,
      sql`INSERT INTO report_questions (id, report_id, region_code, handling, content_handling, office_code, text, asked_at, asked_office, asked_client, asked_by)
        SELECT gen_random_uuid(), ${sql.raw(`'${reportId}'`)}, '74.71', 1, 0, ${sql.raw(values)}`,
    )
  const by = `'Palsu?', now(), '74', 'sultra'`
  await t.rejects(
    db.read(callerNamed('sultra'), forged(`'74.01', ${by}, 'sultra'`), {}),
    { code: '42501' },
    'to another',
  )
  await t.rejects(
    db.read(callerNamed('sultra'), forged(`'74.71', ${by}, 'somebody'`), {}),
    { code: '42501' },
    'as other',
  )
  const write = (set: string) => statement(`test_write_${set}`, sql`UPDATE report_questions SET ${sql.raw(set)}`)
  const answer = (who: string) =>
    write(`version = 2, answer = 'x', answered_at = now(), answered_client = '${who}', answered_by = '${who}'`)
  await t.rejects(db.read(callerNamed('sultra'), answer('sultra'), {}), { code: '42501' }, 'not asked')
  await t.rejects(db.read(callerNamed('kendari'), answer('sultra'), {}), { code: '42501' }, 'in another name')
  await t.rejects(db.read(callerNamed('kendari'), write(`text = 'x'`), {}), { code: '42501' })
  for (const change of [
    `UPDATE report_questions SET text = 'x'`,
    `UPDATE report_questions SET due_at = now()`,
    'DELETE FROM report_questions',
    'TRUNCATE report_questions',
  ])
    await t.rejects(api.admin.query(change), { code: '23001' }, change)
  await api.as('kendari').change(`${open.url}/answer`, answering, '*')
  await t.rejects(api.admin.query(`UPDATE report_questions SET answer = 'x' WHERE answer IS NOT NULL`), {
    code: '23001',
  })

  for (const table of ['report_questions', 'reports'])
    await api.admin.query(
      `ALTER TABLE ${table} NO FORCE ROW LEVEL SECURITY; ALTER TABLE ${table} DISABLE ROW LEVEL SECURITY`,
    )
  for (const [name, ids] of seen) {
    for (const { id, url } of [open, secret]) {
      const { statusCode } = await api.as(name).get(url)
      t.equal(statusCode, ids.includes(id) ? 200 : 404, `${name} by the predicate alone`)
    }
  }
})

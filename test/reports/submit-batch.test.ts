import { once } from 'node:events'
import { connect } from 'node:net'
import t from 'tap'
import { aReport, aReportIn } from '../support/a-report.ts'
import { callers } from '../support/callers.ts'
import { type Api, startApi } from '../support/start-api.ts'

const url = '/v1/reports/batch'
const ndjson = { headers: { 'content-type': 'application/x-ndjson' } }
const english = { 'accept-language': 'en' }

const item = (clientReference: string, changes: Record<string, unknown> = {}) =>
  aReport({ clientReference, ...changes })
const items = (count: number, prefix = 'kdi') => Array.from({ length: count }, (_, index) => item(`${prefix}-${index}`))
const lines = (list: unknown[]) => list.map((one) => `${JSON.stringify(one)}\n`).join('')

interface Result {
  index: number
  clientReference: string | null
  result: string
  report?: { id: string; number: string; version: number; flags: string[] }
  problem?: { code: string; status: number; existingId?: string; errors?: { pointer: string; code: string }[] }
}
const results = (answer: { json(): { items: Result[] } }) => answer.json().items.map(({ result }) => result)

async function stored({ admin }: Api) {
  const { rows } = await admin.query(`SELECT
    (SELECT count(*)::integer FROM reports) AS reports, (SELECT count(DISTINCT client_reference)::integer FROM reports) AS distinct,
    (SELECT count(*)::integer FROM events WHERE type = 'report.submitted') AS events,
    (SELECT count(*)::integer FROM audit_entries WHERE action = 'report.submitted') AS audit,
    (SELECT count(*)::integer FROM idempotency_keys) AS keys,
    (SELECT coalesce(sum(last_number), 0)::integer FROM report_registers) AS numbers`)
  return rows[0]
}
const whole = (count: number) => ({
  reports: count,
  distinct: count,
  events: count,
  audit: count,
  keys: count,
  numbers: count,
})

t.test('a batch stores every item as if it were posted alone, and sent again it answers the same', async (t) => {
  const api = await startApi(t)
  const { as, admin, chain } = api
  const one = await as('kendari').post('/v1/reports', item('alone'))

  const posted = await as('kendari').post(url, [...items(3), item('alone')])

  t.equal(posted.statusCode, 200)
  t.same(results(posted), ['created', 'created', 'created', 'replayed'])
  t.same(posted.json().counts, { created: 3, replayed: 1, valid: 0, invalid: 0, conflict: 0, failed: 0 })
  const [first] = posted.json().items
  t.match(first, {
    index: 0,
    clientReference: 'kdi-0',
    report: { number: '74.71/2024/000002', version: 1, flags: [] },
  })
  t.equal(posted.json().items[3].report.id, one.json().id)
  t.same(await stored(api), whole(4))
  const strip = ({ id, number, clientReference, ...rest }: Record<string, unknown>) => rest
  const read = (await as('kendari').get(`/v1/reports/${first.report.id}`)).json()
  t.same(strip(read), strip(one.json()), 'nothing but id, number and reference tells them apart')
  const rows = await admin.query(
    `SELECT to_jsonb(r) - '{id,register_number,client_reference}'::text[] AS row FROM reports r`,
  )
  t.equal(new Set(rows.rows.map(({ row }) => JSON.stringify(row))).size, 1, 'nor does any column')
  const told = await admin.query(
    `SELECT DISTINCT action, client_id, actor, office_code, resource_version, handling FROM audit_entries`,
  )
  t.equal(told.rowCount, 1)
  await chain()

  const again = await as('kendari').send('POST', url, lines([...items(3), item('alone')]), ndjson)
  t.same(results(again), ['replayed', 'replayed', 'replayed', 'replayed'])
  t.same(
    again.json().items.map(({ report }: Result) => report),
    posted.json().items.map(({ report }: Result) => report),
  )
  const alone = await as('kendari').post('/v1/reports', item('kdi-1'))
  t.equal(alone.headers['idempotent-replayed'], 'true', 'a single post meets what a batch stored')
  t.same(await stored(api), whole(4))
})

t.test('a bad item names its faults within itself, and fails no other', async (t) => {
  const api = await startApi(t)
  const { as } = api
  await as('kendari').post('/v1/reports', item('known'))
  await as('kendariSecret').post('/v1/reports', item('hidden', { handling: 'secret' }))
  const { clientReference: _none, ...anonymous } = item('x')
  const sent = [
    item('good-1'),
    anonymous,
    item('bad region', {}),
    { ...item('wrong'), location: { regionCode: '74.01' }, severity: 'huge', colour: 'red' },
    item('known', { severity: 'low' }),
    item('hidden'),
    item('secret-one', { handling: 'secret' }),
    42,
    null,
    item('twin'),
    item('twin'),
    item('twin', { severity: 'low' }),
    item('late', { occurredAt: '2024-01-02T10:00:00+08:00' }),
    item('large', { facts: 'x'.repeat(262_144) }),
    item('good-2'),
  ]
  const answer = await as('kendari').post(url, sent, { headers: english })
  t.equal(answer.statusCode, 200)
  t.equal(answer.headers['content-language'], 'en')
  t.same(results(answer), [
    'created',
    'invalid',
    'invalid',
    'invalid',
    'conflict',
    'conflict',
    'invalid',
    'invalid',
    'invalid',
    'created',
    'replayed',
    'conflict',
    'created',
    'invalid',
    'created',
  ])
  const got: Result[] = answer.json().items
  const faults = (index: number) => got[index]?.problem?.errors?.map(({ pointer, code }) => `${pointer} ${code}`).sort()
  t.same(faults(1), ['/clientReference required'])
  t.same(faults(2), ['/clientReference format_invalid'])
  t.equal(got[2]?.clientReference, null, 'what is no reference is not given back as one')
  t.same(faults(3), ['/colour unknown_member', '/location/regionCode region_outside_office', '/severity not_allowed'])
  t.equal(got[3]?.clientReference, 'wrong')
  t.match(got[4]?.problem, { code: 'reference_conflict', status: 409, existingId: String })
  t.equal(got[5]?.problem?.existingId, undefined, 'the id of a report above the clearance is not shown')
  t.same(faults(6), ['/handling handling_above_clearance'])
  t.equal(got[10]?.report?.id, got[9]?.report?.id)
  t.equal(got[11]?.problem?.existingId, got[9]?.report?.id)
  t.same(got[12]?.report?.flags, ['late'], 'late is flagged, never refused')
  t.match(got[13]?.problem, { code: 'body_too_large', status: 413 })
  const numbers = got.flatMap(({ result, report }) => (result === 'created' ? [report?.number.slice(-2)] : []))
  t.same(numbers, ['03', '04', '05', '06'], 'numbers have no gap')
  t.same(await stored(api), whole(6))
  t.match(await as('kendari').send('POST', url, JSON.stringify([anonymous])), { statusCode: 200 })
})

t.test('what is wrong with the text of an item is its own, in an array and in lines', async (t) => {
  const { as } = await startApi(t)
  const good = JSON.stringify(item('good'))
  const twice = good.replace('{', '{"severity":"low",').replace('"good"', '"twice"')
  const answer = await as('kendari').send('POST', url, ` [ ${twice} , ${good} ] `)
  t.same(results(answer), ['invalid', 'created'])
  t.match(answer.json().items[0].problem.errors, [{ pointer: '/severity', code: 'duplicate_member' }])

  const deep = `{"clientReference":"deep","facts":${'['.repeat(30)}${']'.repeat(30)}}`
  const bytes = Buffer.concat([
    Buffer.from(`${deep}\r\n\n  \n`),
    Buffer.from([0x22, 0xff, 0x22, 0x0a]),
    Buffer.from('{"clientReference": nonsense}\n'),
    Buffer.from(`${good}\r\n`),
    Buffer.from(good.slice(0, -4)),
  ])
  const read = await as('kendari').send('POST', url, bytes, ndjson)
  t.equal(read.statusCode, 200)
  t.same(results(read), ['invalid', 'invalid', 'invalid', 'replayed', 'invalid'])
  t.match(read.json().items[0].problem.errors, [{ code: 'too_deep' }])
  t.match(read.json().items[4], { clientReference: null, problem: { code: 'request_malformed' } })
})

t.test('what is wrong with the whole refuses the whole, and nothing is written', async (t) => {
  const api = await startApi(t)
  const { as, call, tokenOf, admin } = api
  const send = (text: string | Buffer, extras = {}) => as('kendari').send('POST', url, text, extras)
  const refused = async (text: string, extras: object, status: number, code: string, first?: object) => {
    const answer = await send(text, extras)
    t.equal(answer.statusCode, status, code)
    t.match(answer.json(), { code, ...(first && { errors: [first] }) })
  }
  await refused('{}', {}, 422, 'body_invalid', { pointer: '', code: 'wrong_type' })
  await refused('[]', {}, 422, 'body_invalid', { pointer: '', code: 'too_few' })
  await refused('\n \n', ndjson, 422, 'body_invalid', { pointer: '', code: 'too_few' })
  await refused(JSON.stringify(items(501)), {}, 422, 'body_invalid', { pointer: '', code: 'too_many' })
  await refused(lines(items(501)), ndjson, 422, 'body_invalid', { pointer: '', code: 'too_many' })
  await refused(JSON.stringify(items(3)).slice(0, -1), {}, 400, 'request_malformed')
  await refused('', {}, 400, 'request_malformed')
  const large = items(25).map((one) => ({ ...one, facts: 'x'.repeat(250_000) }))
  await refused(JSON.stringify(large), {}, 413, 'body_too_large')
  await refused(lines(large), ndjson, 413, 'body_too_large')
  const text = await send('[]', { headers: { 'content-type': 'text/csv' } })
  t.equal(text.statusCode, 415)
  t.equal(text.headers.accept, 'application/json, application/x-ndjson')
  t.equal((await as('kendari').post('/v1/reports', aReport(), ndjson)).statusCode, 415, 'one report is no list')
  t.equal((await as('kendari').post(`${url}?dryrun=true`, items(1))).statusCode, 400)
  t.equal((await as('kendari').post(`${url}?dryRun=yes`, items(1))).statusCode, 400)
  t.equal((await as('kendariReader').post(url, items(1))).statusCode, 403)
  t.equal((await as('bssn').post(url, items(1))).statusCode, 403)
  t.equal((await call({ method: 'POST', url, payload: '[]' })).statusCode, 401)
  await admin.query(`UPDATE clients SET disabled_at = now() WHERE client_id = 'kendari'`)
  t.equal((await as('kendari').post(url, [42])).statusCode, 401, 'whoever is locked out hears of nothing else')
  t.equal((await as('kendari').post(url, items(2))).statusCode, 401)
  t.same(await stored(api), whole(0))
  t.ok(await tokenOf(callers.kendari))
})

t.test('a dry run says what would become of each item, and writes nothing', async (t) => {
  const api = await startApi(t)
  const { as, admin } = api
  await as('kendariSecret').post('/v1/reports', item('secret', { handling: 'secret' }))
  await as('kendari').post('/v1/reports', item('known'))
  const before = await admin.query('SELECT count(*) FROM audit_entries')
  const sent = [
    item('new'),
    item('new'),
    item('new', { severity: 'low' }),
    item('known'),
    item('known', { severity: 'low' }),
    item('secret', { handling: 'secret' }),
    aReportIn('51.71', { clientReference: 'bali' }),
  ]
  const dry = await as('kendariSecret').post(`${url}?dryRun=true`, sent)
  t.equal(dry.statusCode, 200)
  t.same(results(dry), ['valid', 'replayed', 'conflict', 'replayed', 'conflict', 'replayed', 'invalid'])
  t.ok(dry.json().items.every(({ report }: Result) => report === undefined))
  t.same((await admin.query('SELECT count(*) FROM audit_entries')).rows, before.rows)
  t.same(await stored(api), whole(2))
  t.same(results(await as('kendari').post(`${url}?dryRun=true`, [item('secret')])), ['conflict'])

  const real = await as('kendariSecret').post(`${url}?dryRun=false`, sent)
  t.same(results(real), ['created', 'replayed', 'conflict', 'replayed', 'conflict', 'replayed', 'invalid'])
  const told = await admin.query(`SELECT resource_id FROM audit_entries WHERE action = 'report.read'`)
  t.same(
    told.rows.map(({ resource_id: id }) => id),
    [real.json().items[5].report.id],
    'what is shown of a secret report is told',
  )
})

t.test('five hundred at once, raced by the same batch and by single posts, leave each report once', async (t) => {
  const api = await startApi(t)
  const { as } = api
  const sent = items(500)
  const singles = sent.filter((_, index) => index % 25 === 0)
  const [forth, back, ...alone] = await Promise.all([
    as('kendari').post(url, sent),
    as('kendari').send('POST', url, lines(sent.toReversed()), ndjson),
    ...singles.map((one) => as('kendari').post('/v1/reports', one)),
  ])
  for (const answer of [forth, back]) {
    t.equal(answer.statusCode, 200)
    t.ok(results(answer).every((result) => result === 'created' || result === 'replayed'))
  }
  t.ok(alone.every(({ statusCode }) => statusCode === 201))
  const fresh = [forth, back].map((answer) => answer.json().counts.created)
  const firsts = alone.filter(({ headers }) => headers['idempotent-replayed'] === undefined).length
  t.equal((fresh[0] ?? 0) + (fresh[1] ?? 0) + firsts, 500, 'each report was new to one of them')
  t.same(await stored(api), whole(500))
})

t.test('an item that the database alone refuses fails nobody but itself', async (t) => {
  const api = await startApi(t)
  const { as, admin } = api
  await admin.query(`ALTER TABLE reports ADD CHECK (subject <> 'Yang ditolak')`)
  const sent = [item('a'), item('b', { subject: 'Yang ditolak' }), item('c')]
  const answer = await as('kendari').post(url, sent)
  t.equal(answer.statusCode, 200)
  t.same(results(answer), ['created', 'invalid', 'created'])
  t.match(answer.json().items[1].problem, { code: 'value_refused' })
  t.same(await stored(api), whole(2))
  await admin.query(`CREATE FUNCTION break_it() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'broken'; END $$;
    CREATE TRIGGER broken BEFORE INSERT ON reports FOR EACH ROW WHEN (NEW.client_reference = 'e') EXECUTE FUNCTION break_it()`)
  const broken = await as('kendari').post(url, [item('d'), item('e'), item('f')])
  t.same(results(broken), ['created', 'failed', 'created'])
  t.match(broken.json().items[1].problem, { code: 'internal_error', status: 500 })
  t.same(await stored(api), whole(4))
})

t.test('a database that is lost on the way refuses the whole, which is safe to send again', async (t) => {
  const api = await startApi(t)
  const { as, admin } = api
  // The second hundred meets a lock that only the end of its session resolves.
  const holder = await admin.connect()
  await holder.query('BEGIN')
  await holder.query(
    `INSERT INTO idempotency_keys SELECT '74.71', 'submitReport:reference', 'kdi-150', $1, gen_random_uuid(), now()`,
    [Buffer.alloc(32)],
  )
  const under = as('kendari').post(url, items(200))
  const killWaiting = async (but: number): Promise<number> => {
    const waiting = `SELECT pid, pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock' AND pid <> $1`
    for (;;) {
      const { rows } = await admin.query(waiting, [but])
      if (rows.length > 0) return rows[0].pid
    }
  }
  const together = await killWaiting(0)
  t.same(await stored(api), whole(100), 'what was stored before stands')
  await killWaiting(together)
  await holder.query('ROLLBACK')
  holder.release()
  const answer = await under
  t.equal(answer.statusCode, 503)
  const again = await as('kendari').post(url, items(200))
  t.equal(again.statusCode, 200)
  t.equal(again.json().counts.created + again.json().counts.replayed, 200)
  t.same(await stored(api), whole(200))
})

t.test('three items cut off at every byte of their stream, and sent again, are three reports', async (t) => {
  const api = await startApi(t)
  const { as, app, tokenOf } = api
  const least = (clientReference: string) => {
    const { facts, occurredAt, product, athg, domain, incidentType, phase, severity } = aReport()
    const location = { regionCode: '74.71' }
    const said = { facts, occurredAt, product, athg, domain, incidentType, phase, severity }
    return { clientReference, subject: 'Baliho — rusak', ...said, location, source: { kind: 'fkdm' } }
  }
  const sent = [least('cut-1'), least('cut-2'), least('cut-3')]
  const stream = Buffer.from(lines(sent))

  // A stream that ends early with its own end: the lines before the cut stand.
  for (let end = 1; end < stream.length; end += 1) {
    const answer = await as('kendari').send('POST', url, stream.subarray(0, end), ndjson)
    if (answer.statusCode !== 200) t.fail(`${answer.statusCode} at ${end}`)
    const complete = stream.subarray(0, end + 1).filter((byte) => byte === 0x0a).length
    const stands = results(answer).filter((result) => result === 'created' || result === 'replayed').length
    if (stands !== complete) t.fail(`${stands} stand at ${end}`)
  }
  t.same(await stored(api), whole(3))
  t.same(results(await as('kendari').send('POST', url, stream, ndjson)), ['replayed', 'replayed', 'replayed'])

  // A connection that breaks: nothing stands of what did not come to its end.
  const address = await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = new URL(address)
  const fresh = Buffer.from(lines([least('wire-1'), least('wire-2'), least('wire-3')]))
  const head = (length: string) =>
    `POST ${url} HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\n${length}\r\nAuthorization: Bearer ${token}\r\n\r\n`
  const token = await tokenOf(callers.kendari)
  const cutAt = async (end: number) => {
    const socket = connect(Number(port), '127.0.0.1')
    await once(socket, 'connect')
    const isChunked = end % 2 === 0
    const start = head(isChunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${fresh.length}`)
    const frame = isChunked ? `${end.toString(16)}\r\n` : ''
    socket.resume()
    socket.end(Buffer.concat([Buffer.from(start + (end > 0 ? frame : '')), fresh.subarray(0, end)]))
    await once(socket, 'close')
  }
  for (let end = 0; end < fresh.length; end += 40) {
    const ends = Array.from({ length: Math.min(40, fresh.length - end) }, (_, index) => end + index)
    await Promise.all(ends.map(cutAt))
  }
  t.same(await stored(api), whole(3), 'nothing was stored of a request without its end')
  t.same(results(await as('kendari').send('POST', url, fresh, ndjson)), ['created', 'created', 'created'])
  t.same(await stored(api), whole(6))
})

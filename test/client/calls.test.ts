import { gzipSync } from 'node:zlib'
import t from 'tap'
import { CredentialsError, ProblemError, type SubmitReport, UnreachableError } from 'waspada-client'
import { backoff, retryAfterOf } from '../../clients/typescript/src/transport/delay.ts'
import { submitReportExample } from '../../src/reports/examples.ts'
import { cut, half, json, problem, type Step, scriptedServer, silence } from './scripted-server.ts'
import { impatient } from './surroundings.ts'

const report = submitReportExample as SubmitReport
const stored = { id: '019365d8-0000-7000-8000-000000000000' }
const refused = async (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  )

t.test('a report is sent under one key until an answer comes, whatever happens to the line', async (t) => {
  const replayed = json(201, stored, { 'idempotent-replayed': 'true' })
  const steps = [cut, problem(503, 'service_unavailable'), half(JSON.stringify(stored), true), json(502, 'x'), replayed]
  const { baseUrl, asked } = await scriptedServer(t, steps)
  const { waspada, slept } = impatient(baseUrl)
  t.same(await waspada.reports.submit(report), { report: stored, replayed: true })
  t.equal(asked.length, 5)
  t.same(new Set(asked.map(({ headers }) => headers['idempotency-key'])).size, 1)
  t.match(asked[0]?.headers, {
    'idempotency-key': /^[\w-]{36}$/,
    'accept-language': 'id',
    'x-request-id': /^[\w-]{36}$/,
    authorization: 'Bearer a.good.token',
  })
  t.same(asked.map(({ body }) => JSON.parse(body)).filter((body) => body.subject === report.subject).length, 5)
  t.same(slept, [250, 500, 1000, 2000], 'twice as long each time, and half of it by chance')
})

t.test('a key of the caller is kept, and told when it was given up', async (t) => {
  const { baseUrl, asked } = await scriptedServer(t, [cut])
  const { waspada } = impatient(baseUrl)
  const error = await refused(waspada.reports.submit(report, { idempotencyKey: 'k'.repeat(16), retries: 2 }))
  t.ok(error instanceof UnreachableError)
  t.match(error, { uncertain: true, idempotencyKey: 'k'.repeat(16) })
  t.equal(asked.length, 3)
  t.ok(asked.every(({ headers }) => headers['idempotency-key'] === 'k'.repeat(16)))
})

t.test('a refusal is final, and says everything', async (t) => {
  const errors = [{ pointer: '/subject', code: 'too_short', detail: 'Too short.' }]
  const { baseUrl, asked } = await scriptedServer(t, [problem(422, 'body_invalid', {}, { errors, existingId: 'e' })])
  const { waspada } = impatient(baseUrl)
  const error = await refused(waspada.reports.submit(report))
  t.ok(error instanceof ProblemError)
  const { name, status, code, title, detail, requestId, existingId } = error as ProblemError
  t.same([name, status, code, title], ['ProblemError', 422, 'body_invalid', 'body_invalid'])
  t.same([detail, requestId, existingId], ['It is body_invalid.', 'r-1', 'e'])
  t.same((error as ProblemError).errors, errors)
  t.equal(asked.length, 1)
})

t.test('what is not from the service is no refusal and no success', async (t) => {
  const html = (status: number) =>
    json(status, 'Log in', { 'content-type': 'text/html', ...(status === 302 && { location: '/login' }) })
  for (const step of [html(200), html(302), html(403), html(511), json(200, stored), json(404, { code: 'x' })]) {
    const { baseUrl } = await scriptedServer(t, [step])
    const error = await refused(impatient(baseUrl).waspada.reports.submit(report, { retries: 1 }))
    t.ok(error instanceof UnreachableError, String(error))
  }
})

t.test('an answer in a form that the service does not have is from somebody else, and may never end', async (t) => {
  const drip =
    (status: number, type: string): Step =>
    (response) => {
      response.writeHead(status, type === '' ? {} : { 'content-type': type })
      const dripping = setInterval(() => response.write('.'), 20)
      response.on('close', () => clearInterval(dripping))
    }
  const page =
    (status: number, type: string): Step =>
    (response) =>
      response.writeHead(status, type === '' ? {} : { 'content-type': type }).end('Selamat datang')
  const kinds = ['text/plain', 'application/xhtml+xml', '', 'text/html']
  for (const step of kinds.flatMap((type) => [200, 201, 404, 502].flatMap((s) => [page(s, type), drip(s, type)]))) {
    const { baseUrl } = await scriptedServer(t, [step])
    const { waspada } = impatient(baseUrl, { retries: 0 })
    t.match(await refused(waspada.reports.submit(report)), { name: 'UnreachableError' })
  }
  const { baseUrl } = await scriptedServer(t, [page(200, 'text/csv')])
  const { waspada } = impatient(baseUrl)
  t.equal((await waspada.GET('/v1/reports', { parseAs: 'text' })).data, 'Selamat datang', 'unless it is asked for')
})

t.test('an answer that packs more than any page has is given up', async (t) => {
  const most = gzipSync(Buffer.concat([Buffer.from('{"id":"'), Buffer.alloc(140_000_000, 'a'), Buffer.from('"}')]))
  const { baseUrl } = await scriptedServer(t, [
    (response) => response.writeHead(201, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(most),
  ])
  const error = await refused(impatient(baseUrl, { retries: 0 }).waspada.reports.submit(report))
  t.match(error, { name: 'UnreachableError', message: /does not end/ })
})

t.test('the service is waited for as long as it says, and given up when that is too long', async (t) => {
  const { baseUrl, asked, script } = await scriptedServer(t, [
    problem(429, 'rate_limited', { 'retry-after': '7' }),
    problem(503, 'service_unavailable', { 'retry-after': 'Tue, 26 Nov 2024 00:00:09 GMT' }),
    problem(429, 'rate_limited', { ratelimit: '"client";r=0;t=3' }),
    json(201, stored),
  ])
  const clock = () => new Date('2024-11-26T00:00:00Z')
  const { waspada, slept } = impatient(baseUrl, { clock })
  await waspada.reports.submit(report)
  t.same(slept, [7_250, 9_250, 3_250])
  script[0] = problem(429, 'rate_limited', { 'retry-after': '3600' })
  const error = await refused(waspada.reports.submit(report))
  t.match(error, { name: 'UnreachableError', status: 429, retryAfterMs: 3_600_000, uncertain: false })
  t.equal(asked.length, 5)
  script[0] = problem(500, 'internal_error')
  t.match(await refused(waspada.reports.submit(report)), { name: 'UnreachableError', status: 500, uncertain: true })
  t.equal(asked.length, 6, 'a fault of the service is not hammered')
})

t.test('a change of a version is sent once where it may have been done', async (t) => {
  const { baseUrl, asked, script } = await scriptedServer(t, [cut])
  const { waspada, slept } = impatient(baseUrl)
  const params = { path: { id: stored.id }, header: { 'If-Match': '"1"' } }
  const verify = () => waspada.POST('/v1/reports/{id}/verify', { params })
  t.match(await refused(verify()), { name: 'UnreachableError', uncertain: true, idempotencyKey: undefined })
  t.equal(asked.length, 1)
  script[0] = problem(503, 'service_unavailable')
  t.equal((await verify()).response.status, 503, 'the answer itself, from the typed client')
  t.equal(asked.length, 2)
  script.unshift(problem(429, 'rate_limited', { 'retry-after': '1' }))
  script[1] = json(200, stored)
  t.equal((await verify()).response.status, 200, 'what was not let in is sent again')
  t.same(slept, [1_250])
  script[0] = cut
  const patch = waspada.PATCH('/v1/reports/{id}', { params, body: {} })
  t.match(await refused(patch), { name: 'UnreachableError', uncertain: true })
  t.equal(asked.length, 5)
})

t.test('what never left is sent again, whatever it is', async (t) => {
  const { baseUrl, server } = await scriptedServer(t, [cut])
  server.close()
  const { waspada, slept } = impatient(baseUrl, { retries: 3 })
  const params = { path: { id: stored.id }, header: { 'If-Match': '"1"' } }
  const error = await refused(waspada.POST('/v1/reports/{id}/verify', { params }))
  t.match(error, { name: 'UnreachableError', uncertain: false })
  t.equal(slept.length, 3)
})

t.test('an answer that is cut off is none, announced or not', async (t) => {
  for (const announced of [true, false]) {
    const { baseUrl, asked, script } = await scriptedServer(t, [half('{"items": [], "next": null}', announced)])
    const { waspada } = impatient(baseUrl, { retries: 1 })
    const error = await refused(waspada.GET('/v1/reports'))
    t.ok(error instanceof UnreachableError, `${announced}: ${error}`)
    t.equal(asked.length, 2)
    script[0] = json(200, { items: [], next: null })
    t.same((await waspada.GET('/v1/reports')).data, { items: [], next: null })
  }
})

t.test('silence ends with the time that is given, and any call with its signal', async (t) => {
  const { baseUrl } = await scriptedServer(t, [silence])
  const { waspada, slept } = impatient(baseUrl, { timeoutMs: 20, retries: 1 })
  t.match(await refused(waspada.GET('/v1/me')), { name: 'UnreachableError', message: /no answer within 20 ms/ })
  t.equal(slept.length, 1)
  const reason = new Error('enough')
  const ending = new AbortController()
  const waiting = impatient(baseUrl, { timeoutMs: 60_000 }).waspada
  const asking = refused(waiting.reports.submit(report, { signal: ending.signal }))
  ending.abort(reason)
  t.equal(await asking, reason)
  t.equal(await refused(waiting.reports.submit(report, { signal: ending.signal })), reason)
})

t.test('a token goes to the service and nowhere else, and is never told', async (t) => {
  const { baseUrl, asked } = await scriptedServer(t, [json(200, {})])
  const { waspada } = impatient(baseUrl)
  const elsewhere = await scriptedServer(t, [json(200, {})])
  t.ok((await refused(waspada.GET('/v1/me', { baseUrl: elsewhere.baseUrl }))) instanceof TypeError)
  t.same([asked.length, elsewhere.asked.length], [0, 0])
  const broken = impatient(baseUrl, { credentials: { token: async () => 'secret\nsecret' } }).waspada
  const error = await refused(broken.GET('/v1/me'))
  t.ok(error instanceof CredentialsError)
  t.notMatch(String((error as Error).stack), /secret/)
  t.throws(() => impatient('http://waspada.example'), TypeError)
  t.throws(() => impatient('ftp://waspada.example'), TypeError)
  t.doesNotThrow(() => impatient('http://waspada.example', { allowInsecure: true }))
})

t.test('a batch may be sent again as it is, and speaks of every report', async (t) => {
  const item = { ...report, clientReference: 'a' }
  const { baseUrl, asked, script } = await scriptedServer(t, [cut, json(200, { items: [{}], counts: {} })])
  const { waspada } = impatient(baseUrl)
  t.match(await waspada.reports.submitBatch([item], { dryRun: true }), { items: [{}] })
  t.same(
    asked.map(({ url }) => url),
    Array(2).fill('/v1/reports/batch?dryRun=true'),
  )
  t.match(await refused(waspada.reports.submitBatch([item, item])), { name: 'UnreachableError' })
  t.ok((await refused(waspada.reports.submitBatch(Array(501).fill(item)))) instanceof RangeError)
  script[0] = problem(413, 'body_too_large')
  t.match(await refused(waspada.reports.submitBatch([item])), { code: 'body_too_large' })
})

t.test('waits are spread over all the time there is, and bounded', async (t) => {
  const settings = { firstDelayMs: 500, longestDelayMs: 30_000 }
  for (let repeated = 0; repeated < 2_000; repeated += 1) {
    const delay = backoff(repeated, settings, Math.random)
    const bound = Math.min(30_000, 500 * 2 ** repeated)
    if (!(delay >= 0 && delay < bound)) t.fail(`${delay} after ${repeated}`)
  }
  const spread = Array.from({ length: 400 }, () => backoff(2, settings, Math.random))
  t.ok(Math.min(...spread) < 300 && Math.max(...spread) > 1_700, 'full jitter')
  const now = new Date('2024-11-26T00:00:00Z')
  const said = (headers: Record<string, string>) => retryAfterOf(new Headers(headers), now)
  t.equal(said({ 'retry-after': '0' }), 0)
  t.equal(said({ 'retry-after': 'Mon, 25 Nov 2024 00:00:00 GMT' }), 0, 'a moment that has passed')
  t.equal(said({ 'retry-after': 'soon' }), undefined)
  t.equal(said({ ratelimit: '"client";r=5;t=3' }), undefined)
  t.equal(said({}), undefined)
})

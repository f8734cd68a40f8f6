import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SignJWT } from 'jose'
import t, { type Test } from 'tap'
import { unlisted } from '../../src/bin/log-allowlist.ts'
import type { Config } from '../../src/config.ts'
import { aReport } from '../support/a-report.ts'
import { canary, keptLog, linesWithCanaries, operationsOf, withMember } from '../support/canaries.ts'
import { startApi, testNow } from '../support/start-api.ts'
import { rawRequest } from './raw-request.ts'

const seconds = Math.floor(testNow.getTime() / 1000)

async function start(t: Test, changed: Partial<Config> = {}) {
  const log = keptLog()
  const api = await startApi(t, changed, log.logger)
  const { kid, privateKey } = await api.keys.signingKey(testNow)
  const tokens: string[] = []
  /** A token of the built-in issuer; without changes it is kendari's, and good. */
  const sign = async (claims: Record<string, unknown> = {}, header: Record<string, unknown> = {}) => {
    const token = await new SignJWT({
      iss: api.config.issuer,
      aud: api.config.audience,
      iat: seconds,
      exp: seconds + 600,
      sub: canary(),
      jti: canary(),
      client_id: 'kendari',
      scope: 'reports:read reports:submit',
      clearance: 'restricted',
      region: '74.71',
      ...claims,
    })
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid, ...header } as never)
      .sign(privateKey)
    tokens.push(...token.split('.'))
    return token
  }
  return { ...api, log, sign, tokens, bearer: async () => ({ authorization: `Bearer ${await sign()}` }) }
}
type Started = Awaited<ReturnType<typeof start>>

/** One line for each answer, at least; nothing planted in any; no message that would have been kept back. */
function assertClean(t: Test, { log, tokens }: Started, answers: number): void {
  t.same(linesWithCanaries(log.lines, tokens), [])
  t.ok(log.records().filter(({ msg }) => msg === 'answered').length >= answers, `${log.lines.length} lines`)
  t.same(
    log.records().filter(({ msg }) => msg === unlisted),
    [],
  )
}

t.test('nothing of an address, a header or a body is in the log, whatever the operation makes of it', async (t) => {
  const api = await start(t)
  const operations = operationsOf((await api.call({ method: 'GET', url: '/openapi.json' })).json())
  t.ok(operations.length > 10)
  const headers = [
    ...'accept accept-encoding accept-language baggage content-type cookie forwarded from host idempotency-key'.split(
      ' ',
    ),
    ...'if-match if-modified-since if-none-match if-unmodified-since origin prefer range referer te'.split(' '),
    ...'traceparent tracestate user-agent via x-api-key x-forwarded-for x-forwarded-host x-real-ip'.split(' '),
  ]
  let answers = 0
  for (const { method, path, parameters, members, example } of operations) {
    const send = async (url: string, more: Record<string, string> = {}, body: unknown = example) => {
      const payload = body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }
      const type = body === undefined ? {} : { 'content-type': 'application/json' }
      await api.call({ method, url, headers: { ...(await api.bearer()), ...type, ...more }, ...payload })
      answers += 1
    }
    const plain = path.replaceAll(/\{\w+\}/g, '74.71')
    await send(path.replaceAll(/\{\w+\}/g, () => canary()))
    await send(`${plain}?${canary()}=${canary()}`)
    for (const { name, in: where } of parameters) {
      if (where === 'query')
        for (const value of [canary(), `${canary()}%20'%00`, `74&${name}=${canary()}`])
          await send(`${plain}?${name}=${value}`)
      if (where === 'header') await send(plain, { [name.toLowerCase()]: canary() })
    }
    for (const name of headers) await send(plain, { [name]: canary() })
    await send(plain, { [canary()]: canary(), 'x-request-id': `${canary()} ${canary()}` })
    if (example === undefined) continue
    for (const member of members) {
      await send(plain, {}, withMember(example, member, canary()))
      await send(plain, {}, withMember(example, member, { [canary()]: [canary()] }))
    }
    await send(plain, {}, { ...(example as object), [canary()]: canary() })
    for (const text of [canary(), `"${canary()}"`, `{"a":"${canary()}`, `{"__proto__":"${canary()}"}`])
      await send(plain, {}, text)
    await send(plain, { 'content-type': `text/${canary()}` })
    await send(plain, { 'content-type': `application/json; charset=${canary()}` })
    await send(plain, {}, JSON.stringify({ facts: canary().repeat(20_000) }))
  }
  for (const method of ['GET', 'POST', 'DELETE'] as const) {
    await api.call({
      method,
      url: `/${canary()}/${canary()}?${canary()}=${canary()}#${canary()}`,
      headers: await api.bearer(),
    })
    answers += 1
    // Refused before there is a route; no line tells of it.
    await api.call({ method, url: `/v1/%zz${canary()}`, headers: await api.bearer() })
  }
  assertClean(t, api, answers)
})

t.test('a report full of them is posted, read and listed, and the log says only that', async (t) => {
  const api = await start(t)
  const text = () => `Laporan tentang ${canary()} di tempat kejadian`
  const report = aReport({
    clientReference: canary(),
    subject: text(),
    facts: text(),
    analysis: text(),
    prediction: text(),
    actionsTaken: text(),
    recommendation: text(),
    athgNotes: { threat: text() },
    location: { regionCode: '74.71', place: text() },
    actors: [{ role: 'perpetrator', description: text(), count: 5 }],
  })
  const headers = { ...(await api.bearer()), 'content-type': 'application/json', 'x-request-id': 'kdi-4711' }
  const posted = await api.call({ method: 'POST', url: '/v1/reports', headers, payload: JSON.stringify(report) })
  t.equal(posted.statusCode, 201)
  t.match(posted.body, /kenari/, 'the answer holds them')
  t.equal(
    (await api.call({ method: 'GET', url: `${posted.headers.location}`, headers: await api.bearer() })).statusCode,
    200,
  )
  t.equal(
    (await api.call({ method: 'GET', url: '/v1/reports?sort=-occurredAt', headers: await api.bearer() })).statusCode,
    200,
  )
  t.equal((await api.call({ method: 'GET', url: '/v1/me', headers: await api.bearer() })).json().clientId, 'kendari')
  assertClean(t, api, 4)
  const [line] = api.log.records().filter(({ status }) => status === 201)
  t.match(
    line,
    { reqId: 'kdi-4711', method: 'POST', route: '/v1/reports', client: 'kendari', msg: 'answered' },
    'an id of its own form is kept',
  )
  t.same(Object.keys(line ?? {}).sort(), [
    'client',
    'hostname',
    'level',
    'method',
    'ms',
    'msg',
    'pid',
    'reqId',
    'route',
    'status',
    'time',
  ])
})

t.test('no token is in the log, good or bad, nor a claim of it', async (t) => {
  const api = await start(t)
  const me = async (authorization: string) =>
    (await api.call({ method: 'GET', url: '/v1/me', headers: { authorization } })).statusCode
  const good = await api.sign()
  t.equal(await me(`Bearer ${good}`), 200)
  const claims = [
    'iss',
    'aud',
    'exp',
    'iat',
    'nbf',
    'scope',
    'clearance',
    'region',
    'agency',
    'auth_time',
    'acr',
    'amr',
    'name',
    'email',
  ]
  const bad = [
    await api.sign({ exp: seconds - 600, iat: seconds - 1200 }),
    await api.sign({ sub: `Bpk. ${canary()}\u0000` }),
    await api.sign({}, { kid: canary() }),
    await api.sign({}, { typ: canary() }),
    await api.sign({}, { jku: `https://${canary()}` }),
    ...(await Promise.all(claims.map((name) => api.sign({ [name]: canary() })))),
    `${good.slice(0, -4)}AAAA`,
    `${Buffer.from(`{"alg":"none","x":"${canary()}"}`).toString('base64url')}.${good.split('.')[1]}.`,
    canary(),
    `${canary()}.${canary()}.${canary()}`,
  ]
  const answers = await Promise.all(bad.map((token) => me(`Bearer ${token}`)))
  t.ok(answers.filter((status) => status === 401).length >= bad.length - 2, answers.join(' '))
  for (const other of [canary(), `Basic ${canary()}`, `Bearer ${canary()} ${canary()}`, ''])
    t.equal(await me(other), 401)
  await api.call({ method: 'GET', url: `/v1/me?access_token=${good}` })
  assertClean(t, api, bad.length + 6)
})

t.test('errors of the database are told without the rows that they quote', async (t) => {
  const api = await start(t)
  const errors: [string, string, number][] = [
    [`ALTER TABLE reports ADD CONSTRAINT no_canary CHECK (subject NOT LIKE '%kenari%') NOT VALID`, '23514', 422],
    [
      `CREATE UNIQUE INDEX one_place ON reports (place) INCLUDE (subject); ALTER TABLE reports DROP CONSTRAINT no_canary`,
      '23505',
      409,
    ],
    [
      `DROP INDEX one_place; CREATE FUNCTION raise() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        RAISE EXCEPTION E'refused %\\n    at % (/%:1:1)', NEW.subject, NEW.subject, NEW.subject USING HINT = NEW.facts, DETAIL = NEW.facts; END $$;
        CREATE TRIGGER raise BEFORE INSERT ON reports FOR EACH ROW EXECUTE FUNCTION raise()`,
      'P0001',
      500,
    ],
    [
      `CREATE OR REPLACE FUNCTION raise() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.register_number = NEW.subject::int; RETURN NEW; END $$`,
      '22P02',
      422,
    ],
    ['DROP TRIGGER raise ON reports; ALTER TABLE events RENAME TO kenari_events', '42P01', 500],
  ]
  for (const [sql, code, status] of errors) {
    await api.admin.query(sql)
    const post = async () => {
      const report = aReport({
        subject: `Perihal ${canary()}`,
        facts: `Uraian tentang ${canary()} seperlunya`,
        location: { regionCode: '74.71', place: 'kenari' },
      })
      const headers = {
        ...(await api.bearer()),
        'content-type': 'application/json',
        'idempotency-key': canary().padEnd(16, '0'),
      }
      return (await api.call({ method: 'POST', url: '/v1/reports', headers, payload: JSON.stringify(report) }))
        .statusCode
    }
    const [first, second] = [await post(), await post()]
    t.equal(second, status, `${sql}: ${first}`)
    const failures = api.log.records().filter(({ msg }) => msg === 'failed')
    t.match(failures.at(-1), {
      level: 50,
      problem: /^(internal_error|value_refused|change_refused)$/,
      err: { type: 'error', code, stack: /^ {4}at .*\.(js|ts):\d+/ },
    })
  }
  t.match(api.log.records().filter(({ msg }) => msg === 'failed')[0], {
    err: { table: 'reports', constraint: 'no_canary' },
  })
  await api.admin.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'waspada'`,
  )
  t.equal((await api.call({ method: 'GET', url: '/v1/me', headers: await api.bearer() })).statusCode < 600, true)
  assertClean(t, api, 11)
})

t.test('a key set that answers nonsense is told without its words', async (t) => {
  const answers: RequestListener[] = [
    (_request, response) => response.end(`<html>${canary()}</html>`),
    (_request, response) => response.end(JSON.stringify({ keys: [{ kty: canary(), kid: canary() }], error: canary() })),
    (_request, response) => response.writeHead(500, canary(), { [canary()]: canary() }).end(canary()),
    (_request, response) => response.writeHead(302, { location: `http://${canary()}.invalid/${canary()}` }).end(),
    (_request, response) => response.destroy(),
  ]
  for (const answer of answers) {
    const server = createServer(answer)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    t.teardown(() => server.close())
    const jwksUri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/${canary()}`
    const issuer = 'https://sso.example.go.id'
    const api = await start(t, { trustedIssuers: [{ issuer, jwksUri, algorithms: ['ES256'] }] })
    const authorization = `Bearer ${await api.sign({ iss: issuer })}`
    const { statusCode } = await api.call({ method: 'GET', url: '/v1/me', headers: { authorization } })
    t.ok([401, 503].includes(statusCode), String(statusCode))
    assertClean(t, api, 1)
  }
})

t.test('what breaks before there is a request is not repeated either', async (t) => {
  const api = await start(t)
  await api.app.listen({ port: 0, host: '127.0.0.1' })
  const raw = (...pieces: string[]) => rawRequest(Number(new URL(api.app.listeningOrigin).port), pieces)
  const close = 'Connection: close\r\n\r\n'
  await raw(`${canary()}\r\n\r\n`)
  await raw(`GET /${canary()} HTTP/1.1\r\nHost: a\r\n${canary()} x: ${canary()}\r\n\r\n`)
  await raw(`GET / HTTP/1.1\r\nHost: a\r\nX: ${canary().repeat(2_000)}\r\n\r\n`)
  await raw(`GET /v1/${canary()} HTTP/1.1\r\nHost: ${canary()}\r\nExpect: ${canary()}\r\n${close}`)
  await raw(`PROPFIND /${canary()} HTTP/1.1\r\nHost: ${canary()}\r\n${close}`)
  await raw(`POST /v1/reports HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: ${canary()}\r\n${close}`)
  assertClean(t, api, 2)
})

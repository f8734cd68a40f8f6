import { once } from 'node:events'
import { Agent, type IncomingMessage, request } from 'node:http'
import { setImmediate } from 'node:timers/promises'
import t from 'tap'
import { EventWatch } from '../../src/events/event-watch.ts'
import { WaitingRoom } from '../../src/events/waiting-room.ts'
import { aReport, aReportIn } from '../support/a-report.ts'
import { type CallerName, callers } from '../support/callers.ts'
import { type Api, startApi, testNow } from '../support/start-api.ts'

/** Looks as often as it can; nobody's time is over before the test is, on a busy machine either. */
const inNoHurry = { rest: 5, second: 60_000 }
const start = (t: Parameters<typeof startApi>[0], changed: Parameters<typeof startApi>[1] = {}) =>
  startApi(t, changed, undefined, inNoHurry)

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await setImmediate()
}

/** A post with its event numbered. */
async function post(api: Api, by: CallerName, report = aReport()): Promise<string> {
  const posted = await api.as(by).post('/v1/reports', report)
  if (posted.statusCode !== 201) throw new Error(posted.payload)
  await api.chain()
  return posted.json().id
}

const postElsewhere = (api: Api) => post(api, 'denpasar', aReportIn('51.71'))

t.test('a page is held until there is something for the caller, and no longer', async (t) => {
  const api = await start(t)
  const { as, room } = api
  const held = as('kendari').get('/v1/events?after=0&wait=30')
  await until(() => room.watch.size === 1)
  await postElsewhere(api)
  const id = await post(api, 'kendari')
  const first = (await held).json()
  t.same(
    first.items.map(({ sequence, subject }: { sequence: number; subject: { id: string } }) => [sequence, subject.id]),
    [[2, id]],
    'what happened elsewhere was no answer',
  )
  t.equal(first.next, 2)
  t.equal(room.watch.size, 0)

  const followers = ['kendari', 'sultra', 'nation', 'kolaka', 'bssn'] as const
  // An agency holds no position of others' events.
  const positionOf = (name: string) => (name === 'bssn' ? 0 : 2)
  const all = followers.map((name) => as(name).get(`/v1/events?after=${positionOf(name)}&wait=30`))
  await until(() => room.watch.size === 5)
  const late = as('sultra').get('/v1/events?after=2&wait=30&types=report.verified,report.rejected')
  await until(() => room.watch.size === 6)
  await post(api, 'kendari')
  const answers = await Promise.all(all.slice(0, 3))
  for (const answer of answers) t.equal(answer.json().next, 3)
  await as('sultra').change(`/v1/reports/${id}/verify`, undefined, '*')
  await api.chain()
  t.match((await late).json(), { items: [{ type: 'report.verified', sequence: 4 }], next: 4 })
  t.equal((await as('kendari').get('/v1/events?after=3&wait=30')).json().next, 4, 'what is there is not waited for')
  const paged = await as('kendari').get('/v1/events?limit=1&wait=30&types=report.submitted')
  t.equal(paged.headers.link, '</v1/events?limit=1&types=report.submitted&after=2>; rel="next"', 'a link does not wait')
  const head = await api.app.inject({
    method: 'HEAD',
    url: '/v1/events?after=4&wait=30',
    headers: { authorization: `Bearer ${await api.tokenOf(callers.kendari)}` },
  })
  t.equal(head.statusCode, 200, 'nor does a HEAD')
  for (const query of ['wait=31', 'wait=-1', 'wait=1.5', 'wait='])
    t.equal((await as('kendari').get(`/v1/events?${query}`)).statusCode, 400, query)
  t.equal(room.watch.size, 2, 'kolaka and bssn still wait')
  room.watch.close()
  const [kolaka, bssn] = await Promise.all(all.slice(3))
  t.same(
    [kolaka?.json(), bssn?.json()],
    [
      { items: [], next: 2 },
      { items: [], next: 0 },
    ],
  )
})

t.test('when the service stops, whoever waits is answered at once', async (t) => {
  const api = await start(t)
  const address = await api.app.listen({ port: 0, host: '127.0.0.1' })
  const authorization = `Bearer ${await api.tokenOf(callers.bssn)}`
  const held = [1, 2].map(() => fetch(`${address}/v1/events?wait=30`, { headers: { authorization } }))
  await until(() => api.room.watch.size === 2)
  await api.app.close()
  for (const answer of await Promise.all(held))
    t.match({ status: answer.status, ...((await answer.json()) as object) }, { status: 200, items: [], next: 0 })
})

t.test('whoever waits when the service stops waits for nothing of the database', async (t) => {
  const api = await start(t)
  await postElsewhere(api)
  const held = Array.from({ length: 20 }, () => api.as('kendari').get('/v1/events?wait=30&after=0'))
  await until(() => api.room.watch.size === 20)
  const blocking = await api.admin.connect()
  await blocking.query('BEGIN; LOCK TABLE sequences, events')
  const reading = Array.from({ length: 6 }, () => api.as('bssn').get('/v1/events?wait=30&after=0'))
  const blocked = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%bounds%'`
  while (((await api.admin.query(blocked)).rowCount ?? 0) < 2);
  await api.admin.query(`UPDATE clients SET disabled_at = now() WHERE client_id = 'bssn'`)
  const closing = api.app.close()
  const answers = await Promise.all(held)
  await blocking.query('COMMIT')
  blocking.release()
  const turns = await Promise.all(reading)
  await closing
  t.notOk(
    turns.some(({ statusCode }) => statusCode === 401),
    'nor do those read whose turn had not come',
  )
  for (const answer of answers)
    t.match([answer.statusCode, answer.headers.connection, answer.json()], [200, 'close', { items: [], next: 0 }])
})

t.test('a request under way when the service stops is the last of its connection', async (t) => {
  const { app, tokenOf } = await start(t)
  const address = await app.listen({ port: 0, host: '127.0.0.1' })
  const agent = new Agent({ keepAlive: true })
  t.teardown(() => agent.destroy())
  const body = JSON.stringify(aReport())
  const asked = request(`${address}/v1/reports`, {
    ...{ method: 'POST', agent },
    headers: {
      authorization: `Bearer ${await tokenOf(callers.bssn)}`,
      ...{ expect: '100-continue', 'content-type': 'application/json', 'content-length': body.length },
    },
  })
  asked.flushHeaders()
  await once(asked, 'continue')
  const closing = app.close()
  await until(() => !app.server.listening)
  asked.end(body)
  const [answer] = (await once(asked, 'response')) as [IncomingMessage]
  t.match([answer.statusCode, answer.headers.connection], [403, 'close'], 'refused or not')
  answer.resume()
  await closing
})

t.test('when the time is over the page is empty, and the request was one', async (t) => {
  const api = await startApi(t, { rateQuotas: { client: 10, unauthenticated: null } })
  await postElsewhere(api)
  const answer = await api.as('bssn').get('/v1/events?wait=30')
  t.same(answer.json(), { items: [], next: 0 })
  t.match(answer.headers.ratelimit, /r=9;/)
  t.match((await api.as('bssn').get('/v1/events?wait=1&after=1')).headers.ratelimit, /r=8;/)
  t.equal(answer.headers.link, undefined)
})

t.test('the answer is for whom the caller is by then', async (t) => {
  const api = await start(t)
  const { admin, room, as, time } = api
  const meanwhile: [string, () => Promise<unknown>, number, string][] = [
    [
      'disabled',
      () => admin.query(`UPDATE clients SET disabled_at = now() WHERE client_id = 'kendari'`),
      401,
      'token_invalid',
    ],
    [
      'without the scope',
      () =>
        admin.query(
          `UPDATE clients SET disabled_at = NULL, scopes = array_remove(scopes, 'events:read') WHERE client_id = 'kendari'`,
        ),
      403,
      'scope_missing',
    ],
    [
      'no longer cleared as high',
      () => admin.query(`UPDATE clients SET clearance = 0 WHERE client_id = 'kendari'`),
      401,
      'token_invalid',
    ],
    [
      'with a token that has ended',
      async () => {
        time.now = new Date(testNow.getTime() + 7200_000)
      },
      401,
      'token_invalid',
    ],
  ]
  for (const [name, change, status, code] of meanwhile) {
    await admin.query(
      `UPDATE clients SET disabled_at = NULL, clearance = 1, scopes = array_append(array_remove(scopes, 'events:read'), 'events:read') WHERE client_id = 'kendari'`,
    )
    const held = as('kendari').get('/v1/events?types=report.rejected&wait=30')
    await until(() => room.watch.size === 1)
    await change()
    await post(api, 'sultra', aReportIn('74.71'))
    t.match((await held).json(), { status, code }, name)
  }
})

t.test('whoever hangs up is forgotten, and whoever waits holds no connection to the database', async (t) => {
  const api = await start(t, { poolSize: 1 })
  const { room } = api
  const address = await api.app.listen({ port: 0, host: '127.0.0.1' })
  const authorization = `Bearer ${await api.tokenOf(callers.kendari)}`
  const gone = new AbortController()
  const held = [1, 2, 3].map(() =>
    fetch(`${address}/v1/events?wait=30`, { headers: { authorization }, signal: gone.signal }),
  )
  await until(() => room.watch.size === 3)
  await postElsewhere(api)
  gone.abort()
  for (const each of held) await t.rejects(each, { name: 'AbortError' })
  await until(() => room.watch.size === 0)
  await setImmediate()
  for (let seat = 0; seat < 20; seat += 1) room.enter('kendari')
  t.pass('their seats are free')
})

t.test('whoever waits gets what happened although every connection was cut meanwhile', async (t) => {
  const api = await start(t)
  const { admin, as, room } = api
  const waiting = (['kendari', 'nation', 'bssn'] as const).map((name) => as(name).get('/v1/events?after=0&wait=30'))
  await until(() => room.watch.size === 3)
  for (let cuts = 0; cuts < 3; cuts += 1)
    await admin.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'waspada'`,
    )
  const id = await post(api, 'kendari').catch(() => post(api, 'kendari'))
  for (const answer of await Promise.all(waiting.slice(0, 2)))
    t.match(answer.json(), { items: [{ subject: { id } }], next: 1 })
  t.equal(room.watch.size, 1, 'and nobody else is woken')
  room.watch.close()
  await Promise.all(waiting)
})

t.test('a crowd of one client is refused without a reading, and leaves nothing behind', async (t) => {
  const api = await start(t)
  const { as, room } = api
  const crowd = Array.from({ length: 400 }, (_, turn) =>
    as(turn % 2 ? 'bssn' : 'kendari').get('/v1/events?after=0&wait=30'),
  )
  await until(() => room.watch.size === 40)
  const isOver = (answer: { statusCode: number }) => answer.statusCode === 429
  await post(api, 'kendari')
  room.watch.close()
  const answers = await Promise.all(crowd)
  t.equal(answers.filter(isOver).length, 360)
  t.equal(answers.filter((answer) => answer.statusCode === 200).length, 40)
  for (const client of ['kendari', 'bssn']) for (let seat = 0; seat < 20; seat += 1) room.enter(client)
  t.pass('every seat is free again')
})

t.test('of one client twenty wait at once', async (t) => {
  const api = await start(t)
  const { room, as } = api
  const waiting = Array.from({ length: 20 }, () => as('kendari').get('/v1/events?wait=30'))
  await until(() => room.watch.size === 20)
  const answer = await as('kendari').get('/v1/events?wait=1')
  t.match(answer.json(), { status: 429, code: 'events_too_many_waiting' })
  t.equal(answer.headers['retry-after'], '5')
  t.equal((await as('kendari').get('/v1/events')).statusCode, 200, 'to read without waiting is free')
  const other = as('kolaka').get('/v1/events?wait=30&types=report.rejected')
  await until(() => room.watch.size === 21)
  await post(api, 'kendari')
  for (const each of await Promise.all(waiting)) t.equal(each.json().items.length, 1)
  await until(() => room.watch.size === 1)
  room.watch.close()
  t.equal((await other).statusCode, 200)
  const full = new WaitingRoom(async () => ({ head: 0, news: undefined }))
  for (let client = 0; client < 2000; client += 1) full.enter(`client-${client}`)
  t.throws(() => full.enter('another'), { code: 'events_too_many_waiting' }, 'and two thousand in a process')
})

t.test('one look serves all who wait, wakes those at whose place something happened, and ends with them', async (t) => {
  const log = {
    looks: 0,
    head: 7,
    broken: false,
    news: undefined as Map<string, number> | undefined,
    since: undefined as unknown,
  }
  const watch = new EventWatch({
    rest: 0,
    async look(since) {
      log.looks += 1
      log.since = since
      if (log.broken) throw new Error('out of reach')
      return { head: log.head, news: log.news }
    },
  })
  const happens = (head: number, news?: Record<string, number>) => {
    log.head = head
    log.news = news && new Map(Object.entries(news))
  }
  const forever = new AbortController().signal
  t.notOk(watch.isQuiet(7, '74'), 'it does not know before it has looked')
  const [nation, province, other] = ['00', '74', '51'].map((place) => watch.movedFrom(7, place, forever))
  await watch.movedFrom(3, '74', forever)
  t.same([log.looks, log.since, watch.size], [1, undefined, 3], 'who is behind what it knows reads')
  t.ok(watch.isQuiet(7, '74'))
  t.notOk(watch.isQuiet(6, '74'))
  log.broken = true
  await until(() => log.looks > 3)
  t.equal(watch.size, 3, 'a look that fails is no end')
  log.broken = false
  happens(9, { '00': 9, '74': 8 })
  await Promise.all([nation, province])
  t.same([log.since, watch.size], [7, 1], 'nothing happened at the third')
  t.same([watch.isQuiet(7, '74'), watch.isQuiet(8, '74'), watch.isQuiet(7, '51')], [false, true, true])
  await watch.movedFrom(7, '74', forever)
  t.pass('what came between a reading and the wait is seen by the next look')
  await watch.movedFrom(10, '51', forever)
  t.pass('a position that the log has not come to is for the reader to find out')
  happens(20_000)
  await other
  t.pass('where too much happened to tell, everybody reads')
  happens(5, {})
  await watch.movedFrom(20_000, '51', forever)
  t.pass('and where the log is another one')
  const { looks } = log
  await until(() => !watch.isQuiet(8, '74'))
  t.ok(log.looks <= looks + 2, 'nobody looks while nobody waits, and what it knew is old by then')
  happens(8)
  const gone = new AbortController()
  const waiting = watch.movedFrom(8, '74', gone.signal)
  gone.abort()
  await waiting
  const closing = watch.movedFrom(8, '74', forever)
  watch.close()
  await closing
  await watch.movedFrom(8, '74', forever)
  await watch.movedFrom(8, '74', AbortSignal.abort())
  t.equal(watch.size, 0)
})

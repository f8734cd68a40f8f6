import t from 'tap'
import { openWorkDoor } from '../../src/database/work-door.ts'
import { announceSilences } from '../../src/reporting-status/announce-silences.ts'
import type { CallerName } from '../support/callers.ts'
import { type Api, startApi, testNow } from '../support/start-api.ts'

const hour = 3_600_000
const day = 24 * hour
const path = '/v1/situation-reports'
const { signal } = new AbortController()
const nihil = (period: string, changes: Record<string, unknown> = {}) => ({
  kind: 'daily',
  period,
  nothingToReport: true,
  ...changes,
})

async function statusAs(api: Api, by: CallerName, query: string) {
  const answer = await api.as(by).get(`/v1/reporting-status?${query}`)
  if (answer.statusCode !== 200) throw new Error(answer.payload)
  return answer.json()
}

/** Looks for silences as a worker does, at a moment. */
async function announce(api: Api, now: Date, workers = 1): Promise<number[]> {
  const door = openWorkDoor(api.workerUrl, { size: workers, report: () => {} })
  const found = await Promise.all(Array.from({ length: workers }, () => announceSilences({ db: door.db, now, signal })))
  await door.close()
  return found
}

interface Office {
  code: string
  level: string
  zone: string
}

async function officesOf({ admin }: Api): Promise<Office[]> {
  const { rows } = await admin.query(
    'SELECT code, o.level, time_zone AS zone FROM offices o JOIN regions USING (code) ORDER BY code',
  )
  return rows
}

const offsets: Record<string, number> = {
  'Asia/Jakarta': 7,
  'Asia/Pontianak': 7,
  'Asia/Makassar': 8,
  'Asia/Jayapura': 9,
}
const nationOwes = `INSERT INTO reporting_obligations (id, level, kind, owed, days_after, due_time, valid_from)
  VALUES (gen_random_uuid(), 'national', 'daily', true, 1, '08:00', '2024-01-01')`

/** A situation report as it would stand, written past the API: 553 offices post for a while otherwise. */
async function write({ admin }: Api, office: string, receivedAt: Date, exercise = false): Promise<void> {
  await admin.query(
    `INSERT INTO situation_reports (id, office_code, kind, period, period_from, period_to, exercise, handling, nothing_to_report, due_at,
      received_at, fingerprint, client_id, submitted_by)
    VALUES (gen_random_uuid(), $1, 'daily', '2024-11-25', '2024-11-25', '2024-11-25', $3, 1, true, NULL, $2, sha256('x'), 'c', 'c')`,
    [office, receivedAt, exercise],
  )
  if (!exercise)
    await admin.query(
      `INSERT INTO situation_report_receipts (kind, period, office_code, received_at) VALUES ('daily', '2024-11-25', $1, $2)`,
      [office, receivedAt],
    )
}

t.test('every office once, by a plain model of all 553, with completeness and timeliness by province', async (t) => {
  const api = await startApi(t)
  await api.admin.query(nationOwes)
  const offices = await officesOf(api)
  t.equal(offices.length, 553)
  // 08:30 in Makassar: the deadline has passed there and in Jayapura, and not in Jakarta.
  const now = new Date('2024-11-26T00:30:00Z')
  api.time.now = now
  const expected = new Map<string, string>()
  for (const [index, { code, zone }] of offices.entries()) {
    const due = new Date(Date.UTC(2024, 10, 26, 8 - (offsets[zone] as number)))
    const kind = index % 5
    if (kind === 0) await write(api, code, new Date(due.getTime() - (index % 2) * hour))
    if (kind === 1 && due < now) await write(api, code, new Date(due.getTime() + 1))
    if (kind === 2) await write(api, code, new Date(due.getTime() - hour), true)
    const state = kind === 0 ? 'on_time' : due >= now ? 'pending' : kind === 1 ? 'late' : 'silent'
    expected.set(code, state)
  }
  const status = await statusAs(api, 'analyst', 'period=2024-11-25')
  const items = status.items as { office: string; status: string; dueAt: string }[]
  t.same(Object.fromEntries(items.map((each) => [each.office, each.status])), Object.fromEntries(expected))

  const zoneOf = new Map(offices.map(({ code, zone }) => [code, zone]))
  const sumsOf = (codes: string[]) => {
    const states = codes.map((code) => expected.get(code))
    const count = (state: string) => states.filter((each) => each === state).length
    const passed = codes.filter((code) => 8 - (offsets[zoneOf.get(code) as string] as number) < 0.5)
    const share = (among: string[]) =>
      passed.length === 0
        ? null
        : Number(
            (passed.filter((code) => among.includes(expected.get(code) as string)).length / passed.length).toFixed(4),
          )
    return {
      owed: codes.length,
      due: passed.length,
      reported: count('on_time') + count('late'),
      onTime: count('on_time'),
      late: count('late'),
      silent: count('silent'),
      pending: count('pending'),
      completeness: share(['on_time', 'late']),
      timeliness: share(['on_time']),
    }
  }
  const codes = offices.map(({ code }) => code)
  t.same(status.total, sumsOf(codes))
  t.equal(status.provinces.length, 39, '38 provinces and the national office')
  for (const { region, ...sums } of status.provinces)
    t.same(sums, sumsOf(codes.filter((code) => code.slice(0, 2) === region)), region)
  const { total } = status
  t.equal(total.onTime + total.late + total.silent + total.pending, total.owed)

  const province = await statusAs(api, 'sultra', 'kind=daily&period=2024-11-25')
  t.same(
    province.items,
    items.filter(({ office }) => office.startsWith('74')),
  )
  t.same(province.provinces, [{ region: '74', ...province.total }])
  t.same(province.total, sumsOf(codes.filter((code) => code.startsWith('74'))))
  const regency = await statusAs(api, 'kendari', 'period=2024-11-25')
  t.same(
    regency.items.map(({ office }: { office: string }) => office),
    ['74.71'],
  )
  const within = await statusAs(api, 'analyst', 'period=2024-11-25&region=51')
  t.same(within.total, sumsOf(codes.filter((code) => code.startsWith('51'))))
  const silent = await statusAs(api, 'sultra', 'period=2024-11-25&status=silent,late')
  t.same(silent.total, province.total, 'the sums stay those of all')
  t.ok(silent.items.every((each: { status: string }) => ['silent', 'late'].includes(each.status)))

  for (const table of ['situation_report_receipts', 'reporting_obligations', 'situation_reports', 'reporting_silences'])
    await api.admin.query(
      `ALTER TABLE ${table} NO FORCE ROW LEVEL SECURITY; ALTER TABLE ${table} DISABLE ROW LEVEL SECURITY`,
    )
  t.same((await statusAs(api, 'sultra', 'period=2024-11-25')).items, province.items, 'the conditions alone hold')
})

t.test('what is asked wrongly, or of others, is refused; nothing owed is no share of anything', async (t) => {
  const api = await startApi(t)
  const refused = async (by: CallerName, query: string, expected: string) => {
    const answer = await api.as(by).get(`/v1/reporting-status${query}`)
    const { code, errors = [] } = answer.json()
    t.equal(
      `${code} ${errors.map((each: { parameter: string; code: string }) => `${each.parameter} ${each.code}`)}`,
      expected,
    )
  }
  await refused('kendari', '', 'parameter_invalid period required')
  await refused('kendari', '?period=2024-11-31', 'parameter_invalid period period_invalid')
  await refused('kendari', '?period=2024-11-25&kind=weekly', 'parameter_invalid period period_invalid')
  await refused('kendari', '?period=2024-11-25&region=74.01', 'parameter_invalid region region_outside_office')
  await refused('sultra', '?period=2024-11-25&region=51', 'parameter_invalid region region_outside_office')
  await refused('sultra', '?period=2024-11-25&region=74.71.01', 'parameter_invalid region not_allowed')
  await refused('sultra', '?period=2024-11-25&region=99', 'parameter_invalid region region_unknown')
  await refused('bssn', '?period=2024-11-25', 'scope_missing ')
  const nothing = {
    owed: 0,
    due: 0,
    reported: 0,
    onTime: 0,
    late: 0,
    silent: 0,
    pending: 0,
    completeness: null,
    timeliness: null,
  }
  const none = await statusAs(api, 'kendari', 'period=2023-12-31')
  t.same([none.total, none.provinces, none.items], [nothing, [], []], 'before any obligation')
  const ahead = await statusAs(api, 'kendari', 'period=2024-W50')
  t.match(ahead, { kind: 'weekly', total: { owed: 1, due: 0, pending: 1, completeness: null, timeliness: null } })
})

t.test('that an office reported is no secret; what it said is', async (t) => {
  const api = await startApi(t)
  const posted = await api.as('kendariSecret').post(path, nihil('2024-11-25', { handling: 'secret' }))
  await api.as('kolaka').post(path, nihil('2024-11-25', { exercise: true }))
  const itemOf = async (by: CallerName, office: string) =>
    (await statusAs(api, by, 'period=2024-11-25')).items.find((each: { office: string }) => each.office === office)
  const told = { status: 'on_time', receivedAt: testNow.toISOString() }
  t.match(await itemOf('kendariSecret', '74.71'), { ...told, situationReport: posted.json().id, nothingToReport: true })
  for (const by of ['kendari', 'sultra', 'analyst'] as const)
    t.match(await itemOf(by, '74.71'), { ...told, situationReport: null, nothingToReport: null }, by)
  t.match(
    await itemOf('sultra', '74.01'),
    { status: 'pending', receivedAt: null, situationReport: null },
    'an exercise counts for nothing',
  )
  const raised = await api.as('denpasar').post(path, nihil('2024-11-25'))
  t.match(await itemOf('bali', '51.71'), { ...told, situationReport: raised.json().id, nothingToReport: true })
})

t.test('silence after a deadline is told once for each office, in the order of the clocks', async (t) => {
  const api = await startApi(t)
  await api.as('kendari').post(path, nihil('2024-11-25'))
  await api.as('kolaka').post(path, nihil('2024-11-25', { exercise: true }))
  const zones = async () => {
    const { rows } = await api.admin.query(
      `SELECT time_zone AS zone, count(*)::int AS offices FROM reporting_silences s JOIN regions ON code = office_code WHERE period = '2024-11-25' GROUP BY 1 ORDER BY 1`,
    )
    return rows.map(({ zone, offices }) => `${zone} ${offices}`)
  }
  const offices = await officesOf(api)
  const owing = (zone: string) => offices.filter((each) => each.zone === zone && each.level !== 'national').length
  await api.admin.query(`UPDATE reporting_watch SET looked_until = '2024-11-25T22:00:00Z'`)
  t.same(await announce(api, new Date('2024-11-25T23:01:59Z')), [0], 'not while a report may be on its way')
  // 08:02 in Jayapura, 06:02 in Jakarta.
  t.same(await announce(api, new Date('2024-11-25T23:02:00Z')), [owing('Asia/Jayapura')])
  t.same(await zones(), [`Asia/Jayapura ${owing('Asia/Jayapura')}`])
  t.same(await announce(api, new Date('2024-11-25T23:02:00Z')), [0])

  const twice = await announce(api, new Date('2024-11-26T01:30:00Z'), 2)
  const rest = offices.length - 1 - owing('Asia/Jayapura') - 1
  t.same(
    twice.sort((a, b) => a - b),
    [0, rest],
    'all but Kendari, by one of two workers',
  )
  const { rows } = await api.admin.query(
    `SELECT count(*)::int AS events, count(DISTINCT subject_id)::int AS subjects, count(DISTINCT e.office_code)::int AS offices,
      max(e.handling)::int AS handling, bool_and(e.province_code = s.province_code AND e.regency_code IS NOT DISTINCT FROM s.regency_code) AS placed
    FROM events e JOIN reporting_silences s ON s.id = subject_id AND s.office_code = e.office_code WHERE type = 'situation_report.missing'`,
  )
  t.same(rows[0], { events: 551, subjects: 551, offices: 551, handling: 0, placed: true })
  const told = await api.admin.query(
    `SELECT details->>'offices' AS offices FROM audit_entries WHERE action = 'situation_report.missing' ORDER BY occurred_at`,
  )
  t.same(
    told.rows.map(({ offices: count }) => Number(count)),
    [owing('Asia/Jayapura'), rest],
  )
  await api.chain()

  api.time.now = new Date('2024-11-26T02:00:00Z')
  const item = (await statusAs(api, 'kolaka', 'period=2024-11-25')).items[0]
  t.match(item, { status: 'silent', dueAt: '2024-11-26T00:00:00.000Z' })
  const silence = await api.admin.query(`SELECT silent_since, ended_at FROM reporting_silences WHERE id = $1`, [
    item.silence,
  ])
  t.same(silence.rows[0], { silent_since: new Date('2024-11-26T00:00:00Z'), ended_at: null })
  const late = await api.as('kolaka').post(path, nihil('2024-11-25'))
  t.equal(late.json().timeliness, 'late')
  t.equal((await statusAs(api, 'kolaka', 'period=2024-11-25')).items[0].status, 'late')
  await announce(api, new Date('2024-11-26T02:02:00Z'))
  const ended = await api.admin.query(`SELECT office_code, ended_at FROM reporting_silences WHERE ended_at IS NOT NULL`)
  t.same(ended.rows, [{ office_code: '74.01', ended_at: new Date('2024-11-26T02:00:00Z') }])
})

t.test('after days away a worker tells what it missed, and no more than a month of it', async (t) => {
  const api = await startApi(t)
  t.same(await announce(api, testNow), [await dueWithin(api, day)], 'who never looked begins a day back')
  const before = await counted(api)
  const [missed] = await announce(api, new Date(testNow.getTime() + 4 * day))
  t.same(await counted(api), before + (missed as number))
  const { rows } = await api.admin.query(
    'SELECT kind, count(DISTINCT period)::int AS periods, count(*)::int AS silences FROM reporting_silences GROUP BY kind ORDER BY kind',
  )
  t.same(rows, [
    { kind: 'daily', periods: 6, silences: 552 * 5 },
    { kind: 'weekly', periods: 1, silences: 552 },
  ])
  // The week of 18 November fell due on Monday the 25th at noon; that of the 25th does on 2 December.
  await announce(api, new Date('2025-03-01T00:00:00Z'))
  const oldest = await api.admin.query(
    `SELECT min(silent_since) AS since FROM reporting_silences WHERE silent_since > '2024-12-01Z'`,
  )
  t.ok(oldest.rows[0].since > new Date('2025-01-28T23:50:00Z'), 'of months away, the last 31 days')
  const again = await counted(api)
  t.same(await announce(api, new Date('2025-03-01T00:00:00Z')), [0])
  t.equal(await counted(api), again)
  const stopped = new AbortController()
  stopped.abort()
  const door = openWorkDoor(api.workerUrl, { size: 1, report: () => {} })
  t.equal(await announceSilences({ db: door.db, now: new Date('2025-04-01T00:00:00Z'), signal: stopped.signal }), 0)
  await door.close()
})

async function counted({ admin }: Api): Promise<number> {
  const { rows } = await admin.query(
    `SELECT count(*)::int AS events FROM events WHERE type = 'situation_report.missing'`,
  )
  return rows[0].events
}

/** Deadlines of daily and weekly reports in the time before the moment of the tests, less what still settles. */
async function dueWithin(api: Api, milliseconds: number): Promise<number> {
  const end = testNow.getTime() - 120_000
  let due = 0
  for (const { level, zone } of await officesOf(api)) {
    if (level === 'national') continue
    const local = (date: number, hours: number) => Date.UTC(2024, 10, date, hours - (offsets[zone] as number))
    for (const moment of [local(25, 8), local(26, 8), local(25, 12)])
      if (moment > end - milliseconds && moment <= end) due += 1
  }
  return due
}

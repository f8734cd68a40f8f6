import t from 'tap'
import { submitReportExample } from '../../src/reports/examples.ts'
import { aReport, aReportIn } from '../support/a-report.ts'
import { startApi } from '../support/start-api.ts'

t.test('the report of the guides is stored, classified and given back', async (t) => {
  const { as } = await startApi(t)

  const posted = await as('kendari').post('/v1/reports', submitReportExample)

  t.equal(posted.statusCode, 201)
  const report = posted.json()
  t.equal(posted.headers.location, `/v1/reports/${report.id}`)
  t.equal(posted.headers.etag, `"${report.id}.1"`)
  t.match(report.id, /^[0-9a-f]{8}-[0-9a-f]{4}-7/)
  t.equal(report.number, '74.71/2024/000001')
  t.match(report, { office: '74.71', status: 'submitted', level: 'regency', version: 1 })
  t.match(report.classification, {
    region: { regency: '74.71', province: '74', basis: 'code', timeZone: 'Asia/Makassar', localDate: '2024-11-25' },
    stages: [
      {
        election: 'pilkada-2024',
        stage: 'masa_tenang',
        group: 'masa_tenang',
        contests: ['governor', 'mayor'],
        primary: true,
      },
    ],
    calendarVersion: 1,
    classifiedAt: '2024-11-26T00:00:00.000Z',
    flags: [],
  })
  t.equal(report.classification.stages.length, 1)

  const { occurredAt, obtainedAt, composedAt, ...untouched } = submitReportExample
  for (const [member, value] of Object.entries(untouched)) t.same(report[member], value, `${member} is unchanged`)
  t.equal(Date.parse(report.occurredAt), Date.parse(occurredAt))
  t.equal(report.occurredAt, '2024-11-25T14:30:00.000Z')
  t.equal(report.occurredAtOffset, '+08:00')
  t.equal(Date.parse(report.obtainedAt), Date.parse(obtainedAt))
  t.equal(Date.parse(report.composedAt), Date.parse(composedAt))
  t.equal(report.receivedAt, '2024-11-26T00:00:00.000Z')
  t.equal(report.delaySeconds, 9.5 * 3600)

  const read = await as('kendari').get(`/v1/reports/${report.id}`)
  t.equal(read.statusCode, 200)
  t.equal(read.body, posted.body, 'reading gives the very same answer')
  const cached = await as('kendari').get(`/v1/reports/${report.id}`, {
    headers: { 'if-none-match': String(read.headers.etag) },
  })
  t.equal(cached.statusCode, 304)
  t.equal(cached.body, '')
})

t.test('what is left out has its default, and unknown stays unknown', async (t) => {
  const { as } = await startApi(t)
  const least = {
    product: 'information',
    athg: 'threat',
    domain: 'security',
    incidentType: 'lainnya',
    phase: 'potential',
    severity: 'low',
    subject: 'Kabar',
    facts: 'Dua puluh huruf pas..',
    occurredAt: '2024-11-25T22:30:00Z',
    location: { regionCode: '74.71.01' },
    source: { kind: 'other' },
  }
  const report = (await as('kendari').post('/v1/reports', least)).json()
  t.match(report, {
    clientReference: null,
    exercise: false,
    athgNotes: null,
    urgency: 'routine',
    handling: 'restricted',
    analysis: null,
    prediction: null,
    actionsTaken: null,
    recommendation: null,
    occurredAtPrecision: 'exact',
    occurredAtOffset: '+00:00',
    obtainedAt: null,
    composedAt: null,
    location: { regionCode: '74.71.01', place: null, coordinates: null },
    source: { kind: 'other', method: null, reliability: 'F', credibility: 6 },
    actors: null,
    impact: null,
  })
  t.equal(report.classification.region.regency, '74.71', 'a district belongs to its regency')
  const partly = (await as('kendari').post('/v1/reports', { ...least, impact: { deaths: 0 } })).json()
  t.same(partly.impact, {
    deaths: 0,
    seriouslyInjured: null,
    lightlyInjured: null,
    missing: null,
    displaced: null,
    lossIdr: null,
  })
})

t.test('texts come back as sent, in NFC', async (t) => {
  const { as } = await startApi(t)
  const facts = 'Kafe\u0301 "Ungu" \\ <b>&amp;</b> baris\nkedua\tdan 🙂 ꦲꦤꦕꦫꦏ, \u2028 tamat.'
  const posted = await as('kendari').post('/v1/reports', aReport({ facts, subject: "O'Brien; DROP TABLE reports --" }))
  t.equal(posted.statusCode, 201)
  t.equal(posted.json().facts, facts.normalize('NFC'))
  t.equal(posted.json().subject, "O'Brien; DROP TABLE reports --")
})

t.test('the region decides the day: half past midnight in Papua is voting day there', async (t) => {
  const { as, time } = await startApi(t)
  time.now = new Date('2024-11-26T16:00:00Z')
  const papua = await as('jayapura').post(
    '/v1/reports',
    aReportIn('91.71', { occurredAt: '2024-11-27T00:30:00+09:00' }),
  )
  t.match(papua.json().classification, { region: { localDate: '2024-11-27', timeZone: 'Asia/Jayapura' } })
  t.match(papua.json().classification.stages[0], { stage: 'pemungutan_suara', primary: true })
})

t.test('outside every stage is an answer too, and lateness is a flag, never a refusal', async (t) => {
  const { as, time } = await startApi(t)
  time.now = new Date('2025-01-20T00:00:00Z')
  const late = await as('kendari').post('/v1/reports', aReport({ occurredAt: '2025-01-15T09:00:00+08:00' }))
  t.equal(late.statusCode, 201)
  t.same(late.json().classification.stages, [])
  t.same(late.json().classification.flags, ['late'])
  const early = await as('kendari').post('/v1/reports', aReport({ occurredAt: '2025-01-25T09:00:00+08:00' }))
  t.same(early.json().classification.flags, ['occurred_in_future'])
  t.equal(early.json().delaySeconds, 0)
  t.equal(early.json().number, '74.71/2025/000002', 'numbers count by year of receipt')
})

t.test('the year of a number is that of the office, not of UTC', async (t) => {
  const { as, time } = await startApi(t)
  time.now = new Date('2024-12-31T16:30:00Z')
  t.equal((await as('kendari').post('/v1/reports', aReport())).json().number, '74.71/2025/000001')
})

t.test('an office posts about its own region and below', async (t) => {
  const { as } = await startApi(t)
  const allowed = [
    ['kendari', '74.71', '74.71'],
    ['kendari', '74.71.01', '74.71'],
    ['sultra', '74', null],
    ['sultra', '74.71', '74.71'],
    ['sultra', '74.01.01', '74.01'],
    ['nation', '00', null],
    ['nation', '91.71', '91.71'],
  ] as const
  for (const [name, region, regency] of allowed) {
    const posted = await as(name).post('/v1/reports', aReportIn(region))
    t.equal(posted.statusCode, 201, `${name} about ${region}`)
    t.equal(posted.json().classification.region.regency, regency)
  }
  const refused = [
    ['kendari', '74.01'],
    ['kendari', '74'],
    ['kendari', '00'],
    ['sultra', '73.71'],
    ['sultra', '00'],
  ] as const
  for (const [name, region] of refused) {
    const posted = await as(name).post('/v1/reports', aReportIn(region))
    t.equal(posted.statusCode, 422, `${name} about ${region}`)
    t.match(posted.json(), {
      code: 'body_invalid',
      errors: [{ pointer: '/location/regionCode', code: 'region_outside_office' }],
    })
  }
})

t.test('every fault is named at once, in the language asked for, and nothing is written', async (t) => {
  const { as, admin } = await startApi(t)
  const bad = {
    ...aReportIn('99.99', { handling: 'top_secret', incidentType: 'tidak_ada', athgNotes: { disruption: 'itself' } }),
  }
  const posted = await as('kendari').post('/v1/reports', bad, { headers: { 'accept-language': 'en' } })
  t.equal(posted.statusCode, 422)
  t.equal(posted.headers['content-type'], 'application/problem+json; charset=utf-8')
  t.same(
    posted.json().errors.map(({ pointer, code }: { pointer: string; code: string }) => [pointer, code]),
    [
      ['/location/regionCode', 'region_unknown'],
      ['/incidentType', 'incident_type_unknown'],
      ['/handling', 'handling_above_clearance'],
      ['/athgNotes/disruption', 'not_allowed'],
    ],
  )
  const shape = await as('kendari').post('/v1/reports', {
    ...aReport(),
    athg: 'war',
    severty: 'high',
    occurredAt: '2024-02-30T10:00:00',
  })
  t.same(
    shape
      .json()
      .errors.map(({ pointer, code }: { pointer: string; code: string }) => [pointer, code])
      .sort(),
    [
      ['/athg', 'not_allowed'],
      ['/occurredAt', 'timestamp_invalid'],
      ['/severty', 'unknown_member'],
    ],
  )
  const both = await as('kendari').post('/v1/reports', { ...bad, athg: 'war', subject: '' })
  t.same(
    both.json().errors.map(({ pointer, code }: { pointer: string; code: string }) => [pointer, code]),
    [
      ['/athg', 'not_allowed'],
      ['/subject', 'too_short'],
      ['/location/regionCode', 'region_unknown'],
      ['/incidentType', 'incident_type_unknown'],
      ['/handling', 'handling_above_clearance'],
    ],
    'what is wrong with the shape and what is wrong with the content, together',
  )
  const { rows } =
    await admin.query(`SELECT (SELECT count(*)::int FROM reports) AS reports, (SELECT count(*)::int FROM events) AS events,
    (SELECT count(*)::int FROM report_registers) AS registers, (SELECT count(*)::int FROM idempotency_keys) AS keys`)
  t.same(rows[0], { reports: 0, events: 0, registers: 0, keys: 0 })
})

t.test('fifty parallel posts with one reference leave one report, one event and no gap', async (t) => {
  const { as, admin } = await startApi(t)
  const body = aReport({ clientReference: 'kdi-50' })
  const answers = await Promise.all(Array.from({ length: 50 }, () => as('kendari').post('/v1/reports', body)))
  t.same([...new Set(answers.map(({ statusCode }) => statusCode))], [201])
  t.equal(new Set(answers.map(({ body: answer }) => answer)).size, 1, 'all get the same answer')
  t.equal(answers.filter(({ headers }) => headers['idempotent-replayed'] === 'true').length, 49)
  const { rows } = await admin.query(
    'SELECT (SELECT count(*)::int FROM reports) AS reports, (SELECT count(*)::int FROM events) AS events',
  )
  t.same(rows[0], { reports: 1, events: 1 })
  t.equal((await as('kendari').post('/v1/reports', aReport())).json().number, '74.71/2024/000002')
})

t.test('numbers have no gaps for each office and year, with refusals and conflicts in between', async (t) => {
  const { as, admin } = await startApi(t)
  const posts = Array.from({ length: 60 }, (_, index) => {
    const name = index % 2 === 0 ? 'kendari' : 'sultra'
    if (index % 5 === 0) return as(name).post('/v1/reports', aReportIn('74.71', { handling: 'top_secret' }))
    if (index % 7 === 0)
      return as(name).post(
        '/v1/reports',
        aReportIn('74.71', { clientReference: 'same', severity: index % 3 ? 'low' : 'high' }),
      )
    return as(name).post('/v1/reports', aReportIn('74.71'))
  })
  await Promise.all(posts)
  const { rows } = await admin.query(`SELECT office_code, count(*)::int, max(register_number), min(register_number)
    FROM reports GROUP BY office_code ORDER BY 1`)
  t.equal(rows.length, 2)
  for (const row of rows) t.match(row, { max: row.count, min: 1 }, row.office_code)
})

t.test('a reference or key with other content is a conflict that names the report', async (t) => {
  const { as } = await startApi(t)
  const key = { headers: { 'idempotency-key': 'k-0123456789-abcdef' } }
  const first = (await as('kendari').post('/v1/reports', aReport({ clientReference: 'ref-1' }), key)).json()

  const other = await as('kendari').post('/v1/reports', aReport({ clientReference: 'ref-1', severity: 'critical' }))
  t.equal(other.statusCode, 409)
  t.match(other.json(), { code: 'reference_conflict', existingId: first.id })
  const otherKey = await as('kendari').post('/v1/reports', aReport(), key)
  t.match(otherKey.json(), { status: 409, code: 'idempotency_conflict', existingId: first.id })

  const again = await as('kendari').post('/v1/reports', aReport({ clientReference: 'ref-1' }), key)
  t.equal(again.json().id, first.id)
  const reordered = Object.fromEntries(Object.entries(aReport({ clientReference: 'ref-1' })).reverse())
  t.equal(
    (await as('kendari').post('/v1/reports', reordered)).json().id,
    first.id,
    'the order of members does not matter',
  )
  const elsewhere = await as('sultra').post('/v1/reports', aReportIn('74.71', { clientReference: 'ref-1' }), key)
  t.equal(elsewhere.statusCode, 201, 'keys belong to one office')
  t.not(elsewhere.json().id, first.id)
})

t.test('a header key lasts 30 days, a reference for ever', async (t) => {
  const { as, time } = await startApi(t)
  const key = { headers: { 'idempotency-key': 'k-0123456789-abcdef' } }
  const keyed = (await as('kendari').post('/v1/reports', aReport(), key)).json()
  const referred = (await as('kendari').post('/v1/reports', aReport({ clientReference: 'ref-1' }))).json()
  time.now = new Date(time.now.getTime() + 29 * 86_400_000)
  t.equal((await as('kendari').post('/v1/reports', aReport(), key)).json().id, keyed.id)
  time.now = new Date(time.now.getTime() + 2 * 86_400_000)
  t.not((await as('kendari').post('/v1/reports', aReport(), key)).json().id, keyed.id)
  t.equal((await as('kendari').post('/v1/reports', aReport({ clientReference: 'ref-1' }))).json().id, referred.id)
})

t.test('the event commits with the report', async (t) => {
  const { as, admin } = await startApi(t)
  const { id } = (await as('sultra').post('/v1/reports', aReportIn('74.71'))).json()
  const { rows } = await admin.query('SELECT * FROM events')
  t.equal(rows.length, 1)
  t.match(rows[0], {
    type: 'report.submitted',
    subject_id: id,
    subject_version: 1,
    sequence: null,
    office_code: '74',
    province_code: '74',
    regency_code: '74.71',
    handling: 1,
    client_id: 'sultra',
    actor: 'official-of-sultra',
  })
})

t.test('a report above the clearance is in the way without being named', async (t) => {
  const { as } = await startApi(t)
  const key = { headers: { 'idempotency-key': 'k-0123456789-abcdef' } }
  const secret = aReport({ clientReference: 'sec-1', handling: 'secret' })
  const { id } = (await as('kendariSecret').post('/v1/reports', secret, key)).json()
  t.ok(id)
  const answers = [
    await as('kendari').post('/v1/reports', aReport({ clientReference: 'sec-1' })),
    await as('kendari').post('/v1/reports', aReport(), key),
  ]
  for (const answer of answers) {
    t.equal(answer.statusCode, 409)
    t.notOk('existingId' in answer.json())
    const { instance: _request, ...problem } = answer.json()
    t.notOk(JSON.stringify(problem).includes(id), 'nor is its id anywhere in the words')
  }
})

t.test('a reference and a key must agree, and a new one beside a known one is remembered', async (t) => {
  const { as } = await startApi(t)
  const key = (name: string) => ({ headers: { 'idempotency-key': `key-0123456789-${name}` } })
  const a = aReport({ clientReference: 'a' })
  const first = (await as('kendari').post('/v1/reports', a)).json()
  const second = (await as('kendari').post('/v1/reports', aReport({ severity: 'low' }), key('b'))).json()
  t.match((await as('kendari').post('/v1/reports', a, key('b'))).json(), { status: 409, existingId: second.id })
  t.equal((await as('kendari').post('/v1/reports', a, key('new'))).json().id, first.id)
  t.match((await as('kendari').post('/v1/reports', aReport(), key('new'))).json(), {
    status: 409,
    code: 'idempotency_conflict',
    existingId: first.id,
  })
  const many = await Promise.all(
    Array.from({ length: 40 }, (_, index) =>
      as('kendari').post('/v1/reports', aReport({ clientReference: 'both' }), key(`c${index % 4}`)),
    ),
  )
  t.equal(new Set(many.map((answer) => answer.json().id)).size, 1)
  t.same([...new Set(many.map(({ statusCode }) => statusCode))], [201])
})

t.test('a slip of the hand in the year is kept as it was sent, and the day with it', async (t) => {
  const { as } = await startApi(t)
  const days: [string, string][] = [
    ['0024-11-25T22:30:00+08:00', '0024-11-25'],
    ['0099-05-05T01:01:01Z', '0099-05-05'],
    ['0001-01-02T00:00:00Z', '0001-01-02'],
    ['1900-01-01T00:00:00Z', '1900-01-01'],
    ['9999-12-30T10:00:00Z', '9999-12-30'],
  ]
  for (const [occurredAt, localDate] of days) {
    const posted = await as('kendari').post('/v1/reports', aReport({ occurredAt }))
    t.equal(posted.statusCode, 201, occurredAt)
    t.equal(posted.json().classification.region.localDate, localDate)
    t.equal(Date.parse(posted.json().occurredAt), Date.parse(occurredAt))
    t.same(posted.json().classification.stages, [])
  }
  for (const occurredAt of ['9999-12-31T16:00:00Z', '0001-01-01T00:00:00Z', '0000-11-25T22:30:00+08:00']) {
    const posted = await as('kendari').post('/v1/reports', aReport({ occurredAt }))
    t.match(posted.json(), { status: 422, errors: [{ pointer: '/occurredAt', code: 'timestamp_invalid' }] }, occurredAt)
  }
})

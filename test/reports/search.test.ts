import fc from 'fast-check'
import t from 'tap'
import { reportFilters } from '../../src/reports/filter-schemas.ts'
import { searchedWords } from '../../src/reports/search-words.ts'
import { aReportIn } from '../support/a-report.ts'
import type { CallerName } from '../support/callers.ts'
import { type Api, startApi } from '../support/start-api.ts'

type Item = Record<string, unknown> & {
  id: string
  highlights: Record<string, { text: string; match: boolean }[][]>
}

async function list(api: Api, name: CallerName, query: Record<string, string>): Promise<Item[]> {
  const answer = await api.as(name).get(`/v1/reports?${new URLSearchParams({ limit: '200', ...query })}`)
  if (answer.statusCode !== 200) throw new Error(answer.body)
  return answer.json().items
}

async function post(api: Api, name: CallerName, region: string, changes: Record<string, unknown>): Promise<string> {
  const answer = await api.as(name).post('/v1/reports', aReportIn(region, changes))
  if (answer.statusCode !== 201) throw new Error(answer.body)
  api.time.now = new Date(api.time.now.getTime() + 60_000)
  return answer.json().id
}

const quiet = { facts: 'Tidak terjadi apa pun sepanjang hari itu.', ...nothingElse() }
function nothingElse() {
  return { analysis: null, prediction: null, actionsTaken: null, recommendation: null }
}
const references = (items: Item[]) => items.map(({ clientReference }) => String(clientReference))
const found = async (api: Api, name: CallerName, query: Record<string, string>) =>
  references(await list(api, name, query)).sort()

/** Reports of several places, kinds and words. */
async function seed(api: Api) {
  api.time.now = new Date('2025-09-30T00:00:00Z')
  const place = (regionCode: string, coordinates: number[] | null = null) => ({
    location: { regionCode, place: 'Jl. Abdullah Silondae', coordinates },
  })
  const reports: [CallerName, string, Record<string, unknown>][] = [
    [
      'kendari',
      '74.71',
      { clientReference: 'torn', subject: 'Perusakan baliho di Mandonga', ...place('74.71', [122.5, -3.97]) },
    ],
    ['kendari', '74.71', { clientReference: 'money', subject: 'Politik uang menjelang pemungutan', severity: 'high' }],
    [
      'kolaka',
      '74.01',
      {
        clientReference: 'crowd',
        subject: 'Kerumunan warga',
        facts: 'Warga berkumpul dan baliho roboh karena angin.',
        severity: 'critical',
        athg: 'threat',
        athgNotes: null,
      },
    ],
    [
      'sultra',
      '74.71',
      {
        clientReference: 'province',
        subject: 'Café dibakar massa',
        analysis: 'Baliho tidak disentuh.',
        ...place('74.71', [122.6, -4.1]),
      },
    ],
    [
      'denpasar',
      '51.71',
      {
        clientReference: 'bali',
        subject: 'Baliho raksasa roboh',
        occurredAt: '2024-02-14T12:00:00+08:00',
        ...place('51.71', [115.2, -8.65]),
      },
    ],
    [
      'kendariSecret',
      '74.71',
      { clientReference: 'secret', subject: 'Rencana penyusupan rahasia', handling: 'secret' },
    ],
    [
      'nation',
      '00',
      {
        clientReference: 'national',
        subject: 'Ancaman siber nasional',
        incidentType: 'hoaks_disinformasi',
        exercise: true,
      },
    ],
  ]
  for (const [name, region, changes] of reports) await post(api, name, region, { ...quiet, ...changes })
}

t.test('words are found in any form, in any order, by phrase and without others', async (t) => {
  const api = await startApi(t)
  await seed(api)
  const expected: Record<string, string[]> = {
    baliho: ['bali', 'crowd', 'province', 'torn'],
    BALIHO: ['bali', 'crowd', 'province', 'torn'],
    'mandonga perusakan': ['torn'],
    'membakar massa': ['province'],
    'baliho yang roboh': ['bali', 'crowd'],
    '"baliho roboh"': ['crowd'],
    '"roboh baliho"': [],
    'baliho -roboh': ['province', 'torn'],
    'baliho -"baliho roboh"': ['bali', 'province', 'torn'],
    'siber or raksasa': ['bali', 'national'],
    'siber atau raksasa': ['bali', 'national'],
    cafe: ['province'],
    Café: ['province'],
    'cafè dibakar': ['province'],
    silondae: ['bali', 'province', 'torn'],
    'baliho tidakada': [],
    yang: [],
    'tidak terjadi': ['bali', 'money', 'national', 'province', 'secret', 'torn'],
  }
  for (const [q, references] of Object.entries(expected)) {
    t.same(await found(api, 'nation', { q, sort: '-occurredAt' }), references, q)
    t.same(await found(api, 'nation', { q }), references, `${q} by relevance`)
  }
})

t.test('any text is understood', async (t) => {
  const api = await startApi(t)
  await seed(api)
  const odd = [
    '"',
    '""a',
    "'a",
    "a'';--",
    'a & b | !c',
    '(a',
    'a)',
    ':*',
    'a:*',
    '\\a',
    '-',
    '--a',
    '-"a',
    '"a" "b',
    'a<->b',
    '<a>',
    '%aa',
    '$1 aa',
    'or',
    'atau atau',
    'or a',
    'a or',
    '-a -b',
    '🙂a',
    'ﷺ',
    'https://a.b/c?d=e',
    'a@b.cd',
    'a-b-c',
    '日本',
    'ا'.repeat(3),
    'a'.repeat(200),
  ]
  const words = fc
    .array(
      fc.constantFrom(
        '"',
        '-',
        'or',
        'baliho',
        'yang',
        '&',
        '|',
        '!',
        '(',
        ')',
        ':',
        '*',
        '<->',
        '\\',
        "'",
        '$$',
        '%L',
        ' ',
        'É',
        '🙂',
        '.',
        '/',
        '@',
      ),
      { minLength: 1, maxLength: 20 },
    )
    .map((list) => list.join(''))
  const texts = fc.oneof(words, fc.string({ unit: 'grapheme', minLength: 2, maxLength: 60 }))
  const answers: number[] = []
  const ask = async (q: string) => {
    for (const path of ['/v1/reports', '/v1/reports?sort=-severity', '/v1/statistics/counts?groupBy=athg']) {
      const url = new URL(path, 'http://localhost')
      url.searchParams.set('q', q)
      const { statusCode, body } = await api.as('nation').get(`${url.pathname}${url.search}`)
      answers.push(statusCode)
      if (statusCode === 400) t.match(JSON.parse(body), { errors: [{ parameter: 'q' }] }, q)
      else if (statusCode !== 200) throw new Error(`${q}: ${body}`)
    }
  }
  for (const q of odd) await ask(q)
  await fc.assert(fc.asyncProperty(texts, ask), { numRuns: 60 })
  t.ok(answers.includes(200) && answers.includes(400))
  t.equal(searchedWords('yang di "ke dari" dari'), '"ke dari"')
  t.equal(searchedWords('yang di'), 'yang di', 'unless nothing else is left')
  t.equal(searchedWords('yang -baliho'), 'yang -baliho')
  t.equal(searchedWords('baliho atau spanduk'), 'baliho or spanduk')
})

t.test('what cannot be meant is refused by name', async (t) => {
  const api = await startApi(t)
  const refused: [Record<string, string>, string, string][] = [
    [{ q: 'a' }, 'q', 'too_short'],
    [{ q: '""' }, 'q', 'too_short'],
    [{ q: 'a'.repeat(201) }, 'q', 'too_long'],
    [{ q: 'a\u0000b' }, 'q', 'text_invalid'],
    [{ sort: 'relevance' }, 'sort', 'not_allowed'],
    [{ sort: '-relevance', q: 'baliho' }, 'sort', 'not_allowed'],
    [{ q: 'baliho', region: '99' }, 'region', 'region_unknown'],
    [{ q: 'baliho', stage: 'kampanyee' }, 'stage', 'stage_unknown'],
    [{ bbox: '1,2,3' }, 'bbox', 'format_invalid'],
    [{ bbox: '1,2,3,x' }, 'bbox', 'format_invalid'],
    [{ bbox: '1,2,3,1e1' }, 'bbox', 'format_invalid'],
    [{ bbox: '-181,2,3,4' }, 'bbox', 'too_small'],
    [{ bbox: '1,2,3,91' }, 'bbox', 'too_large'],
    [{ bbox: '123,-4,122,-3' }, 'bbox', 'range_reversed'],
    [{ bbox: '122,-3,123,-4' }, 'bbox', 'range_reversed'],
    [{ hasCoordinates: '1' }, 'hasCoordinates', 'not_allowed'],
  ]
  for (const [query, parameter, code] of refused) {
    const answer = await api.as('nation').get(`/v1/reports?${new URLSearchParams(query)}`)
    t.equal(answer.statusCode, 400, JSON.stringify(query).slice(0, 60))
    t.match(answer.json(), { code: 'parameter_invalid', errors: [{ parameter, code }] })
  }
})

t.test('a search sees what its caller sees, and nothing tells of the rest', async (t) => {
  const api = await startApi(t)
  await seed(api)
  const seen = {
    kendari: ['province', 'torn'],
    kendariOrdinary: [],
    kolaka: ['crowd'],
    sultra: ['crowd', 'province', 'torn'],
    bali: ['bali'],
    jayapura: [],
    analyst: ['bali', 'crowd', 'province', 'torn'],
  } satisfies Partial<Record<CallerName, string[]>>
  for (const [name, expected] of Object.entries(seen)) {
    t.same(await found(api, name as CallerName, { q: 'baliho' }), expected, name)
    t.same(await found(api, name as CallerName, { q: 'baliho', sort: 'receivedAt' }), expected, name)
  }
  const asks = [
    '/v1/reports?q=penyusupan',
    '/v1/reports?q=penyusupan&sort=severity',
    '/v1/statistics/counts?groupBy=athg&q=penyusupan',
  ]
  for (const name of ['kendari', 'sultra', 'bali', 'analyst', 'kolaka'] as const) {
    for (const url of asks) {
      const secret = await api.as(name).get(url)
      const nowhere = await api.as(name).get(url.replace('penyusupan', 'takadasamasekali'))
      const { at: _at, ...body } = secret.json()
      const { at: _other, ...nothing } = nowhere.json()
      t.same(body, nothing, `${name} ${url}`)
      t.equal(secret.headers.link, nowhere.headers.link)
    }
  }
  for (const name of ['kendariSecret', 'sultraTopSecret', 'nation'] as const)
    t.same(await found(api, name, { q: 'penyusupan' }), ['secret'], name)
})

t.test('the functions of the search give nothing outside of a scope, and no scope but the own', async (t) => {
  const api = await startApi(t)
  await seed(api)
  const calls = [
    `SELECT id FROM search_reports('baliho or penyusupan', '{}')`,
    `SELECT id FROM rank_reports('baliho or penyusupan', '{}', NULL, 10)`,
  ]
  const client = await api.admin.connect()
  const as = async (settings: Record<string, string>, query: string) => {
    await client.query('BEGIN')
    for (const [name, value] of Object.entries(settings))
      await client.query('SELECT set_config($1, $2, true)', [name, value])
    try {
      return (await client.query(query)).rowCount
    } catch (error) {
      return (error as { code: string }).code
    } finally {
      await client.query('ROLLBACK')
    }
  }
  for (const call of calls) {
    t.equal(await as({}, call), 0, 'no role')
    t.equal(await as({ role: 'waspada_service' }, call), '42501', 'the login outside of a scope')
    t.equal(
      await as({ role: 'waspada_agency', 'waspada.region': '00', 'waspada.clearance': '3' }, call),
      '42501',
      'an agency',
    )
    t.equal(
      await as({ role: 'waspada_worker', 'waspada.region': '00', 'waspada.clearance': '3' }, call),
      '42501',
      'the worker',
    )
    t.equal(await as({ role: 'waspada_national' }, call), 0, 'no settings')
    t.equal(
      await as({ role: 'waspada_national', 'waspada.region': '', 'waspada.clearance': '3' }, call),
      0,
      'no region',
    )
    t.equal(
      await as({ role: 'waspada_national', 'waspada.region': '00', 'waspada.clearance': '' }, call),
      0,
      'no clearance',
    )
    t.equal(await as({ role: 'waspada_national', 'waspada.region': '00', 'waspada.clearance': '3' }, call), 5)
    t.equal(await as({ role: 'waspada_national', 'waspada.region': '00', 'waspada.clearance': '1' }, call), 4)
    t.equal(await as({ role: 'waspada_regency', 'waspada.region': '74.01', 'waspada.clearance': '3' }, call), 1)
    t.equal(
      await as({ role: 'waspada_regency', 'waspada.region': "74.01' OR true --", 'waspada.clearance': '3' }, call),
      0,
    )
  }
  const national = { role: 'waspada_national', 'waspada.region': '00', 'waspada.clearance': '1' }
  t.equal(
    await as(national, `SELECT id FROM search_reports('baliho', '{"athg": ["x'' OR true --"]}')`),
    0,
    'values are no SQL',
  )
  t.equal(
    await as(national, `SELECT id FROM search_reports('baliho', '{"handling": 3}')`),
    '22023',
    'an unknown filter',
  )
  t.equal(await as(national, `SELECT search_condition('a', '{}')`), '42501')
  client.release()
})

t.test('every filter beside q gives what it gives alone', async (t) => {
  const api = await startApi(t)
  await seed(api)
  const asked: Record<string, Record<string, string>> = {
    region: { region: '74.71' },
    election: { election: 'pilkada-2024' },
    stage: { stage: 'masa_tenang,none' },
    anyStage: { anyStage: 'true', stage: 'masa_tenang,kampanye', election: 'pilkada-2024,pemilu-2024' },
    athg: { athg: 'threat,obstacle' },
    domain: { domain: 'politics' },
    incidentType: { incidentType: 'hoaks_disinformasi' },
    phase: { phase: 'actual' },
    severity: { severity: 'high,critical' },
    status: { status: 'submitted' },
    level: { level: 'regency,national' },
    overdue: { overdue: 'false' },
    counted: { counted: 'true' },
    exercise: { exercise: 'true' },
    occurredFrom: { occurredFrom: '2024-03-01T00:00:00Z' },
    occurredTo: { occurredTo: '2024-03-01T00:00:00Z' },
    receivedFrom: { receivedFrom: '2025-09-30T00:02:00Z' },
    receivedTo: { receivedTo: '2025-09-30T00:02:00Z' },
    dateFrom: { dateFrom: '2024-02-15' },
    dateTo: { dateTo: '2024-02-14' },
    q: { q: 'baliho' },
    bbox: { bbox: '122.4,-4,122.55,-3.9' },
    hasCoordinates: { hasCoordinates: 'true' },
  }
  t.same(Object.keys(asked).sort(), Object.keys(reportFilters).sort(), 'no filter is left out')
  const everywhere = 'baliho or uang or siber or rahasia'
  const extra: Record<string, string>[] = [
    { stage: 'none' },
    { overdue: 'true' },
    { hasCoordinates: 'false' },
    { region: '74' },
    { region: '00' },
    { severity: 'critical' },
    { stage: 'masa_tenang' },
    { anyStage: 'true', election: 'pilkada-2024' },
    { anyStage: 'true', stage: 'none' },
  ]
  for (const query of [...Object.values(asked), ...extra]) {
    const plain = 'q' in query ? await found(api, 'nation', { q: 'baliho' }) : await found(api, 'nation', query)
    t.same(await found(api, 'nation', { q: everywhere, sort: '-occurredAt', ...query }), plain, JSON.stringify(query))
    t.same(await found(api, 'nation', { q: everywhere, ...query }), plain, `${JSON.stringify(query)} by relevance`)
    const counted = await api
      .as('nation')
      .get(`/v1/statistics/counts?${new URLSearchParams({ q: everywhere, groupBy: 'athg', ...query })}`)
    if (!('counted' in query || 'exercise' in query))
      t.equal(
        counted.json().total,
        plain.filter((name) => name !== 'national').length,
        `counts ${JSON.stringify(query)}`,
      )
  }
  const pairs = fc.tuple(fc.constantFrom(...Object.values(asked)), fc.constantFrom(...Object.values(asked)))
  await fc.assert(
    fc.asyncProperty(pairs, async ([one, other]) => {
      const { q = everywhere, ...query } = { ...one, ...other }
      const reversed =
        (query.occurredFrom && query.occurredTo) ||
        (query.receivedFrom && query.receivedTo) ||
        (query.dateFrom && query.dateTo)
      if (reversed) return
      const words = await found(api, 'nation', { q })
      const plain = (await found(api, 'nation', query)).filter((name) => words.includes(name))
      t.same(await found(api, 'nation', { q, sort: 'severity', ...query }), plain)
    }),
    { numRuns: 40 },
  )
  t.same(await found(api, 'kendari', { bbox: '95,-11,141,6' }), ['province', 'torn'], 'a box never widens')
  t.same(await found(api, 'nation', { bbox: '122.5,-3.97,122.6,-3.9' }), ['torn'], 'the edges belong to it')
})

t.test('by relevance: the subject before the facts before the rest, and the highlights say where', async (t) => {
  const api = await startApi(t)
  await seed(api)
  const items = await list(api, 'nation', { q: 'baliho', fields: 'clientReference' })
  t.same(references(items).slice(2), ['crowd', 'province'])
  t.same(new Set(references(items).slice(0, 2)), new Set(['bali', 'torn']))
  const [crowd] = items.filter(({ clientReference }) => clientReference === 'crowd')
  t.same(Object.keys(crowd ?? {}), ['id', 'clientReference', 'highlights'])
  t.same(crowd?.highlights, {
    facts: [
      [
        { text: 'Warga berkumpul dan ', match: false },
        { text: 'baliho', match: true },
        { text: ' roboh karena angin', match: false },
      ],
    ],
  })
  const odd = '<b>Spanduk</b> & "baliho" \u0001'.replace('\u0001', '</b>')
  await post(api, 'kendari', '74.71', {
    ...quiet,
    clientReference: 'odd',
    subject: odd,
    recommendation: `Turunkan spanduk. ${'Lalu tunggu. '.repeat(1500)} Spanduk lain menyusul.`,
  })
  const [marked] = await list(api, 'nation', { q: 'spanduk -tidakada', sort: '-occurredAt' })
  t.equal(
    marked?.highlights.subject
      ?.flat()
      .map(({ text }) => text)
      .join(''),
    odd,
    'text is text',
  )
  t.same(
    marked?.highlights.subject?.flat().filter(({ match }) => match),
    [{ text: 'Spanduk', match: true }],
  )
  t.equal(marked?.highlights.recommendation?.length, 2, 'two snippets of a long narrative')
  t.notOk('highlights' in ((await list(api, 'nation', {}))[0] ?? {}))
  const [both] = await list(api, 'nation', { q: 'kerumunan angin' })
  t.same(Object.keys(both?.highlights ?? {}), ['subject', 'facts'], 'a member need not hold all the words')
})

t.test('a walk loses and repeats nothing, whatever the order, while others post', async (t) => {
  const api = await startApi(t)
  await seed(api)
  for (let n = 0; n < 6; n += 1)
    await post(api, 'kendari', '74.71', { ...quiet, subject: 'Baliho yang sama', severity: n % 2 ? 'low' : 'critical' })
  for (const sort of ['relevance', '-severity', 'severity', '-occurredAt', 'occurredAt', '-receivedAt', 'receivedAt']) {
    for (const q of sort === 'relevance' ? ['baliho'] : ['baliho', '']) {
      const asked = { sort, ...(q !== '' && { q }) }
      const before = await list(api, 'nation', asked)
      const walked: Item[] = []
      let url: string | null = `/v1/reports?${new URLSearchParams({ ...asked, limit: '3' })}`
      while (url !== null) {
        const answer = await api.as('nation').get(url)
        walked.push(...answer.json().items)
        url = /^<([^>]+)>; rel="next"$/.exec(String(answer.headers.link ?? ''))?.[1] ?? null
        await post(api, 'denpasar', '51.71', { ...quiet, subject: 'Baliho baliho', severity: 'high' })
      }
      const known = new Set(before.map(({ id }) => id))
      t.same(
        walked.filter(({ id }) => known.has(id)).map(({ id }) => id),
        before.map(({ id }) => id),
        `${sort} ${q}`,
      )
      t.equal(new Set(walked.map(({ id }) => id)).size, walked.length, 'none twice')
    }
  }
  const ranks = ['low', 'moderate', 'high', 'critical']
  const severe = (await list(api, 'nation', { sort: '-severity' })).map(
    ({ severity, occurredAt, id }) => `${ranks.indexOf(String(severity))} ${occurredAt} ${id}`,
  )
  t.same(severe, [...severe].sort().reverse(), 'most severe first, then newest, then by id')
  const { next } = (await api.as('sultra').get('/v1/reports?limit=1&q=baliho')).json()
  for (const [name, query] of [
    ['sultra', 'q=roboh'],
    ['sultra', 'q=baliho&sort=severity'],
    ['sultraTopSecret', 'q=baliho'],
    ['sultra', 'q=baliho&bbox=1,2,3,4'],
  ] as const)
    t.match((await api.as(name).get(`/v1/reports?limit=1&${query}&cursor=${next}`)).json(), { code: 'cursor_invalid' })
})

t.test('secret hits are told to the audit, each page what it shows; through the glass too', async (t) => {
  const api = await startApi(t)
  await seed(api)
  const told = async () =>
    (
      await api.admin.query(
        `SELECT client_id, resource_id, break_glass_id IS NOT NULL AS glass FROM audit_entries WHERE action = 'report.read' ORDER BY occurred_at, client_id`,
      )
    ).rows
  const [secret] = await list(api, 'kendariSecret', { q: 'penyusupan' })
  t.same(await told(), [{ client_id: 'kendari-secret', resource_id: secret?.id, glass: false }])
  await list(api, 'kendariSecret', { q: 'baliho' })
  await list(api, 'kendari', { q: 'penyusupan' })
  t.equal((await told()).length, 1, 'nothing secret was shown')
  const opened = await api
    .as('analyst')
    .post('/v1/access/break-glass', { reason: 'Menelusuri rencana penyusupan di Kendari.', clearance: 'secret' })
  t.equal(opened.statusCode, 201, opened.body)
  const headers = { 'break-glass': opened.json().id }
  t.same((await api.as('analyst').get('/v1/reports?q=penyusupan')).json().items, [])
  const through = (await api.as('analyst').get('/v1/reports?q=penyusupan', { headers })).json().items
  t.same(
    through.map(({ id }: Item) => id),
    [secret?.id],
  )
  t.ok(through[0].highlights.subject)
  t.same((await told()).map(({ glass }) => glass).sort(), [false, true])
  t.equal((await api.admin.query('SELECT FROM break_glass_reads')).rowCount, 1)
})

t.test('the largest reports that are legal are stored and found by their last word', async (t) => {
  const api = await startApi(t)
  const letters = Array.from({ length: 20_000 }, (_, n) => String.fromCodePoint(0x4e00 + n))
  const narratives = {
    'words of one letter': [0, 1, 2, 3, 4].map((part) =>
      letters
        .slice(part * 4_000, part * 4_000 + 10_000)
        .join(' ')
        .slice(0, 19_990),
    ),
    compounds: [0, 1, 2, 3, 4].map((part) =>
      letters
        .slice(part * 4_000, part * 4_000 + 9_000)
        .join('-')
        .slice(0, 17_000),
    ),
    'one word without end': Array(5).fill('a'.repeat(19_990)),
    addresses: [0, 1, 2, 3, 4].map((part) =>
      Array.from({ length: 900 }, (_, n) => `https://s${part}n${n}.id/b/c${n}`)
        .join(' ')
        .slice(0, 19_990),
    ),
    numbers: [0, 1, 2, 3, 4].map((part) =>
      Array.from({ length: 6_000 }, (_, n) => part * 6_000 + n)
        .join(' ')
        .slice(0, 19_990),
    ),
  }
  for (const [name, [facts, analysis, prediction, actionsTaken, recommendation]] of Object.entries(narratives)) {
    const report = aReportIn('74.71', {
      facts,
      analysis,
      prediction,
      actionsTaken,
      recommendation: `${recommendation} akhirnya`,
      clientReference: name.replaceAll(' ', '-'),
    })
    const posted = await api.as('kendari').post('/v1/reports', report)
    // The body may hold fewer bytes than five narratives of such letters.
    if (posted.statusCode === 413) {
      const smaller = await api.as('kendari').post('/v1/reports', { ...report, prediction: null, actionsTaken: null })
      t.equal(smaller.statusCode, 201, `${name}: ${smaller.body.slice(0, 200)}`)
    } else t.equal(posted.statusCode, 201, `${name}: ${posted.body.slice(0, 200)}`)
  }
  const { rows } = await api.admin.query(
    'SELECT max(pg_column_size(search)) AS stored, max(length(search)) AS words FROM reports',
  )
  t.ok(rows[0].words > 10_000, JSON.stringify(rows[0]))
  t.equal((await list(api, 'kendari', { q: 'akhirnya' })).length, 5)
})

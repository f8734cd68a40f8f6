import fc from 'fast-check'
import t from 'tap'
import { aReportIn } from '../support/a-report.ts'
import { type CallerName, callers } from '../support/callers.ts'
import { startApi } from '../support/start-api.ts'

interface Item {
  id: string
  office: string
  occurredAt: string
  receivedAt: string
  [member: string]: unknown
}

type Api = Awaited<ReturnType<typeof startApi>>

async function list(api: Api, name: CallerName, query = ''): Promise<Item[]> {
  const answer = await api.as(name).get(`/v1/reports?limit=200&${query}`)
  if (answer.statusCode !== 200) throw new Error(answer.body)
  return answer.json().items
}

/** Reports of several places, stages, kinds and times. */
async function seed(api: Api) {
  const { as, time } = api
  time.now = new Date('2025-09-30T00:00:00Z')
  const posts: [CallerName, string, Record<string, unknown>][] = [
    ['kendari', '74.71', { occurredAt: '2024-11-25T22:30:00+08:00', clientReference: 'quiet' }],
    [
      'kendari',
      '74.71.01',
      {
        occurredAt: '2024-11-10T10:00:00+08:00',
        clientReference: 'campaign',
        severity: 'high',
        athg: 'threat',
        athgNotes: null,
      },
    ],
    [
      'kendari',
      '74.71',
      {
        occurredAt: '2025-01-15T10:00:00+08:00',
        clientReference: 'outside',
        phase: 'potential',
        domain: 'economy',
        incidentType: 'ekonomi_harga',
      },
    ],
    ['kolaka', '74.01', { occurredAt: '2024-11-27T10:00:00+08:00', clientReference: 'voting', severity: 'critical' }],
    ['sultra', '74', { occurredAt: '2024-11-27T12:00:00+08:00', clientReference: 'province', exercise: true }],
    ['sultra', '74.71', { occurredAt: '2024-11-28T12:00:00+08:00', clientReference: 'by-province' }],
    ['denpasar', '51.71', { occurredAt: '2024-02-14T12:00:00+08:00', clientReference: 'general' }],
    ['nation', '00', { occurredAt: '2024-02-14T12:00:00+07:00', clientReference: 'national' }],
    [
      'kendariSecret',
      '74.71',
      { occurredAt: '2024-11-24T12:00:00+08:00', clientReference: 'secret', handling: 'secret' },
    ],
  ]
  for (const [name, region, changes] of posts) {
    const posted = await as(name).post('/v1/reports', aReportIn(region, changes))
    if (posted.statusCode !== 201) throw new Error(posted.body)
    time.now = new Date(time.now.getTime() + 60_000)
  }
}

const references = (items: Item[]) => items.map((item) => item.clientReference)

t.test('each caller sees the reports of its place, up to its clearance', async (t) => {
  const api = await startApi(t)
  await seed(api)
  const seen = {
    kendari: ['by-province', 'campaign', 'outside', 'quiet'],
    kendariSecret: ['by-province', 'campaign', 'outside', 'quiet', 'secret'],
    kendariOrdinary: [],
    kolaka: ['voting'],
    sultra: ['by-province', 'campaign', 'outside', 'province', 'quiet', 'voting'],
    sultraTopSecret: ['by-province', 'campaign', 'outside', 'province', 'quiet', 'secret', 'voting'],
    bali: ['general'],
    jayapura: [],
    nation: ['by-province', 'campaign', 'general', 'national', 'outside', 'province', 'quiet', 'secret', 'voting'],
  } satisfies Partial<Record<CallerName, string[]>>
  for (const [name, expected] of Object.entries(seen)) {
    t.same(references(await list(api, name as CallerName)).sort(), expected, name)
  }
  t.equal((await api.as('bssn').get('/v1/reports')).statusCode, 403, 'an agency reads releases only')
})

t.test('each filter alone', async (t) => {
  const api = await startApi(t)
  await seed(api)
  const expected: Record<string, string[]> = {
    'region=00': references(await list(api, 'nation'))
      .map(String)
      .sort(),
    'region=74': ['by-province', 'campaign', 'outside', 'province', 'quiet', 'secret', 'voting'],
    'region=74.71': ['by-province', 'campaign', 'outside', 'quiet', 'secret'],
    'region=74.71.01': ['campaign'],
    'region=11': [],
    'election=pilkada-2024': ['by-province', 'campaign', 'province', 'quiet', 'secret', 'voting'],
    'election=pilkada-2024,pemilu-2024': [
      'by-province',
      'campaign',
      'general',
      'national',
      'province',
      'quiet',
      'secret',
      'voting',
    ],
    'stage=masa_tenang': ['quiet', 'secret'],
    'stage=pemungutan_suara&election=pemilu-2024': ['general', 'national'],
    'stage=penghitungan_dan_rekapitulasi': ['by-province'],
    'stage=penghitungan_dan_rekapitulasi&anyStage=true': ['by-province', 'province', 'voting'],
    'election=pilkada-2024&stage=penghitungan_suara&anyStage=true': [],
    'stage=none': ['outside'],
    'stage=none,kampanye': ['campaign', 'outside'],
    'election=pilkada-2024&stage=none,kampanye&anyStage=true': ['campaign', 'outside'],
    'athg=threat': ['campaign'],
    'athg=threat,challenge,obstacle': ['campaign'],
    'domain=economy': ['outside'],
    'incidentType=ekonomi_harga,lainnya': ['outside'],
    'phase=potential': ['outside'],
    'severity=high,critical': ['campaign', 'voting'],
    'status=submitted&severity=critical': ['voting'],
    'status=verified': [],
    'level=national': ['national'],
    'exercise=true': ['province'],
    'occurredFrom=2024-11-27T10:00:00%2B08:00&occurredTo=2024-11-27T12:00:00%2B08:00': ['voting'],
    'receivedFrom=2025-09-30T00:01:00Z&receivedTo=2025-09-30T00:03:00Z': ['campaign', 'outside'],
    'region=74&severity=moderate&stage=masa_tenang&athg=disruption': ['quiet', 'secret'],
  }
  for (const [query, found] of Object.entries(expected)) {
    t.same(
      references(await list(api, 'nation', query))
        .map(String)
        .sort(),
      found,
      query,
    )
  }
  t.same(references(await list(api, 'kendari', 'region=51')), [], 'a filter never widens')
})

t.test('a filter that cannot be meant is refused by name', async (t) => {
  const api = await startApi(t)
  const refused: Record<string, [string, string]> = {
    'region=99': ['region', 'region_unknown'],
    'region=7471': ['region', 'format_invalid'],
    'stage=kampanyee': ['stage', 'stage_unknown'],
    'election=pilkada-2023': ['election', 'election_unknown'],
    'election=pilkada-2024&stage=none': ['stage', 'not_allowed'],
    'athg=war': ['athg', 'not_allowed'],
    'incidentType=tidak_ada': ['incidentType', 'incident_type_unknown'],
    'limit=0': ['limit', 'too_small'],
    'limit=201': ['limit', 'too_large'],
    'limit=1e2': ['limit', 'wrong_type'],
    'occurredFrom=2024-11-27': ['occurredFrom', 'timestamp_invalid'],
    'occurredFrom=2024-11-27T00:00:00Z&occurredTo=2024-11-27T00:00:00Z': ['occurredTo', 'range_reversed'],
    'colour=red': ['colour', 'unknown_parameter'],
    'limit=1&limit=2': ['limit', 'repeated_parameter'],
    'fields=secret': ['fields', 'not_allowed'],
    'anyStage=yes': ['anyStage', 'not_allowed'],
  }
  for (const [query, [parameter, code]] of Object.entries(refused)) {
    const answer = await api.as('nation').get(`/v1/reports?${query}`)
    t.equal(answer.statusCode, 400, query)
    t.match(answer.json(), { code: 'parameter_invalid', errors: [{ parameter, code }] }, query)
  }
})

t.test('a refused filter shows what would be right, in both languages', async (t) => {
  const { call, tokenOf } = await startApi(t)
  const authorization = `Bearer ${await tokenOf(callers.nation)}`
  const detailsOf = async (url: string, language: string) => {
    const answer = await call({ method: 'GET', url, headers: { authorization, 'accept-language': language } })
    return (answer.json().errors as { detail: string }[]).map(({ detail }) => detail)
  }
  t.same(await detailsOf('/v1/reports?region=Kendari', 'en'), [
    'The format is wrong; right would be 74, 74.71, 74.71.03.',
  ])
  t.same(await detailsOf('/v1/positions?coordinates=-3.975,122.513', 'id'), [
    'Bentuknya salah; contoh yang benar: 122.513,-3.975 (longitude,latitude).',
  ])
  const [first, second] = await detailsOf('/v1/reports?from=2024-11-25&until=2024-11-26', 'en')
  t.match(first, /^This parameter is not known here; known: region, election, .*dateFrom, dateTo, .*cursor\.$/)
  t.equal(second, 'This parameter is not known here.', 'said once')
  const [lost] = await detailsOf('/v1/reports?occurredFrom=2024-11-25T00:00:00+08:00', 'en')
  t.match(lost, /In an address, write \+ as %2B\.$/)
  const [day] = await detailsOf('/v1/reports?occurredFrom=2024-11-25', 'id')
  t.notMatch(day, /%2B/)
})

t.test('a list gives a summary; fields gives what is asked', async (t) => {
  const api = await startApi(t)
  await seed(api)
  const [summary] = await list(api, 'nation')
  t.notOk('facts' in (summary ?? {}) || 'analysis' in (summary ?? {}))
  t.ok(summary?.classification)
  const [some] = await list(api, 'nation', 'fields=subject,facts')
  t.same(Object.keys(some ?? {}), ['id', 'subject', 'facts'])
  const [all] = await list(api, 'nation', 'fields=*')
  t.same(all, (await api.as('nation').get(`/v1/reports/${all?.id}`)).json())
})

t.test('a walk by cursor loses and repeats nothing, whatever the order, while others post', async (t) => {
  const api = await startApi(t)
  await seed(api)
  for (const sort of ['-occurredAt', 'occurredAt', '-receivedAt', 'receivedAt']) {
    const before = await list(api, 'nation', `sort=${sort}`)
    const key = sort.replace('-', '')
    const times = before.map((item) => String(item[key]))
    t.same(
      times,
      [...times].sort((a, b) => (sort.startsWith('-') ? (a < b ? 1 : -1) : a < b ? -1 : 1)),
      sort,
    )
    const walked: Item[] = []
    let url: string | null = `/v1/reports?sort=${sort}&limit=2`
    while (url !== null) {
      const answer = await api.as('nation').get(url)
      walked.push(...answer.json().items)
      const link = /^<([^>]+)>; rel="next"$/.exec(String(answer.headers.link ?? ''))
      t.equal(link !== null, answer.json().next !== null)
      url = link?.[1] ?? null
      await api.as('nation').post('/v1/reports', aReportIn('11.71'))
    }
    const known = new Set(before.map(({ id }) => id))
    t.same(
      walked.filter(({ id }) => known.has(id)).map(({ id }) => id),
      before.map(({ id }) => id),
      sort,
    )
    t.equal(new Set(walked.map(({ id }) => id)).size, walked.length, 'none twice')
  }
})

t.test('reports of one moment are walked by id', async (t) => {
  const api = await startApi(t)
  for (let index = 0; index < 7; index += 1) await api.as('kendari').post('/v1/reports', aReportIn('74.71'))
  const seen: string[] = []
  let cursor = ''
  do {
    const page = (await api.as('kendari').get(`/v1/reports?limit=3&sort=occurredAt${cursor}`)).json()
    seen.push(...page.items.map(({ id }: Item) => id))
    cursor = page.next === null ? '' : `&cursor=${page.next}`
  } while (cursor !== '')
  t.equal(new Set(seen).size, 7)
  t.same(seen, [...seen].sort())
})

t.test('a cursor belongs to its caller, filter and order, for a day', async (t) => {
  const api = await startApi(t)
  await seed(api)
  const { next } = (await api.as('sultra').get('/v1/reports?limit=1&athg=disruption')).json()
  const use = (name: CallerName, query: string) => api.as(name).get(`/v1/reports?limit=1&${query}`)
  t.equal((await use('sultra', `athg=disruption&cursor=${next}`)).statusCode, 200)
  const tampered = next.slice(0, 20) + (next[20] === 'A' ? 'B' : 'A') + next.slice(21)
  const refused: [CallerName, string][] = [
    ['nation', `athg=disruption&cursor=${next}`],
    ['sultraTopSecret', `athg=disruption&cursor=${next}`],
    ['sultra', `athg=threat&cursor=${next}`],
    ['sultra', `athg=disruption&sort=occurredAt&cursor=${next}`],
    ['sultra', `athg=disruption&cursor=${tampered}`],
    ['sultra', 'athg=disruption&cursor=x'],
  ]
  for (const [name, query] of refused) {
    const answer = await use(name, query)
    t.match(answer.json(), { status: 400, code: 'cursor_invalid' }, `${name} ${query.slice(0, 40)}`)
  }
  api.time.now = new Date(api.time.now.getTime() + 25 * 3_600_000)
  t.equal((await use('sultra', `athg=disruption&cursor=${next}`)).json().code, 'cursor_invalid')
})

t.test('any combination of filters gives what a plain filter over all reports gives', async (t) => {
  const api = await startApi(t)
  await seed(api)
  const everything = await list(api, 'nation', 'fields=*')
  type Report = Record<string, string> & {
    classification: { stages: { stage: string; primary: boolean }[]; region: Record<string, string | null> }
  }
  const option = <Value>(values: Value[]) => fc.option(fc.constantFrom(...values), { nil: undefined })
  const queries = fc.record({
    region: option(['74', '74.71', '51', '00']),
    stage: option(['masa_tenang', 'pemungutan_suara', 'none', 'kampanye']),
    severity: option(['moderate', 'high', 'critical']),
    phase: option(['actual', 'potential']),
    athg: option(['threat', 'disruption']),
  })
  const matches = (report: Report, query: Record<string, string | undefined>) => {
    const { region, stages } = report.classification
    const primary = stages.find((each) => each.primary)?.stage ?? 'none'
    const inside =
      query.region === undefined || query.region === '00' || [region.regency, region.province].includes(query.region)
    return (
      inside &&
      (query.stage ?? primary) === primary &&
      ['severity', 'phase', 'athg'].every((name) => (query[name] ?? report[name]) === report[name])
    )
  }
  await fc.assert(
    fc.asyncProperty(queries, async (query) => {
      const given = Object.entries(query).filter(([, value]) => value !== undefined) as [string, string][]
      const found = await list(api, 'nation', String(new URLSearchParams(given)))
      const expected = (everything as unknown as Report[]).filter((report) => matches(report, query))
      return JSON.stringify(found.map(({ id }) => id)) === JSON.stringify(expected.map(({ id }) => id))
    }),
    { numRuns: 60 },
  )
  t.pass('60 combinations agree')
})

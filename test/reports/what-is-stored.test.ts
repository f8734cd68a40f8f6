import fc from 'fast-check'
import t from 'tap'
import { aReport } from '../support/a-report.ts'
import { type Api, startApi } from '../support/start-api.ts'

type Answer = {
  statusCode: number
  json(): { code: string; errors?: { pointer?: string; parameter?: string; code: string }[] }
}

const named = (answer: Answer) =>
  (answer.json().errors ?? []).map(({ pointer, parameter, code }) => `${pointer ?? parameter} ${code}`)

/** The report as text, a part of it replaced by something that JSON.stringify would not write. */
async function postText({ as }: Api, text: string | Buffer): Promise<Answer> {
  return as('kendari').send('POST', '/v1/reports', text)
}

t.test('text that JSON.parse would let pass is refused, and the field named', async (t) => {
  const api = await startApi(t)
  const text = JSON.stringify(aReport())
  const cases: [string, string, string][] = [
    ['"phase":"actual"', '"phase":"actual","phase":"potential"', '/phase duplicate_member'],
    [
      '"regionCode":"74.71"',
      '"regionCode":"74.71","region\\u0043ode":"51.71"',
      '/location/regionCode duplicate_member',
    ],
    ['"phase":"actual"', `"phase":${'['.repeat(20)}${']'.repeat(20)}`, `/phase${'/0'.repeat(19)} too_deep`],
    ['"phase":"actual"', '"phase":1e400', '/phase number_unsafe'],
    ['"phase":"actual"', '"phase":"actual","a\\u0000":1', '/a\u0000 text_invalid'],
    ['"phase":"actual"', '"phase":"actual","__proto__":{"handling":"ordinary"}', '/__proto__ unknown_member'],
  ]
  for (const [part, instead, fault] of cases) {
    t.ok(text.includes(part), part)
    const answer = await postText(api, text.replace(part, instead))
    t.equal(answer.statusCode, 422)
    t.ok(named(answer).includes(fault), `${fault} in ${named(answer)}`)
  }
  const several = await postText(
    api,
    text.replace('"phase":"actual"', '"phase":"x","athg":"disruption","severity":1e999'),
  )
  t.same(named(several).sort(), [
    '/athg duplicate_member',
    '/phase not_allowed',
    '/severity duplicate_member',
    '/severity number_unsafe',
  ])
  const latin = await postText(api, Buffer.from(text.replace('Perusakan', 'Perus\xe9kan'), 'latin1'))
  t.match(latin, { statusCode: 400 })
  t.equal(latin.json().code, 'request_malformed')
})

t.test('numbers beyond what is counted exactly', async (t) => {
  const api = await startApi(t)
  const text = (lossIdr: string) =>
    JSON.stringify(aReport({ impact: { lossIdr: 0 } })).replace('"lossIdr":0', `"lossIdr":${lossIdr}`)
  for (const unsafe of ['9007199254740992', '9007199254740993', '1e16', '-1e400', '4500000.00000000000001'])
    t.same(named(await postText(api, text(unsafe))), ['/impact/lossIdr number_unsafe'], unsafe)
  t.same(named(await postText(api, text('0.5'))), ['/impact/lossIdr wrong_type'])
  const largest = await postText(api, text('9007199254740991'))
  t.match(largest.json(), { impact: { lossIdr: Number.MAX_SAFE_INTEGER } })
})

t.test('times and texts that are none', async (t) => {
  const { as } = await startApi(t)
  for (const occurredAt of [
    '2024-02-30T10:00:00+08:00',
    '2023-02-29T10:00:00+08:00',
    '0000-01-01T00:00:00Z',
    '2024-11-25T22:30:00',
    '2024-11-25T22:30:00.1234+08:00',
    '2024-11-25T24:00:00+08:00',
    '2016-12-31T23:59:60Z',
    '10000-01-01T00:00:00Z',
    '２０２４-11-25T22:30:00+08:00',
  ])
    for (const member of ['occurredAt', 'obtainedAt', 'composedAt'])
      t.same(named(await as('kendari').post('/v1/reports', aReport({ [member]: occurredAt }))), [
        `/${member} timestamp_invalid`,
      ])
  for (const broken of ['a\u0000', '\ud800', 'a\udc00b', '\u001b[31m', '\u0085', '\u007f']) {
    const location = { regionCode: '74.71', place: `di sana ${broken}` }
    const answer = await as('kendari').post(
      '/v1/reports',
      aReport({ subject: `Perihal ${broken}`, facts: `Fakta yang cukup panjang ${broken}`, location }),
    )
    t.same(named(answer), ['/subject text_invalid', '/facts text_invalid', '/location/place text_invalid'])
  }
})

t.test('query strings are read as strictly', async (t) => {
  const { as } = await startApi(t)
  const cases: Record<string, string> = {
    '/v1/regions?q=%00': 'q text_invalid',
    '/v1/regions?q=%ED%A0%80': 'q text_invalid',
    '/v1/regions?q=%C0%AF': 'q text_invalid',
    '/v1/regions?q=%': 'q text_invalid',
    '/v1/reports?occurredFrom=2024-02-30T00:00:00Z': 'occurredFrom timestamp_invalid',
    '/v1/reports?occurredFrom=0000-01-01T00:00:00Z': 'occurredFrom timestamp_invalid',
    '/v1/reports?receivedTo=2024-11-25T00:00:00': 'receivedTo timestamp_invalid',
    '/v1/stages?region=74.71&on=0000-01-01': 'on date_invalid',
    '/v1/stages?region=74.71&on=2023-02-29': 'on date_invalid',
    '/v1/reports?limit=9007199254740993': 'limit too_large',
    '/v1/reports?limit=1&limit=2': 'limit repeated_parameter',
    '/v1/reports?cursor=%00': 'cursor format_invalid',
    '/v1/reports?__proto__=1': '__proto__ unknown_parameter',
  }
  for (const [url, fault] of Object.entries(cases)) {
    const answer = await as('kendari').get(url)
    t.equal(answer.statusCode, 400, url)
    t.ok(named(answer).includes(fault), `${url}: ${named(answer)}`)
  }
})

// Every plane, combining marks, text that runs from right to left; no control characters, which are refused.
const character = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 1 })
  .filter((one) => !/[\p{Cc}\p{Cs}]/u.test(one))
const line = (minimum: number, maximum: number) =>
  fc.string({ unit: character, minLength: minimum, maxLength: maximum }).filter((text) => {
    const length = [...text.normalize('NFC')].length
    return length >= minimum && length <= maximum && !/^[\s\p{Cf}]*$/u.test(text)
  })

t.test('what is stored is what was sent, after NFC', async (t) => {
  const { as, admin } = await startApi(t)
  const narrative = fc.tuple(line(20, 120), line(1, 40)).map(([first, second]) => `${first}\r\n\t${second}\n`)
  await fc.assert(
    fc.asyncProperty(line(5, 60), narrative, line(1, 60), async (subject, facts, place) => {
      const sent = aReport({ subject, facts, location: { regionCode: '74.71', place } })
      const posted = await as('kendari').post('/v1/reports', sent)
      t.equal(posted.statusCode, 201, posted.body)
      const { id } = posted.json()
      const read = (await as('kendari').get(`/v1/reports/${id}`)).json()
      const { rows } = await admin.query('SELECT subject, facts, place FROM reports WHERE id = $1', [id])
      const expected = {
        subject: subject.normalize('NFC'),
        facts: facts.normalize('NFC'),
        place: place.normalize('NFC'),
      }
      t.strictSame(rows[0], expected)
      t.strictSame({ subject: read.subject, facts: read.facts, place: read.location.place }, expected)
    }),
    { numRuns: 60 },
  )
})

import t from 'tap'
import { sampleApp } from './sample-app.ts'
import { aSubmission, id } from './sample-notes.ts'

const { app, violations } = await sampleApp()
t.teardown(() => app.close())
t.afterEach(() => void violations.splice(0))

const post = (payload: object, url = '/v1/notes', headers = {}) => app.inject({ method: 'POST', url, payload, headers })
const faultsOf = (response: { json(): { errors: object[] } }) => response.json().errors

t.test('a valid request is answered in the form of its schema', async (t) => {
  const response = await post({ ...aSubmission(), subject: 'Cafe\u0301 rusak' }, '/v1/notes?dryRun=true')
  t.equal(response.statusCode, 201)
  t.match(response.json(), {
    id,
    subject: 'Café rusak',
    occurredAt: '2024-11-25T14:30:00.000Z',
    closedAt: null,
    exercise: false,
    location: { regionCode: '74.71', coordinates: null },
    actors: [
      { kind: 'group', size: 3 },
      { kind: 'person', age: null },
    ],
  })
  t.equal(response.headers['content-type'], 'application/json; charset=utf-8')
  t.strictSame(violations, [])
})

t.test('all faults of all parts are named in one 400, each where it is', async (t) => {
  const body = {
    ...aSubmission(),
    subject: 'a',
    facts: 'nul \u0000',
    severity: 'mid',
    on: '2023-02-29',
    occurredAt: '2024-11-25T22:30:00',
    location: { regionCode: 3, 'a/b~c': 1, coordinates: [181] },
    actors: [{ kind: 'x' }, { kind: 'person', age: 1e300 }, {}],
  }
  const response = await post(body, '/v1/notes?x=1&dryRun=true&dryRun=no', {
    'idempotency-key': 'short',
    'accept-language': 'en',
  })
  t.equal(response.statusCode, 400)
  t.match(response.json(), { type: '/problems/parameter_invalid', code: 'parameter_invalid', status: 400 })
  const places = faultsOf(response).map((fault) => {
    const { pointer, parameter, header, code } = fault as Record<string, string>
    return `${pointer ?? parameter ?? header} ${code}`
  })
  t.strictSame(places, [
    'dryRun repeated_parameter',
    'x unknown_parameter',
    'Idempotency-Key format_invalid',
    '/actors/1/age number_unsafe',
    '/subject too_short',
    '/facts text_invalid',
    '/severity not_allowed',
    '/on date_invalid',
    '/occurredAt timestamp_invalid',
    '/location/regionCode wrong_type',
    '/location/coordinates too_few',
    '/location/a~1b~0c unknown_member',
    '/actors/0/kind not_allowed',
    '/actors/2/kind required',
  ])
  t.match(faultsOf(response)[6], { detail: 'The value is not allowed; allowed: low, high.' })
})

t.test('faults of the body alone are a 422, and nothing is coerced', async (t) => {
  const response = await post({
    ...aSubmission(),
    exercise: 'true',
    actors: Array(4).fill({ kind: 'group', size: 1 }),
    facts: ' \n ',
  })
  t.equal(response.statusCode, 422)
  t.match(response.json(), { code: 'body_invalid', title: 'Isi tidak sah' })
  t.match(faultsOf(response), [
    { pointer: '/facts', code: 'too_short' },
    { pointer: '/exercise', code: 'wrong_type', detail: 'Jenis nilainya salah: seharusnya true atau false.' },
    { pointer: '/actors', code: 'too_many', detail: 'Butir terlalu banyak: paling banyak 3.' },
  ])
  t.match(faultsOf(await post([])), [{ pointer: '', code: 'wrong_type' }])
})

t.test('a body is refused where none is taken, except an empty object', async (t) => {
  const refused = await post({ reason: 'x' }, `/v1/notes/${id}/close`)
  t.equal(refused.statusCode, 422)
  t.match(faultsOf(refused), [{ pointer: '/reason', code: 'unknown_member' }])
  t.equal((await post({}, `/v1/notes/${id}/close`)).statusCode, 204)
})

t.test('query values are read strictly', async (t) => {
  const codes = async (query: string) => {
    const response = await app.inject(`/v1/notes?${query}`)
    return response.statusCode === 200 ? 200 : faultsOf(response).map((fault) => (fault as { code: string }).code)
  }
  t.equal(await codes('limit=200&severity=low,high&since=2024-11-25T14:30:00Z'), 200)
  t.strictSame(await codes('limit=201'), ['too_large'])
  t.strictSame(await codes('limit=0'), ['too_small'])
  for (const limit of ['1e2', '%205', '5.0', '-1', '0x1', '007', ''])
    t.strictSame(await codes(`limit=${limit}`), ['wrong_type'], limit)
  t.strictSame(await codes('severity=,mid'), ['not_allowed'])
  t.strictSame(await codes('severity=low,low,high'), ['too_many'])
  t.strictSame(await codes('severity=low&severity=high'), ['repeated_parameter'])
  t.strictSame(await codes('x=1&x=2&__proto__=1'), ['unknown_parameter', 'unknown_parameter'])
})

t.test('a malformed id in the path is the not-found of the route', async (t) => {
  const response = await app.inject('/v1/notes/42')
  t.equal(response.statusCode, 404)
  t.equal(response.json().code, 'report_not_found')
})

t.test('an answer that breaks the contract becomes a 500 that says nothing, and the test is told why', async (t) => {
  const broken = {
    undocumented: 'listNotes 202: this status is not documented',
    header: 'listNotes 200: the header x-secret is not documented',
    extra: 'listNotes 200: /secret: not as the schema would write it',
    type: 'listNotes 200: /next: Invalid input: expected string, received number',
    problem: 'listNotes 404: the problem region_not_found is not documented',
  }
  for (const [trick, violation] of Object.entries(broken)) {
    const response = await app.inject(`/v1/notes?trick=${trick}`)
    t.equal(response.statusCode, 500)
    t.equal(response.json().code, 'internal_error')
    t.strictSame(violations.splice(0), [violation])
  }
})

t.test('JSON made elsewhere passes through as it is', async (t) => {
  const [raw, made] = await Promise.all([app.inject('/v1/notes?trick=raw'), app.inject('/v1/notes?limit=1')])
  t.equal(raw.body, made.body)
  t.equal(raw.headers['content-type'], 'application/json; charset=utf-8')
  t.strictSame(violations, [])
})

t.test('HEAD answers as GET, without the body', async (t) => {
  const response = await app.inject({ method: 'HEAD', url: '/v1/notes' })
  t.equal(response.statusCode, 200)
  t.equal(response.body, '')
  t.strictSame(violations, [])
})

import type { LightMyRequestResponse } from 'fastify'
import t from 'tap'
import { outlets as listedOutlets } from '../../../src/liaison/outlets.ts'
import { withoutPolicies, withoutPredicate } from './belts.ts'
import { type Caller, callers } from './callers.ts'
import { forAgencies, operations } from './contract.ts'
import { knownFilters } from './lists.ts'
import { askAll, cellsOf } from './matrix.ts'
import { ofOffices } from './of-offices.ts'
import { outlets, sameForAll } from './outlets.ts'
import { textOf, tracesIn } from './secrets.ts'
import { allFor, createWorld, type World } from './world.ts'

const all = { ...outlets, ...ofOffices }
const world = await createWorld(t, sameForAll)

t.test('every operation that an agency may call has an entry in the matrix, and no other', (t) => {
  t.same(Object.keys(outlets).sort(), forAgencies.map(({ operationId }) => operationId).sort())
  for (const { operationId, needs } of forAgencies) t.equal(outlets[operationId]?.needs, needs, operationId)
  t.same(Object.keys(all).sort(), operations.map(({ operationId }) => operationId).sort())
  for (const { id, operationId } of listedOutlets) t.ok(all[operationId], `the outlet ${id}`)
  const filters = forAgencies.find(({ operationId }) => operationId === 'listReleases')?.parameters ?? []
  const pages = ['fields', 'sort', 'limit', 'cursor']
  t.same([...knownFilters].sort(), filters.filter((name) => !pages.includes(name)).sort(), 'every filter of the list')
  t.end()
})

t.test('no agency learns by any outlet what the model does not say', async (t) => {
  const { wrong, leaks, cells } = await askAll(world, all)
  t.same(wrong.slice(0, 20), [], `${wrong.length} cells are wrong`)
  t.same(leaks.slice(0, 20), [], `${leaks.length} answers tell what they must not`)
  t.equal(cells, cellsOf(world, all), 'every cell was asked')
})

/** One way into each outlet, for those who may ask, is enough to see whether a belt holds. */
const ways = [
  'by its id',
  'the list, page by page',
  'the export as application/x-ndjson',
  'the log, page by page',
  'counts of groupBy=handling',
]
const few = Object.fromEntries(
  Object.entries(outlets).map(([name, outlet]) => [
    name,
    { ...outlet, ways: outlet.ways.filter((way) => ways.includes(way.name)) },
  ]),
)
const named = (...names: string[]) => callers.filter(({ name }) => names.includes(name))
const some = named('bssn-ordinary', 'bssn-secret', 'polri-restricted', 'polri-top_secret', 'bmkg-secret')
const found = async (asked: World = world, who = some) => {
  const { wrong, leaks } = await askAll(asked, few, who)
  return { wrong, leaks, isGreen: wrong.length + leaks.length === 0 }
}

t.test('either belt alone holds all of it, and without both the matrix is red by every way', async (t) => {
  const { wrong, leaks } = await withoutPolicies(world.api, () => found())
  t.same([wrong.slice(0, 5), leaks.slice(0, 5)], [[], []], 'by the predicate alone')
  const { result, unbelted } = await withoutPredicate(world.api, () => found())
  t.same([result.wrong.slice(0, 5), result.leaks.slice(0, 5)], [[], []], 'by the policies alone')
  t.ok(unbelted >= ways.length, 'and the predicate was away')
  const { result: naked } = await withoutPredicate(world.api, () => withoutPolicies(world.api, () => found()))
  for (const way of ways)
    t.ok(
      naked.wrong.some((cell) => cell.includes(`: ${way}`)),
      `${way} is red`,
    )
  t.ok(naked.leaks.length > 0)
  t.ok((await found()).isGreen, 'with both again')
})

type Doctor = (answer: LightMyRequestResponse, url: string) => Partial<LightMyRequestResponse>

/** A world whose service answers as it does, but for what is changed in some answers. */
function doctored(change: Doctor): World {
  const call: World['api']['call'] = async (options) => {
    const answer = await world.api.call(options)
    const changed = change(answer, String(options.url))
    const payload = changed.payload ?? answer.payload
    const rawPayload = changed.payload === undefined ? answer.rawPayload : Buffer.from(payload)
    return { ...answer, ...changed, payload, body: payload, rawPayload, json: () => JSON.parse(payload) } as never
  }
  return { ...world, api: { ...world.api, call } }
}

t.test('a leak that is planted is found, wherever it stands', async (t) => {
  const { report } = world.strange
  const headers =
    (more: Record<string, string>): Doctor =>
    ({ headers }) => ({ headers: { ...headers, ...more } })
  const inLists =
    (change: (items: { content?: object }[]) => unknown[]): Doctor =>
    ({ payload }, url) =>
      url.startsWith('/v1/releases?') && payload.startsWith('{"items":[{')
        ? { payload: JSON.stringify({ ...JSON.parse(payload), items: change(JSON.parse(payload).items) }) }
        : {}
  const planted: Record<string, Doctor> = {
    'the id of a report in a header': headers({ link: `</v1/reports/${report}>; rel="via"` }),
    'a word of a report in an item': inLists((items) => items.map((item) => ({ ...item, note: 'kenari1xdeadbeef' }))),
    'a moment': inLists((items) => items.map((item) => ({ ...item, receivedAt: '2024-11-26T00:00:01.237Z' }))),
    'a member that was not approved': inLists((items) =>
      items.map(({ content, ...item }) => ({ ...item, content: { ...content, office: '74' } })),
    ),
    'one release too few': inLists((items) => items.slice(1)),
    'a release of others': inLists((items) => [...items, { ...items[0], id: world.releases[0]?.id }]),
    'what exists in a refusal': ({ statusCode, payload }, url) =>
      statusCode === 404 ? { payload: payload.replace('"instance"', `"seen":${/[0-7]$/.test(url)},"instance"`) } : {},
  }
  for (const [what, change] of Object.entries(planted))
    t.notOk((await found(doctored(change), named('bssn-restricted'))).isGreen, what)
})

t.test('what offices read holds all that agencies must not, and is seen in every form', async (t) => {
  const [agency] = named('bssn-top_secret') as [Caller]
  const allowed = tracesIn(allFor(agency, world))
  const workbook = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
  for (const accept of ['application/json', 'text/csv', 'application/x-ndjson', 'application/geo+json', workbook]) {
    const answer = await world.api.as('nation').get('/v1/reports?fields=*', { headers: { accept } })
    t.equal(answer.statusCode, 200)
    const strange = [...tracesIn(textOf(answer))].filter((trace) => !allowed.has(trace))
    for (const kind of [/^kenari/, /^[0-9a-f-]{36}$/, /^\d{6,}$/, /^-?\d+\.\d{3,}$/])
      t.ok(strange.filter((trace) => kind.test(trace)).length > 20, `${accept}: ${kind}`)
  }
})

import { readFile } from 'node:fs/promises'
import t from 'tap'
import { type BreakKind, breakKinds } from '../../scripts/breaking/break.ts'
import { compareContracts } from '../../scripts/breaking/compare-contracts.ts'
import { judge } from '../../scripts/breaking/judge.ts'
import { lastReleased, readContract, releasedFile } from '../../scripts/breaking/released.ts'
import { harmless } from './breaks/harmless.ts'
import { plants } from './breaks/plants.ts'
import { removals } from './breaks/removals.ts'
import { synthetic } from './breaks/synthetic.ts'
import { unknowns } from './breaks/unknowns.ts'

const text = await readFile(new URL('../../openapi/openapi.json', import.meta.url), 'utf8')
const contract = () => JSON.parse(text)
const inWords = ({ place, kind, what }: { place: string; kind: string; what: string }) =>
  `${place}: ${kind} ${what}`.trimEnd()

t.test('each planted break is named, and nothing else', async (t) => {
  const proven = new Set<BreakKind>()
  for (const { what, before, change, breaks } of plants) {
    const was = contract()
    before?.(was)
    const changed = structuredClone(was)
    change(changed)
    const found = compareContracts(was, changed)
    t.same(found.map(inWords).sort(), [...breaks].sort(), what)
    for (const { kind } of found) proven.add(kind)
  }
  for (const { what, was, is, breaks } of synthetic) {
    const found = compareContracts(was, is)
    t.same(found.map(inWords).sort(), [...breaks].sort(), what)
    for (const { kind } of found) proven.add(kind)
  }
  t.same([...proven].sort(), Object.keys(breakKinds).sort(), 'every kind has been seen')
})

t.test('what breaks nobody is not told', async (t) => {
  t.same(compareContracts(contract(), contract()), [])
  for (const { what, before, change } of harmless) {
    const was = contract()
    before?.(was)
    const changed = structuredClone(was)
    change(changed)
    t.not(JSON.stringify(changed), JSON.stringify(was), `${what}: something changed`)
    t.same(compareContracts(was, changed).map(inWords), [], what)
  }
})

t.test('every operation, parameter, member, value and answer of the contract is missed when it is gone', async (t) => {
  const changed = contract()
  const was = contract()
  const counts: Record<string, number> = {}
  const unseen: string[] = []
  // The whole contract would be walked thousands of times: what is taken out is met by one of its paths.
  const by = (document: ReturnType<typeof contract>, path: string) => ({
    ...document,
    paths: { [path]: document.paths[path] },
  })
  for (const { what, path, kinds, remove } of removals(changed)) {
    const putBack = remove()
    const found = compareContracts(by(was, path), by(changed, path))
    putBack()
    const [sort = ''] = what.split(' ', 1)
    counts[sort] = (counts[sort] ?? 0) + 1
    if (!found.some(({ kind }) => kinds.includes(kind))) unseen.push(what)
  }
  t.same(changed, was, 'all is put back')
  t.same(unseen, [])
  t.comment(JSON.stringify(counts))
  for (const sort of ['operation', 'parameter', 'member', 'value', 'header', 'media', 'problem'])
    t.ok((counts[sort] ?? 0) > 10, `${counts[sort]} of ${sort}`)
})

t.test('the contract keeps what the last release promised, which is a contract itself', async (t) => {
  const version = await lastReleased()
  t.ok(version)
  const released = await readContract(releasedFile(version as string))
  t.equal(released.version, version)
})

const gone = { place: 'GET /v1/x', kind: 'operation_gone', what: 'getX' } as const
const entry = { ...gone, why: 'Nobody was given it.' }
const now = new Date('2026-11-22T00:00:00Z')

t.test('before version 1 a break must be listed exactly, and a list holds nothing else', async (t) => {
  const before1 = { released: '0.1.0', current: '0.2.0' }
  t.match(judge([gone], [], before1, now), { refused: [gone], allowed: [], faults: [] })
  t.match(judge([gone], [entry], before1, now), { refused: [], allowed: [gone], faults: [] })
  for (const other of [{ place: 'GET /v1/y' }, { kind: 'status_gone' }, { what: 'getY' }]) {
    const { refused, faults } = judge([gone], [{ ...entry, ...other }], before1, now)
    t.same(refused, [gone])
    t.match(faults, [/listed, and nothing breaks so/])
  }
  t.match(judge([gone], [{ ...entry, why: ' ' }], before1, now).faults, [/without a reason/])
  t.match(judge([], [entry], before1, now).faults, [/nothing breaks so/])
  t.match(judge([], [], { released: '0.2.0', current: '0.1.0' }, now).faults, [/older than/])
})

t.test('from version 1 on only a new major version breaks', async (t) => {
  const { refused, faults } = judge([gone], [entry], { released: '1.0.0', current: '1.1.0' }, now)
  t.same(refused, [gone])
  t.match(faults, [/only a new major version/])
  t.same(judge([gone], [], { released: '1.9.0', current: '2.0.0' }, now).refused, [])
  t.same(judge([gone], [], { released: '0.9.0', current: '1.0.0' }, now).refused, [])
})

t.test('what was deprecated may go when its sunset has passed, and not before', async (t) => {
  const was = contract()
  const mark = { since: '2026-01-01', sunset: '2026-11-22' }
  was.paths['/v1/me'].get['x-deprecation'] = mark
  was.paths['/v1/reports'].get.parameters[0]['x-deprecation'] = mark
  was.components.schemas.Me.properties.system['x-deprecation'] = mark
  const is = structuredClone(was)
  is.paths['/v1/reports'].get.parameters.shift()
  delete is.components.schemas.Me.properties.system
  const breaks = compareContracts(was, is)
  t.same(
    breaks.map(({ kind }) => kind),
    ['member_gone', 'parameter_gone'],
  )
  delete is.paths['/v1/me']
  const all = [...breaks, ...compareContracts(was, is).filter(({ kind }) => kind === 'operation_gone')]
  const versions = { released: '1.0.0', current: '1.1.0' }
  t.equal(judge(all, [], versions, new Date('2026-11-21T23:59:59Z')).refused.length, 3)
  t.same(judge(all, [], versions, now).refused, [])
})

t.test('what is not compared is refused, not passed over', async (t) => {
  for (const { what, put } of unknowns) {
    const unknown = contract()
    put(unknown)
    t.throws(() => compareContracts(contract(), unknown), /not compared yet/, what)
  }
  const dangling = contract()
  dangling.paths['/v1/me'].get.responses['200'].content['application/json'].schema.$ref = '#/components/schemas/Nobody'
  t.throws(() => compareContracts(contract(), dangling), /Nobody, which is not there/)
})

import pg from 'pg'
import t from 'tap'
import { handlingRank, officeLevelOf } from '../../src/access/vocabulary.ts'
import type { Statement } from '../../src/database/statement.ts'
import { listAll, listOfTypes } from '../../src/events/event-statements.ts'
import { lookAtEnd } from '../../src/events/look-at-end.ts'
import { type CallerName, callers } from '../support/callers.ts'
import { type Api, startApi, testNow } from '../support/start-api.ts'

const rows = 200_000
/** Numbers of the few events that are of Kendari, and that are addressed to the agency. */
const few = 20_000

/** A log of other regencies, half of it releases to other agencies; some few events are of those who read here. */
async function fill({ admin, as }: Api): Promise<void> {
  const { aReport } = await import('../support/a-report.ts')
  const report = (await as('denpasar').post('/v1/reports', aReport({ location: { regionCode: '51.71' } }))).json().id
  await admin.query(
    `INSERT INTO events (id, sequence, type, subject_id, subject_version, office_code, province_code, regency_code, handling, client_id, actor,
      occurred_at, agencies, agency_handling)
    SELECT gen_random_uuid(), n, CASE WHEN n % 2 = 0 THEN 'release.published' WHEN n % 1000 = 1 THEN 'report.rejected' ELSE 'report.submitted' END,
      $2, 1, o.code, left(o.code, 2), o.code, 1, 'c', 'a', $1,
      CASE WHEN n % 2 = 0 THEN ARRAY[CASE WHEN n % ${few} = 0 THEN 'bssn' ELSE 'polri' END] END, CASE WHEN n % 2 = 0 THEN 1 END
    FROM generate_series(1, ${rows}) n, LATERAL (SELECT CASE WHEN n % ${few} IN (0, 1) THEN '74.71' ELSE '51.71' END AS code) o`,
    [testNow, report],
  )
  await admin.query(`UPDATE sequences SET last_sequence = ${rows} WHERE stream = 'events'`)
  await admin.query('VACUUM (ANALYZE) events')
}

interface Node {
  'Node Type': string
  'Relation Name'?: string
  'Actual Rows': number
  'Actual Loops': number
  'Rows Removed by Filter'?: number
  Plans?: Node[]
}

/** Rows of the log that a plan touched. @throws when it read the table from one end to the other */
function touched(node: Node): number {
  if (node['Node Type'] === 'Seq Scan' && node['Relation Name'] === 'events')
    throw new Error('a sequential scan of events')
  const own = ((node['Rows Removed by Filter'] ?? 0) + node['Actual Rows']) * node['Actual Loops']
  const below = (node.Plans ?? []).reduce((sum, plan) => sum + touched(plan), 0)
  return below + (node['Relation Name'] === 'events' ? own : 0)
}

const literal = (value: unknown): string => {
  if (value === null) return 'NULL'
  return pg.escapeLiteral(Array.isArray(value) ? `{${value.join(',')}}` : String(value))
}

async function look(
  client: pg.PoolClient,
  name: CallerName,
  { text, parameters }: Statement,
  asked: Record<string, unknown>,
) {
  const { place, clearance } = callers[name]
  const region = 'region' in place ? place.region : ''
  const agency = 'agency' in place ? place.agency : ''
  const tier = agency === '' ? officeLevelOf(region) : 'agency'
  const values: Record<string, unknown> = { region, agency, clearance: handlingRank(clearance), rows: 50, ...asked }
  const given = parameters.map((each) => literal(typeof each === 'string' ? values[each] : each.value))
  const most: number[] = []
  for (const mode of ['force_custom_plan', 'force_generic_plan']) {
    await client.query('BEGIN')
    for (const key of ['region', 'agency', 'clearance'])
      await client.query('SELECT set_config($1, $2, true)', [`waspada.${key}`, String(values[key])])
    await client.query(`SET LOCAL ROLE waspada_${tier}; SET LOCAL plan_cache_mode = ${mode}`)
    await client.query(`PREPARE asked AS ${text}`)
    const { rows: plan } = await client.query(`EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE asked(${given.join()})`)
    most.push(touched(plan[0]['QUERY PLAN'][0].Plan))
    await client.query('ROLLBACK; DEALLOCATE asked')
  }
  return Math.max(...most)
}

t.test('a poll touches what is new and no more, whoever reads and however little is theirs', async (t) => {
  const api = await startApi(t)
  await fill(api)
  const client = await api.admin.connect()
  t.teardown(() => client.release(true))
  const polls: [CallerName, Record<string, unknown>, number][] = [
    ['kendari', { after: null }, 30],
    ['kendari', { after: rows - 100 }, 5],
    ['sultra', { after: null }, 30],
    ['denpasar', { after: 1000 }, 120],
    ['denpasar', { after: rows - 100 }, 120],
    ['nation', { after: 1000 }, 120],
    ['nation', { after: rows - 100 }, 120],
    ['analyst', { after: rows }, 0],
    // The releases of others within the numbers of one look.
    ['bssn', { after: null }, 25_000],
    // And the one that the position may be of.
    ['bssn', { after: rows - 100 }, 51],
  ]
  for (const [name, asked, most] of polls) {
    const { place } = callers[name]
    const tier = 'agency' in place ? 'agency' : officeLevelOf(place.region)
    const all = await look(client, name, listAll[tier], asked)
    t.ok(all <= most, `${name} after ${asked.after}: ${all} rows, at most ${most}`)
  }
  const watched = await look(client, 'nation', lookAtEnd, { since: rows - 100, until: rows + 4_900 })
  t.ok(watched <= 120, `the watch: ${watched} rows`)
  const first = await look(client, 'nation', lookAtEnd, { since: null, until: null })
  t.equal(first, 0, 'and none at first')
  for (const [name, tier] of [
    ['kendari', 'regency'],
    ['denpasar', 'regency'],
    ['nation', 'national'],
  ] as const) {
    const types = ['report.rejected']
    const first = await look(client, name, listOfTypes[tier], { after: null, types })
    t.ok(first <= 50_000, `${name} of one kind, from the beginning: ${first} rows`)
    const last = await look(client, name, listOfTypes[tier], { after: rows - 100, types })
    t.ok(last <= 100, `${name} of one kind, at the end: ${last} rows`)
  }
})

import t from 'tap'
import { anySeed } from '../../bench/fuzz/options.ts'
import { startApi } from '../support/start-api.ts'
import { readContract } from './model/contract.ts'
import { type Dice, dice } from './model/dice.ts'
import { drawQuery } from './model/draw-query.ts'
import { findAll, type Query } from './model/filters.ts'
import { agency, askers } from './model/live.ts'
import { makeWorld } from './model/make-world.ts'
import { type Asker, type ModelReport, sees } from './model/model-report.ts'
import { type Question, questionsOf } from './model/questions.ts'
import { shrink } from './model/shrink.ts'

// A seed that found something is given again by WASPADA_QUERIES_SEED; WASPADA_QUERIES says how many are asked.
const seed = Number(process.env.WASPADA_QUERIES_SEED ?? anySeed())
const asked = Number(process.env.WASPADA_QUERIES ?? 500)
const posted = 2000
/** After so many there is nothing to learn from another. */
const mostComplaints = 3
const tiers = ['regency', 'province', 'national'] as const

t.test('whatever is asked by filters, everybody is told what a plain model in memory says', async (t) => {
  const api = await startApi(t, { rateQuotas: { client: null, unauthenticated: null } })
  const chance = dice(seed)
  const reports = await makeWorld(api, chance, posted)
  const { filters, questions } = questionsOf(await readContract(), { api, reports })
  const complaints: string[] = []
  const used = new Map(filters.map((name) => [name, 0]))
  let found = 0

  for (let turn = 0; turn < asked && complaints.length < mostComplaints; turn += 1) {
    const asker = askerOf(chance, turn)
    const seen = reports.filter((report) => sees(asker, report))
    api.time.now = drawNow(chance, seen)
    const query = drawQuery(chance, filters, seen, reports)
    const drawn = questions.map((question) => ({ question, whole: question.draw(chance, query, asker) }))
    const said = await Promise.all(
      drawn.map(({ question, whole }) => (whole ? complaintOf(question, asker, whole) : undefined)),
    )
    const about = `query ${turn} of seed ${seed} at ${api.time.now.toISOString()}:`
    complaints.push(...said.flatMap((complaint) => (complaint ? `${about} ${complaint}` : [])))
    for (const name of Object.keys(query)) used.set(name, (used.get(name) ?? 0) + 1)
    if (findAll(reports, asker, query, api.time.now.getTime()).length > 0) found += 1
  }

  t.equal(
    complaints.slice(0, mostComplaints).join('\n\n'),
    '',
    `${asked} queries in ${questions.length} ways, seed ${seed}`,
  )
  if (complaints.length > 0 || asked < 500) return
  t.ok(found > asked / 2, `${found} of them found something`)
  const seldom = [...used].filter(([, times]) => times < 10).map(([name]) => name)
  t.same(seldom, [], 'and each filter was among them ten times or more')
})

/** The tiers in turn, and each clearance in each; now and then an agency. */
function askerOf(chance: Dice, turn: number): Asker {
  if (turn % 25 === 24) return agency
  const tier = tiers[turn % tiers.length]
  const clearance = Math.floor(turn / tiers.length) % 4
  return chance.pick(askers.filter((asker) => asker.tier === tier && asker.clearance === clearance))
}

/** Some moment, often the one at which a deadline passes. */
function drawNow(chance: Dice, seen: readonly ModelReport[]): Date {
  const due = seen.flatMap(({ dueAt }) => dueAt ?? [])
  if (due.length === 0 || chance.oneIn(3)) return new Date('2025-10-01T00:00:00Z')
  return new Date(chance.pick(due) + chance.pick([0, 1, -1]))
}

/** What is wrong with an answer, with the smallest query in which that shows. */
async function complaintOf(question: Question, asker: Asker, query: Query): Promise<string | undefined> {
  const found = await question.compare(asker, query)
  // An agency may count, and finds nothing; it may not list at all.
  if (asker === agency && question.path === '/v1/reports')
    return found?.startsWith('refused: 403') ? undefined : `an agency lists reports: ${found}`
  // What releases do not tell it may not ask for.
  if (asker === agency && found?.includes('"not_released"')) return undefined
  if (found === undefined) return undefined
  const refusalIn = (text: string | undefined) => (text?.startsWith('refused') ? text : undefined)
  const disagreement = async (smaller: Query) => {
    const text = await question.compare(asker, smaller)
    return refusalIn(text) === refusalIn(found) ? text : undefined
  }
  const smallest = await shrink(query, disagreement)
  const said = await question.compare(asker, smallest)
  return `${asker.clientId} GET ${question.path}?${decodeURIComponent(String(new URLSearchParams(smallest)))}\n  ${said ?? found}`
}

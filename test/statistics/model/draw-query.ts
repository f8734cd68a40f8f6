import type { Dice } from './dice.ts'
import { momentText } from './draw-reports.ts'
import type { Query } from './filters.ts'
import { type ModelReport, primaryOf } from './model-report.ts'
import { incidentTypes, textWords, words } from './words.ts'

/** What values are drawn from: a report that the caller sees, so that most queries find something, and any other. */
interface Draw {
  dice: Dice
  seen: ModelReport
  any: ModelReport
}
type DrawValue = (draw: Draw) => string

const hour = 3_600_000
const day = 24 * hour

/** One to three words, mostly with that of the report. */
const wordsWith =
  (list: readonly string[], own: (report: ModelReport) => string): DrawValue =>
  ({ dice, seen }) => {
    const chosen = dice.some(list, 1 + dice.below(3))
    if (!dice.oneIn(4)) chosen[dice.below(chosen.length)] = own(seen)
    return [...new Set(chosen)].join(',')
  }
/** On the very moment of a report, by a millisecond beside it, or some days away. */
const moment =
  (own: (report: ModelReport) => number, away: number): DrawValue =>
  ({ dice, seen, any }) => {
    const beside = dice.pick([0, 0, 1, -1, away * dice.below(200) * day])
    const near = dice.oneIn(3) ? any : seen
    return momentText(dice, own(near) + beside, near.region)
  }
const dayNear =
  (away: number): DrawValue =>
  ({ dice, seen }) =>
    new Date(Date.parse(seen.day) + dice.pick([0, 0, 1, -1, away * dice.below(200)]) * day).toISOString().slice(0, 10)
const searched = textWords.filter((word) => word.length > 4 || word === 'kafe' || word === 'desa')
const either: DrawValue = ({ dice }) => dice.pick(['true', 'false'])
const stagesOf = ({ document }: ModelReport) => document.classification.stages

/** A value for each filter of the contract. */
export const drawn: Record<string, DrawValue> = {
  region: ({ dice, seen, any }) => {
    const code = (dice.oneIn(6) ? any : seen).region
    return dice.oneIn(12) ? '00' : code.slice(0, dice.pick([2, 5, 8]))
  },
  election: ({ dice, seen, any }) => {
    const some = [seen, any].flatMap((report) => stagesOf(report).map(({ election }) => election))
    return [...new Set(dice.some(['pilkada-2024', ...some], 1 + dice.below(2)))].join(',')
  },
  stage: ({ dice, seen, any }) => {
    const own = primaryOf(seen)?.stage ?? 'none'
    const open = [seen, any].flatMap((report) => stagesOf(report).map(({ stage }) => stage))
    const chosen = dice.some(['none', 'kampanye', own, ...open], 1 + dice.below(3))
    return [...new Set(dice.oneIn(3) ? chosen : [own, ...chosen.slice(1)])].join(',')
  },
  anyStage: ({ dice }) => (dice.oneIn(4) ? 'false' : 'true'),
  athg: wordsWith(words.athg, ({ document }) => document.athg),
  domain: wordsWith(words.domain, ({ document }) => document.domain),
  incidentType: wordsWith(incidentTypes, ({ document }) => document.incidentType),
  phase: wordsWith(words.phase, ({ document }) => document.phase),
  severity: wordsWith(words.severity, ({ document }) => document.severity),
  status: wordsWith(words.status, ({ document }) => document.status),
  level: wordsWith(words.level, ({ document }) => document.level),
  overdue: either,
  counted: either,
  exercise: either,
  occurredFrom: moment(({ occurredAt }) => occurredAt, -1),
  occurredTo: moment(({ occurredAt }) => occurredAt, 1),
  receivedFrom: moment(({ receivedAt }) => receivedAt, -1),
  receivedTo: moment(({ receivedAt }) => receivedAt, 1),
  dateFrom: dayNear(-1),
  dateTo: dayNear(1),
  hasCoordinates: either,
  bbox: ({ dice, seen }) => {
    const [longitude, latitude] = seen.document.location.coordinates ?? [122.513, -3.975]
    // On its edge, or some way around.
    const [west, south] = [dice.pick([0, 0.5, 15]), dice.pick([0, 0.5, 4])]
    const sides = [longitude - west, latitude - south, longitude + 1 + dice.below(10), latitude + 1 + dice.below(4)]
    return sides.map((side) => Number(side.toFixed(7))).join()
  },
  q: ({ dice, seen }) => {
    const own = String(seen.document.facts).replaceAll('.', '').split(' ')
    const at = dice.below(own.length - 1)
    const word = () => (dice.oneIn(3) ? dice.pick(textWords) : dice.pick(own))
    const parts = [dice.oneIn(3) ? `"${own.slice(at, at + 2).join(' ')}"` : word()]
    if (dice.oneIn(2)) parts.push(word())
    if (dice.oneIn(3)) parts.push(`-${dice.oneIn(3) ? `"${own.slice(at, at + 2).join(' ')}"` : dice.pick(searched)}`)
    // Nothing but stop words is a case of its own.
    return parts.some((part) => searched.includes(part)) ? parts.join(' ') : [dice.pick(searched), ...parts].join(' ')
  },
}

/** None to five filters out of those named, each with a value that is allowed beside the others. */
export function drawQuery(dice: Dice, names: readonly string[], seen: ModelReport[], all: ModelReport[]): Query {
  const chosen = dice.some(names, dice.below(6))
  // Alone it means nothing.
  if (chosen.includes('anyStage') && !chosen.includes('stage') && !chosen.includes('election'))
    chosen.push(dice.pick(['stage', 'election']))
  const draw = { dice, any: dice.pick(all), seen: dice.pick(seen.length > 0 ? seen : all) }
  const query: Query = {}
  for (const name of chosen) {
    const value = drawn[name]
    if (!value) throw new Error(`There is no way to draw the filter ${name}`)
    query[name] = value(draw)
  }
  return allowed(query)
}

/** Without what is refused: a range that ends before it begins, and an election beside what lies outside every one. */
export function allowed({ ...query }: Query): Query {
  const { election, stage, occurredFrom, occurredTo, receivedFrom, receivedTo, dateFrom, dateTo } = query
  const ends = (from: string | undefined, to: string | undefined) => Date.parse(from ?? '') >= Date.parse(to ?? '')
  if (election !== undefined && stage === 'none') query.stage = 'none,kampanye'
  if (ends(occurredFrom, occurredTo)) delete query.occurredTo
  if (ends(receivedFrom, receivedTo)) delete query.receivedTo
  if (dateFrom !== undefined && dateTo !== undefined && dateFrom > dateTo) delete query.dateTo
  return query
}

import { releaseFields } from '../../src/releases/vocabulary.ts'
import type { Dice } from '../statistics/model/dice.ts'
import { allowed } from '../statistics/model/draw-query.ts'
import type { Query } from '../statistics/model/filters.ts'
import { handlings, type Stage } from '../statistics/model/model-report.ts'
import { incidentTypes, textWords, words } from '../statistics/model/words.ts'
import type { Content, ModelRelease } from './model.ts'

const day = 86_400_000
const places = ['74.71.01', '74.71', '74.01', '74', '51.71', '51', '00']
const levels: Record<number, string> = { 2: 'province', 5: 'regency', 8: 'district' }

function drawText(dice: Dice): string {
  return Array.from({ length: 6 + dice.below(6) }, () => dice.pick(textWords))
    .join(' ')
    .normalize('NFC')
}

/** Some of what a report could be released with: each field once in two times. */
export function drawContent(dice: Dice, stages: readonly unknown[][]): Content {
  const moment = Date.parse('2024-11-20T00:00:00Z') + dice.below(60) * (day / 4)
  const code = dice.pick(places)
  const parts: Record<string, () => object> = {
    ...Object.fromEntries(
      ['subject', 'facts', 'analysis', 'prediction', 'actionsTaken', 'recommendation', 'place'].map((name) => [
        name,
        () => ({ [name]: drawText(dice) }),
      ]),
    ),
    ...Object.fromEntries(
      (['product', 'athg', 'domain', 'phase', 'severity', 'urgency'] as const).map((name) => [
        name,
        () => ({ [name]: dice.pick<string>(words[name]) }),
      ]),
    ),
    incidentType: () => ({ incidentType: dice.pick(incidentTypes) }),
    occurredAt: () => ({
      occurredAt: new Date(moment).toISOString(),
      occurredAtPrecision: 'hour',
      localDate: new Date(moment + day / 3).toISOString().slice(0, 10),
    }),
    region: () => ({
      region: {
        code,
        level: code === '00' ? 'nation' : levels[code.length],
        regency: code.length >= 5 ? code.slice(0, 5) : null,
        province: code === '00' ? null : code.slice(0, 2),
      },
    }),
    position: () => ({
      position: dice.oneIn(3)
        ? null
        : { coordinates: [122 + dice.below(9) / 10, -4 + dice.below(9) / 10], decimals: 1 },
    }),
    stages: () => ({ stages: dice.pick(stages) as Stage[] }),
    assessment: () => ({ assessment: { reliability: 'B', credibility: 2 } }),
    impact: () => ({ impact: null }),
    attachments: () => ({ attachments: [] }),
  }
  const content: Content = { exercise: dice.oneIn(8) }
  for (const field of releaseFields) if (!dice.oneIn(3)) Object.assign(content, parts[field]?.())
  return content
}

type DrawValue = (dice: Dice, release: ModelRelease) => string

const wordsWith =
  (list: readonly string[], own: (release: ModelRelease) => unknown): DrawValue =>
  (dice, release) =>
    [...new Set([...dice.some(list, dice.below(3)), String(own(release) ?? dice.pick(list))])].join(',')
const beside = (dice: Dice, moment: number) =>
  new Date(
    (Number.isNaN(moment) ? Date.parse('2024-11-25') : moment) + dice.pick([0, 0, 1, -1, day, -day]),
  ).toISOString()
const occurred = (dice: Dice, { content }: ModelRelease) => beside(dice, Date.parse(content.occurredAt ?? ''))
const released = (dice: Dice, { releasedAt }: ModelRelease) => beside(dice, releasedAt)
const dayNear: DrawValue = (dice, release) => occurred(dice, release).slice(0, 10)
const either: DrawValue = (dice) => dice.pick(['true', 'false'])
const searched = textWords.filter((word) => word.length > 4)

/** A value for each filter of the contract. */
const drawn: Record<string, DrawValue> = {
  region: (dice, { content }) => dice.pick(['00', content.region?.code ?? '74', dice.pick(places).slice(0, 5)]),
  election: (dice) => dice.some(['pilkada-2024', 'pemilu-2024'], 1 + dice.below(2)).join(','),
  stage: (dice, { content }) => {
    const own = content.stages?.map(({ stage }) => stage) ?? []
    return dice.some([...new Set(['none', 'kampanye', 'masa_tenang', ...own])], 1 + dice.below(2)).join(',')
  },
  anyStage: either,
  athg: wordsWith(words.athg, ({ content }) => content.athg),
  domain: wordsWith(words.domain, ({ content }) => content.domain),
  incidentType: wordsWith(incidentTypes, ({ content }) => content.incidentType),
  phase: wordsWith(words.phase, ({ content }) => content.phase),
  severity: wordsWith(words.severity, ({ content }) => content.severity),
  handling: wordsWith(handlings, ({ handling }) => handlings[handling]),
  exercise: either,
  occurredFrom: (dice, release) => occurred(dice, release),
  occurredTo: (dice, release) => occurred(dice, release),
  dateFrom: dayNear,
  dateTo: dayNear,
  releasedFrom: released,
  releasedTo: released,
  hasCoordinates: either,
  bbox: (dice) => `${122 + dice.below(5) / 10},${-4 + dice.below(5) / 10},122.8,-3.2`,
  q: (dice, { content }) => {
    const own = String(content.facts ?? content.subject ?? '').split(' ')
    const word = dice.oneIn(2)
      ? dice.pick(searched)
      : dice.pick(own.filter((each) => searched.includes(each)).concat('kampanye'))
    const phrase = own.length > 1 && dice.oneIn(4) ? [`"${own.slice(0, 2).join(' ')}"`] : []
    const without = dice.oneIn(3) ? [`-${dice.pick(searched)}`] : []
    return [word, ...phrase, ...without].join(' ')
  },
}
export const knownFilters = Object.keys(drawn)

/** None to three filters, each with a value near that of a release, allowed beside the others. */
export function drawQuery(dice: Dice, names: readonly string[], releases: readonly ModelRelease[]): Query {
  const release = dice.pick(releases)
  const chosen = dice.some(names, dice.below(4))
  const query = allowed(Object.fromEntries(chosen.map((name) => [name, drawn[name]?.(dice, release) ?? ''])))
  if (query.releasedFrom && query.releasedTo && query.releasedFrom >= query.releasedTo) delete query.releasedTo
  return query
}

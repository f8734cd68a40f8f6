import fc from 'fast-check'
import { type CallerName, callers } from '../support/callers.ts'
import {
  type Action,
  changesNothing,
  isWithin,
  levelOf,
  type ModelReport,
  moments,
  now,
  officeOf,
  refusals,
  sees,
  type Verb,
  verbs,
} from './life-model.ts'

/** What a run does: reports are posted, and then each step does one to three things at once to one of them. */
export interface Run {
  posts: Post[]
  steps: Step[]
}
export interface Post {
  by: CallerName
  region: string
  handling: number
  exercise: boolean
}
export interface Step {
  report: number
  choices: Choice[]
}
/** An action made up, or one that is allowed when its turn comes, or nearly: random ones alone would mostly be refused. */
type Choice =
  | { action: Action }
  | {
      pick: number
      ifMatch: 'current' | 'any' | 'several'
      but: 'nothing' | 'by the author' | 'by a system' | 'unexplained' | 'too far'
    }

const posts: Record<string, string[]> = {
  kendari: ['74.71', '74.71.01'],
  kendariSecret: ['74.71'],
  sultra: ['74', '74.71', '74.01'],
  sultraTopSecret: ['74', '74.71'],
  denpasar: ['51.71'],
  nation: ['00', '51', '74.71'],
}
const regions = ['74.71', '74.71.01', '74.01', '74', '51.71', '00']
const names = (Object.keys(callers) as CallerName[]).filter((name) => name !== 'bssn')
/** One person who is an official of every office, and so may have written what another office is to verify. */
const actorsOf = (by: CallerName) => [`official-of-${callers[by].clientId}`, 'seconded-official', callers[by].clientId]

const post: fc.Arbitrary<Post> = fc.constantFrom(...Object.keys(posts), 'sultra', 'sultra').chain((by) =>
  fc.record({
    by: fc.constant(by as CallerName),
    region: fc.constantFrom(...(posts[by] as string[])),
    handling: fc.constantFrom(0, 1, 1, by === 'kendari' || by === 'denpasar' || by === 'sultra' ? 1 : 2),
    exercise: fc.boolean(),
  }),
)

const change = fc.record(
  {
    subject: fc.constantFrom('Perihal pertama', 'Perihal kedua', 'Perihal ketiga'),
    exercise: fc.boolean(),
    urgency: fc.constantFrom('routine', 'priority', 'immediate', 'flash'),
    occurred: fc.constantFrom(...(Object.keys(moments) as (keyof typeof moments)[])),
    region: fc.constantFrom(...regions),
  },
  { requiredKeys: [] },
)
const deed = fc.oneof(
  { weight: 7, arbitrary: fc.constantFrom(...verbs).map((verb) => ({ verb })) },
  { weight: 3, arbitrary: fc.record({ verb: fc.constant('correct' as const), change }) },
  { weight: 2, arbitrary: fc.record({ verb: fc.constant('mark' as const), handling: fc.nat(3) }) },
)
const action: fc.Arbitrary<Action> = fc
  .record({
    by: fc.constantFrom(...names),
    who: fc.nat(2),
    ifMatch: fc.constantFrom('current', 'current', 'any', 'several', 'weak', 'stale', 'none'),
    reason: fc.boolean(),
    deed,
  })
  .map(({ by, who, deed: what, ...rest }) => ({ ...rest, by, actor: actorsOf(by)[who] as string, ...what }))

const choice: fc.Arbitrary<Choice> = fc.oneof(
  { weight: 2, arbitrary: action.map((each) => ({ action: each })) },
  {
    weight: 5,
    arbitrary: fc.record({
      pick: fc.nat(1_000_000),
      ifMatch: fc.constantFrom('current', 'any', 'several'),
      but: fc.constantFrom('nothing', 'nothing', 'nothing', 'by the author', 'by a system', 'unexplained', 'too far'),
    }),
  },
)
const step = fc.record({
  report: fc.nat(1),
  choices: fc.oneof(
    { weight: 4, arbitrary: fc.array(choice, { minLength: 1, maxLength: 1 }) },
    { weight: 1, arbitrary: fc.array(choice, { minLength: 2, maxLength: 3 }) },
  ),
})

export const runs: fc.Arbitrary<Run> = fc.record({
  posts: fc.array(post, { minLength: 1, maxLength: 2 }),
  steps: fc.array(step, { minLength: 8, maxLength: 24, size: 'max' }),
})

/** What is to be done to a report as it stands. */
export function chosen(made: Choice, report: ModelReport): Action {
  if ('action' in made) return made.action
  const { pick, ifMatch, but } = made
  const possible = deeds(report)
    .map((each) => names.flatMap((by) => actorsOf(by).map((actor) => ({ by, actor, ifMatch, reason: true, ...each }))))
    .map((each) => each.filter((action) => isDone(report, action)))
    .filter((each) => each.length > 0)
  const candidates = possible[pick % possible.length] ?? []
  const found = candidates[Math.floor(pick / possible.length) % candidates.length]
  const action: Action = found ?? { by: 'nation', actor: 'nobody', ifMatch, reason: true, verb: 'withdraw' }
  if (but === 'too far') return tooFar(report, action, pick)
  if (but === 'unexplained') return { ...action, reason: false }
  if (but === 'by a system') return { ...action, actor: callers[action.by].clientId }
  const author = report.history.findLast((each) => each.action === 'submitted' || each.action === 'corrected')
  return but === 'by the author' && author ? { ...action, actor: author.actor } : action
}

/** Whoever may hand a report on hands it on, wherever it stands. */
function tooFar(report: ModelReport, { by, ...action }: Action, pick: number): Action {
  const holder = names.find((name) => levelOf(officeOf(name)) === now(report).level && sees(name, report))
  return { ...action, by: holder ?? by, verb: pick % 4 === 0 ? 'escalate' : 'return' }
}

function isDone(report: ModelReport, action: Action): boolean {
  return refusals(report, action, now(report)).length === 0 && !changesNothing(report, action)
}

type Deed = { verb: Verb } | { verb: 'correct'; change: object } | { verb: 'mark'; handling: number }

/** More of what leads on than of what ends, so that every part of a life is reached. */
const often: Verb[] = ['verify', 'escalate', 'return', 'verify', 'escalate', 'return', 'reopen']

function deeds(report: ModelReport): Deed[] {
  const { subject, exercise, region } = now(report)
  const elsewhere = regions.filter((code) => code !== region && isWithin(code, report.office))
  const changes = [
    { subject: subject === 'Perihal kedua' ? 'Perihal ketiga' : 'Perihal kedua', exercise: !exercise },
    { occurred: '2024-11-20T10:00:00+08:00' },
    ...elsewhere.slice(0, 1).map((code) => ({ region: code })),
  ]
  return [
    ...[...verbs, ...often].map((verb) => ({ verb })),
    ...changes.map((each) => ({ verb: 'correct' as const, change: each })),
    ...[0, 1, 2].map((handling) => ({ verb: 'mark' as const, handling })),
  ]
}

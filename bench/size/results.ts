import { median } from '../results.ts'
import type { Seen } from './load.ts'
import type { Rounds } from './measure.ts'
import type { SizeOperation } from './operations.ts'

/** One operation at one number of connections, at both sizes. */
export interface Result {
  operation: string
  connections: number
  base: Figures
  large: Figures
  /** p50 at the large size over p50 at the base one, of Waspada and of `pg`. */
  timesBase: { waspada: number; pg: number }
  /** p50 over that of reading one row at the large size, of Waspada and of `pg`; none before one was read. */
  timesOneRow: { waspada: number; pg: number } | undefined
  aims: Aim[]
}

interface Figures {
  waspada: Seen
  pg: Seen
  /** Requests a second of Waspada over transactions a second of `pg`, median of the rounds. */
  ratio: number
}

export interface Aim {
  text: string
  held: boolean
}

/** What no operation may do: an answer that fails is none. */
export function failedIn({ base, large }: Result): number {
  return [base, large].reduce((sum, { waspada, pg }) => sum + waspada.failed + pg.failed, 0)
}

export function summarise(
  operation: SizeOperation,
  connections: number,
  [base, large]: readonly Rounds[],
  oneRow: Result | undefined,
): Result {
  if (!base || !large) throw new Error('Two sizes are compared')
  const [small, big] = [figuresOf(base), figuresOf(large)]
  const over = (a: Figures, b: Figures) => ({ waspada: a.waspada.p50 / b.waspada.p50, pg: a.pg.p50 / b.pg.p50 })
  const timesBase = over(big, small)
  const timesOneRow = oneRow && over(big, oneRow.large)
  return {
    operation: operation.name,
    connections,
    base: small,
    large: big,
    timesBase,
    timesOneRow,
    aims: [
      ...aimOf(operation.mostTimesBase, timesBase.waspada, 'times the base'),
      ...aimOf(operation.mostTimesOneRow, timesOneRow?.waspada ?? Number.NaN, 'times one row'),
    ],
  }
}

function aimOf(most: number | undefined, found: number, of: string): Aim[] {
  return most === undefined ? [] : [{ text: `${found.toFixed(2)} of at most ${most} ${of}`, held: found <= most }]
}

function figuresOf({ waspada, pg }: Rounds): Figures {
  const ratios = waspada.map(({ perSecond }, round) => perSecond / (pg[round]?.perSecond ?? Number.NaN))
  return { waspada: middleOf(waspada), pg: middleOf(pg), ratio: median(ratios) }
}

function middleOf(rounds: readonly Seen[]): Seen {
  const of = (pick: (seen: Seen) => number) => median(rounds.map(pick))
  return {
    perSecond: of(({ perSecond }) => perSecond),
    p50: of(({ p50 }) => p50),
    p99: of(({ p99 }) => p99),
    answered: rounds.reduce((sum, { answered }) => sum + answered, 0),
    failed: rounds.reduce((sum, { failed }) => sum + failed, 0),
  }
}

/** The table of `README.md`. */
export function table(results: readonly Result[], sizes: { base: number; reports: number }): string {
  const [small, big] = [sizes.base, sizes.reports].map((size) => size.toLocaleString('en'))
  const head = [
    ...[
      'operation',
      'at once',
      `p50 ms at ${small}`,
      `p50 ms at ${big}`,
      `p99 ms at ${big}`,
      'times the base',
      'the same in pg',
    ],
    ...[
      `/s at ${small}`,
      `/s at ${big}`,
      `over pg at ${small}`,
      `over pg at ${big}`,
      'times one row',
      'aims',
      'failed',
    ],
  ]
  const rows = results.map((each) => [
    each.operation,
    String(each.connections),
    ...[each.base.waspada.p50, each.large.waspada.p50, each.large.waspada.p99].map(short),
    ...[each.timesBase.waspada, each.timesBase.pg].map((times) => times.toFixed(2)),
    ...[each.base.waspada.perSecond, each.large.waspada.perSecond].map(short),
    ...[each.base.ratio, each.large.ratio].map((ratio) => ratio.toFixed(2)),
    each.timesOneRow?.waspada.toFixed(1) ?? '',
    each.aims.map(({ text, held }) => `${held ? 'held' : 'MISSED'}: ${text}`).join('; '),
    String(failedIn(each)),
  ])
  return [head, head.map((_, column) => (column === 0 ? '---' : '--:')), ...rows]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n')
}

function short(number: number): string {
  return number >= 100 ? Math.round(number).toLocaleString('en') : number.toPrecision(2)
}

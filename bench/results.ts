import type { Seen } from './load.ts'
import type { Operation } from './options.ts'
import type { Done } from './pgbench.ts'

/** One round of Waspada and the round of pgbench that followed it. */
export interface Pair {
  waspada: Seen
  pgbench: Done
}

/** What one is to read of an operation. */
export interface Summary {
  operation: Operation
  waspada: number
  pgbench: number
  /** Median of the ratios of the rounds, the lowest and the highest. */
  ratio: { median: number; lowest: number; highest: number }
  p50: number
  p99: number
  failed: number
  answers: number
  kilobytes: number
}

export function summarise(operation: Operation, pairs: readonly Pair[]): Summary {
  const ratios = pairs.map(({ waspada, pgbench }) => waspada.perSecond / pgbench.perSecond)
  const of = (pick: (pair: Pair) => number) => median(pairs.map(pick))
  return {
    operation,
    waspada: of(({ waspada }) => waspada.perSecond),
    pgbench: of(({ pgbench }) => pgbench.perSecond),
    ratio: { median: median(ratios), lowest: Math.min(...ratios), highest: Math.max(...ratios) },
    p50: of(({ waspada }) => waspada.p50),
    p99: of(({ waspada }) => waspada.p99),
    failed: pairs.reduce((sum, { waspada }) => sum + waspada.failed, 0),
    answers: pairs.reduce((sum, { waspada }) => sum + waspada.answered, 0),
    kilobytes: of(({ waspada }) => waspada.bytes) / 1000,
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}

/** The table of `README.md`. */
export function table(summaries: readonly Summary[]): string {
  const head = [
    'operation',
    'Waspada /s',
    'pgbench /s',
    'ratio',
    'lowest-highest',
    'p50 ms',
    'p99 ms',
    'kB an answer',
    'answers',
    'failed',
  ]
  const rows = summaries.map((each) => [
    each.operation,
    whole(each.waspada),
    whole(each.pgbench),
    each.ratio.median.toFixed(2),
    `${each.ratio.lowest.toFixed(2)}-${each.ratio.highest.toFixed(2)}`,
    each.p50.toFixed(0),
    each.p99.toFixed(0),
    each.kilobytes.toFixed(1),
    whole(each.answers),
    String(each.failed),
  ])
  return [head, head.map((_, column) => (column === 0 ? '---' : '--:')), ...rows]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n')
}

function whole(number: number): string {
  return Math.round(number).toLocaleString('en')
}

import { sql } from 'drizzle-orm'
import { statement } from '../database/statement.ts'
import type { Transaction } from '../database/transaction.ts'
import type { Stretch } from './touched.ts'

const { placeholder } = sql

/** How far a run has come: the stretch that is walked, and the last report of it that was looked at. */
export interface Position {
  stretch: number
  /** Null at the beginning of a stretch; the moment is null too where reports are walked by id. */
  afterOccurredAt: Date | null
  afterId: string | null
}

/** A run that is not finished. */
export interface Run extends Position {
  id: number
  touched: Stretch[]
  /** Reports that others were changing, to be looked at in the end. */
  again: string[]
  lookedAt: number
  changed: number
  /** Null until every transaction has ended that may have classified by what was in force before the request. */
  startedAt: Date | null
  /** Whether it waits for such transactions, or has not asked yet. */
  waits: boolean
}

/** A run, and the revision of the reference data in force. */
export interface ClaimedRun {
  run: Run | null
  revision: number
}

// A barrier is asked for in a transaction of its own, which begins after the request was committed.
const claim = statement(
  'claim_reclassification',
  sql`SELECT id, touched, stretch, after_occurred_at AS "afterOccurredAt", after_id AS "afterId", again, looked_at AS "lookedAt", changed,
    started_at AS "startedAt", coalesce(pg_snapshot_xmin(pg_current_snapshot()) < barrier, true) AS waits
  FROM reclassifications WHERE finished_at IS NULL ORDER BY id LIMIT 1 FOR UPDATE`,
)
const readRevision = statement('read_reference_revision', sql`SELECT revision FROM reference_state`)

/** The run whose turn it is, held until the transaction ends: no other process goes on with it meanwhile. */
export async function claimRun(tx: Transaction): Promise<ClaimedRun> {
  const [runs, states] = await Promise.all([
    tx.run<Run & Record<string, unknown>>(claim, {}),
    tx.run<{ revision: number }>(readRevision, {}),
  ])
  const [state] = states
  if (!state) throw new Error('The reference state is missing')
  return { run: runs[0] ?? null, revision: state.revision }
}

const setBarrier = statement(
  'set_reclassification_barrier',
  sql`UPDATE reclassifications SET barrier = pg_current_xact_id() WHERE id = ${placeholder('id')} AND barrier IS NULL`,
)

/** From the first time on it stays: what began later is of the newest reference data anyway. */
export async function awaitEarlier(tx: Transaction, { id }: Run): Promise<void> {
  await tx.run(setBarrier, { id })
}

const set = statement(
  'set_reclassification_progress',
  sql`UPDATE reclassifications SET stretch = ${placeholder('stretch')}, after_occurred_at = ${placeholder('afterOccurredAt')},
    after_id = ${placeholder('afterId')}, again = ${placeholder('again')}::uuid[], looked_at = ${placeholder('lookedAt')},
    changed = ${placeholder('changed')}, started_at = ${placeholder('startedAt')}, finished_at = ${placeholder('finishedAt')}
  WHERE id = ${placeholder('id')}`,
)

export type Progress = Omit<Run, 'touched' | 'waits'> & { finishedAt: Date | null }

export async function setProgress(tx: Transaction, progress: Progress): Promise<void> {
  await tx.run(set, { ...progress })
}

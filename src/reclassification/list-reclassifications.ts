import type pg from 'pg'
import type { ReclassificationReason } from './request-reclassification.ts'

/** A run as it is told to an administrator. */
export interface ToldRun {
  id: number
  reason: ReclassificationReason
  calendarVersion: number
  requestedAt: Date
  requestedBy: string
  /** How many of its stretches have been walked, and how many there are. */
  walked: number
  stretches: number
  lookedAt: number
  changed: number
  /** Reports that others were changing, to be looked at in the end. */
  left: number
  startedAt: Date | null
  finishedAt: Date | null
}

/** The newest first. @param client as the owner of the tables */
export async function listReclassifications(client: Pick<pg.ClientBase, 'query'>, most: number): Promise<ToldRun[]> {
  const { rows } = await client.query<ToldRun>(
    `SELECT id, reason, calendar_version AS "calendarVersion", requested_at AS "requestedAt", requested_by AS "requestedBy",
      stretch AS walked, json_array_length(touched) AS stretches, looked_at AS "lookedAt", changed, cardinality(again) AS left,
      started_at AS "startedAt", finished_at AS "finishedAt"
    FROM reclassifications ORDER BY id DESC LIMIT $1`,
    [most],
  )
  return rows
}

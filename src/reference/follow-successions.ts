import type pg from 'pg'
import { requestReclassification } from '../reclassification/request-reclassification.ts'

/**
 * Asks for the reports of regions that ended to be classified again, in the transaction that says what followed them.
 * @param codes that came to be former ones. Those that no release had as a region have no reports under them
 */
export async function followSuccessions(client: pg.Client, codes: readonly string[], now: Date): Promise<void> {
  const { rows } = await client.query<{ code: string }>(
    'SELECT code FROM regions WHERE code = ANY ($1) ORDER BY code',
    [codes],
  )
  if (rows.length === 0) return
  const touched = rows.map(({ code }) => ({ region: code, from: null, to: null }))
  await requestReclassification(client, { reason: 'successions', now, touched })
}

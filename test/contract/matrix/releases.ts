import { type Handling, handlingLevels, handlingRank } from '../../../src/access/vocabulary.ts'
import type { startApi } from '../../support/start-api.ts'

/** A release that stands, and whom it is for: null for all agencies. */
export interface Released {
  id: string
  agencies: string[] | null
  handling: Handling
}

/** For each handling one to all agencies, one to each of two, and one to all that was taken back. Exercises, which no statistics count. */
export async function releaseSome(
  { admin }: Awaited<ReturnType<typeof startApi>>,
  report: { id: string },
): Promise<Released[]> {
  const released: Released[] = []
  for (const handling of handlingLevels) {
    for (const agencies of [null, ['bssn'], ['polri'], 'none' as const]) {
      const { rows } = await admin.query(
        `INSERT INTO release_versions (release_id, version, report_id, region_code, handling, report_version, status, agencies, release_handling,
          fields, content, needs_second_person, proposed_at, proposed_by, proposing_client, proposing_office, published_at)
        SELECT gen_random_uuid(), 1, id, region_code, handling, version, 'published', $2, $3, '{subject}',
          '{"exercise": true, "subject": "Matriks"}', false, received_at, 'official', 'nation', '00', received_at
        FROM reports WHERE id = $1 RETURNING release_id AS id`,
        [report.id, agencies === 'none' ? null : agencies, handlingRank(handling)],
      )
      const [{ id }] = rows
      if (agencies !== 'none') released.push({ id, agencies, handling })
      else
        await admin.query(
          `UPDATE release_versions SET status = 'retracted', ended_at = published_at, end_reason = 'Matriks',
            (ended_by, ending_client, ending_office) = ('official', 'nation', '00') WHERE release_id = $1`,
          [id],
        )
    }
  }
  return released
}

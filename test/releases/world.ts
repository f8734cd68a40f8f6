import { randomUUID } from 'node:crypto'
import { scopesOf } from '../../src/access/vocabulary.ts'
import { type Asker, handlings } from '../statistics/model/model-report.ts'
import { aReport, aReportIn } from '../support/a-report.ts'
import type { Api } from '../support/start-api.ts'
import type { Content, ModelRelease } from './model.ts'

export const agencies = ['bssn', 'polri', 'bmkg'] as const

/** Each agency with each clearance. */
export const askers: Asker[] = agencies.flatMap((office) =>
  [0, 1, 2, 3].map((clearance) => ({ clientId: `${office}-${clearance}`, tier: 'agency', office, clearance })),
)

export async function registerAgencies({ admin }: Api): Promise<void> {
  for (const { clientId, office, clearance } of askers)
    await admin.query(
      `INSERT INTO clients (client_id, agency, scopes, clearance, created_at) VALUES ($1, $2, $3, $4, '2022-01-01Z')`,
      [clientId, office, scopesOf('agency'), clearance],
    )
}

/** As an official of the agency. Tokens are of the service that is asked: several run in a test file. */
export async function get(
  api: Api,
  { clientId, office, clearance }: Asker,
  url: string,
  headers: Record<string, string> = {},
) {
  const caller = {
    clientId,
    place: { agency: office },
    clearance: handlings[clearance] ?? 'ordinary',
    scopes: scopesOf('agency'),
  }
  return api.call({ method: 'GET', url, headers: { authorization: `Bearer ${await api.tokenOf(caller)}`, ...headers } })
}

/** A report of some place, which has releases; and stages as reports have them, none among them. */
export async function postSomeReports(api: Api): Promise<{ ids: string[]; stages: unknown[][] }> {
  const told = [
    aReport({ occurredAt: '2024-11-25T22:30:00+08:00' }),
    aReportIn('74.01', { occurredAt: '2024-10-10T10:00:00+08:00' }),
    aReportIn('74.71', { occurredAt: '2024-02-12T10:00:00+08:00' }),
    aReportIn('74.71', { occurredAt: '2021-06-01T10:00:00+08:00' }),
  ]
  const posted = await Promise.all(
    told.map((report, index) =>
      api.as('nation').post('/v1/reports', { ...report, clientReference: `dirilis-${index}` }),
    ),
  )
  const reports = posted.map((answer) => answer.json())
  return {
    ids: reports.map(({ id }) => id),
    stages: [...reports.map(({ classification }) => classification.stages), []],
  }
}

const by = `'official', 'nation', '00'`

/** Puts a version of a release in force, as the approving side does: the trigger carries it to the agencies. */
export async function release(
  { admin }: Pick<Api, 'admin'>,
  report: string,
  { id = randomUUID(), version = 1, agencies, handling, releasedAt, content }: NewRelease,
): Promise<string> {
  const at = new Date(releasedAt).toISOString()
  await admin.query(
    `UPDATE release_versions SET status = 'superseded', ended_at = $2, (ended_by, ending_client, ending_office) = (${by})
      WHERE release_id = $1 AND status = 'published'`,
    [id, at],
  )
  await admin.query(
    `INSERT INTO release_versions (release_id, version, report_id, region_code, handling, report_version, status, agencies, release_handling,
      fields, content, needs_second_person, proposed_at, proposed_by, proposing_client, proposing_office, published_at)
    SELECT $1, $2, id, region_code, handling, version, 'published', $4, $5, '{subject}', $6, false, $7, ${by}, $7 FROM reports WHERE id = $3`,
    [id, version, report, agencies, handling, JSON.stringify(content), at],
  )
  return id
}

type NewRelease = Pick<ModelRelease, 'agencies' | 'handling' | 'releasedAt'> & {
  id?: string
  version?: number
  content: Content
}

export async function retract({ admin }: Pick<Api, 'admin'>, id: string, at: number): Promise<void> {
  await admin.query(
    `UPDATE release_versions SET status = 'retracted', ended_at = $2, (ended_by, ending_client, ending_office) = (${by}), end_reason = 'Keliru.'
      WHERE release_id = $1 AND status = 'published'`,
    [id, new Date(at).toISOString()],
  )
}

import { administer } from '../database.ts'
import { type Callers, registerCallers } from './callers.ts'
import type { SizedDatabase } from './databases.ts'
import type { World } from './operations.ts'

const page = 200
const idsAsked = 1_000
const stagesAsked = 6

/** The stages that most reports are of. */
export async function commonStages(adminUrl: string): Promise<string[]> {
  const rows = await administer(
    adminUrl,
    `SELECT primary_stage AS stage FROM reports WHERE primary_stage IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT ${stagesAsked}`,
  )
  return rows.map(({ stage }) => String(stage))
}

export async function worldOf(database: SizedDatabase, address: string, stages: string[]): Promise<World> {
  const callers = await registerCallers(database)
  return { callers, stages, ids: await readableIds(database, callers), cursor: await walk(address, callers) }
}

/** Reports from all over the table. */
async function readableIds({ adminUrl, reports }: SizedDatabase, { regencies }: Callers): Promise<World['ids']> {
  const share = Math.min(100, (1_000_000 * 10) / reports)
  const rows = await administer(
    adminUrl,
    `SELECT id, regency_code AS regency FROM reports TABLESAMPLE SYSTEM (${share}) WHERE handling <= 1 AND regency_code = ANY ($1)
    ORDER BY random() LIMIT ${idsAsked}`,
    [regencies.map(({ code }) => code)],
  )
  return rows.map(({ id, regency }) => ({ id: String(id), regency: String(regency) }))
}

/** The cursor of a page that nobody can jump to: it is walked to. */
async function walk(address: string, { nation }: Callers): Promise<string> {
  let cursor: string | undefined
  for (let passed = 1; passed < page; passed += 1) {
    const query = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`
    const response = await fetch(`${address}/v1/reports?limit=50${query}`, { headers: nation.headers })
    const { next } = (await response.json()) as { next?: string | null }
    if (!next) throw new Error(`The walk ended at page ${passed} with ${response.status}`)
    cursor = next
  }
  return cursor ?? ''
}

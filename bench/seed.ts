import { classifyPlace } from '../src/classification/classify-place.ts'
import { ConnectionPool } from '../src/database/pool.ts'
import { ReferenceStore } from '../src/reference/store.ts'
import { seedStatements } from './seed-statements.ts'
import { distinctTexts, narrative, remark, subjects } from './texts.ts'

/** The days that seeded reports are spread over, one after the other, and over all regencies in turn. */
const first = Date.parse('2023-01-01T00:00:00Z')
const days = 3 * 365
const day = 86_400_000

/** Fills the tables as so many posts would have, as a superuser. Report `n` belongs to regency number `n % regencies.length`. */
export async function seedReports(adminUrl: string, reports: number, regencies: readonly string[]): Promise<void> {
  const pool = new ConnectionPool({ connectionString: adminUrl, max: 1 })
  try {
    const reference = (await ReferenceStore.open(pool)).current()
    await pool.query('SET session_replication_role = replica')
    await pool.query('CREATE TEMP TABLE seed (name text PRIMARY KEY, list text[] NOT NULL)')
    const lists = { ...texts(), regencies, stages: stagesByDay(regencies[0] ?? '', reference) }
    for (const [name, list] of Object.entries(lists)) await pool.query('INSERT INTO seed VALUES ($1, $2)', [name, list])
    for (const text of seedStatements({ reports, days, first })) await pool.query(text)
  } finally {
    await pool.end()
  }
}

function texts(): Record<string, readonly string[]> {
  const numbers = Array.from({ length: distinctTexts }, (_, number) => number)
  return { subjects, narratives: numbers.map(narrative), remarks: numbers.map(remark) }
}

/** The stages of an ordinary regency on each day of the seed, as JSON. */
function stagesByDay(regency: string, reference: Parameters<typeof classifyPlace>[2]): string[] {
  return Array.from({ length: days }, (_, index) => {
    const { stages } = classifyPlace(
      { regionCode: regency, coordinates: null },
      new Date(first + index * day),
      reference,
    )
    return JSON.stringify(stages)
  })
}

import { randomUUID } from 'node:crypto'
import pg from 'pg'

/** An event that was committed, and for whom it is. */
export interface Committed {
  id: string
  place: number
}

/** Where events happen, and to which agencies they are addressed: all, one, or none. */
const places = [
  { office: '74.71', province: '74', regency: '74.71', agencies: null, handling: null },
  { office: '74.01', province: '74', regency: '74.01', agencies: null, handling: 1 },
  { office: '74', province: '74', regency: null, agencies: ['bssn'], handling: 2 },
  { office: '51.71', province: '51', regency: '51.71', agencies: ['polri'], handling: 1 },
  { office: '00', province: null, regency: null, agencies: null, handling: 3 },
] as const

/** Readers of five kinds, and the places of which each hears. */
export const readers = {
  kendari: [0],
  sultra: [0, 1, 2],
  denpasar: [3],
  nation: [0, 1, 2, 3, 4],
  bssn: [1, 2],
} as const
export type ReaderName = keyof typeof readers

/** What a reader must be told of these numbered events, in their order. */
export function wantedBy(
  name: ReaderName,
  numbered: readonly { id: string }[],
  committed: readonly Committed[],
): string[] {
  const placeOf = new Map(committed.map(({ id, place }) => [id, place]))
  return numbered.flatMap(({ id }) =>
    (readers[name] as readonly number[]).includes(placeOf.get(id) ?? -1) ? [id] : [],
  )
}

async function append(client: pg.ClientBase, place: number, at: Date): Promise<string> {
  const id = randomUUID()
  const where = places[place] as (typeof places)[number]
  await client.query(
    `INSERT INTO events (id, type, subject_id, subject_version, office_code, province_code, regency_code, handling, client_id, actor, occurred_at,
      agencies, agency_handling)
    VALUES ($1, $2, $1, 1, $3, $4, $5, 1, 'c', 'a', $6, $7, $8)`,
    [
      id,
      where.handling === null ? 'situation_report.missing' : 'release.published',
      where.office,
      where.province,
      where.regency,
      at,
      where.agencies,
      where.handling,
    ],
  )
  return id
}

/** Turns that a slow transaction stays open for while others commit. */
const slow = 25

/**
 * Writers whose transactions overlap and end in another order than they began in: each third is slow to commit, and each fourth is
 * rolled back.
 * @returns what was committed
 */
export async function writeEvents(
  url: string,
  { writers, rounds }: { writers: number; rounds: number },
): Promise<Committed[]> {
  const committed: Committed[] = []
  const started = Date.now()
  const write = async (seed: number) => {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    for (let round = 0; round < rounds; round += 1) {
      const turn = seed + round
      await client.query('BEGIN')
      const id = await append(client, turn % 5, new Date(started + round - (turn % 7)))
      for (let waited = 0; turn % 3 === 0 && waited < slow; waited += 1) await client.query('SELECT')
      const kept = (seed + 3 * round) % 4 !== 0
      await client.query(kept ? 'COMMIT' : 'ROLLBACK')
      if (kept) committed.push({ id, place: turn % 5 })
    }
    await client.end()
  }
  await Promise.all(Array.from({ length: writers }, (_, seed) => write(seed)))
  return committed
}

import type pg from 'pg'
import { requestReclassification } from '../reclassification/request-reclassification.ts'
import type { Boundary } from '../regions/boundaries.ts'
import { readBoundaryFile } from '../regions/read-boundary-file.ts'
import { changed, inReferenceTransaction } from './load.ts'
import { raiseBoundariesRevision } from './queries.ts'
import { regionsInForce } from './regions-in-force.ts'

export interface LoadedBoundaries {
  regencies: number
  /** Regencies that the file does not speak of. */
  missing: number
  property: string
  misnamed: string[]
}

const operation = 'reference boundaries'
/** Seven decimals of a degree are a centimetre; what a conversion adds beyond them is noise. */
const precision = 10_000_000

/**
 * Puts boundaries in force, in place of all that were loaded before; running services use them from their next request on.
 * @param url a role that owns the tables
 * @param bytes GeoJSON or TopoJSON
 * @param property that holds the code
 * @throws ReferenceDataError naming everything in the file that does not hold; nothing is written then
 */
export async function loadBoundaries(
  url: string,
  { bytes, property, now }: { bytes: Buffer; property?: string | undefined; now: Date },
): Promise<LoadedBoundaries> {
  return inReferenceTransaction(url, async (client) => {
    const regions = await regionsInForce(client)
    const { boundaries, property: used, misnamed } = readBoundaryFile(bytes, regions, property)
    const all = [...regions].filter(({ level }) => level === 'regency').length
    const counted = { regencies: boundaries.length, missing: all - boundaries.length, property: used }
    await client.query('DELETE FROM region_boundaries')
    await insertBoundaries(client, boundaries)
    await raiseBoundariesRevision(client)
    await requestReclassification(client, { reason: 'boundaries', now, touched: [{ located: true }] })
    await changed(client, { operation, now, details: counted })
    return { ...counted, misnamed }
  })
}

/** Takes all boundaries out. @returns how many there were */
export async function removeBoundaries(url: string, now: Date): Promise<number> {
  return inReferenceTransaction(url, async (client) => {
    const { rowCount } = await client.query('DELETE FROM region_boundaries')
    const removed = rowCount ?? 0
    if (removed === 0) return 0
    await raiseBoundariesRevision(client)
    await requestReclassification(client, { reason: 'boundaries', now, touched: [{ located: true }] })
    await changed(client, { operation, now, details: { removed } })
    return removed
  })
}

/** One at a time: a statement with all of them would hold the file twice more. */
async function insertBoundaries(client: pg.Client, boundaries: readonly Boundary[]): Promise<void> {
  for (const { code, polygons } of boundaries) {
    const rounded = polygons.map((rings) =>
      rings.map((ring) => ring.map(([x = 0, y = 0]) => [roundedDegrees(x), roundedDegrees(y)])),
    )
    await client.query('INSERT INTO region_boundaries (code, polygons) VALUES ($1, $2)', [
      code,
      JSON.stringify(rounded),
    ])
  }
}

function roundedDegrees(degrees: number): number {
  return Math.round(degrees * precision) / precision
}

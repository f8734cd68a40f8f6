import { setImmediate } from 'node:timers/promises'
import type { ConnectionPool } from '../database/pool.ts'
import { Boundaries, type Boundary } from '../regions/boundaries.ts'
import type { RegionDirectory } from '../regions/directory.ts'

/** How long requests wait at most while a file of several megabytes is read. */
const longestStretchMs = 10

/**
 * The boundaries of the database; null where there are none. Those of a regency are parsed at a time, and requests are served
 * in between.
 */
export async function readBoundaries(pool: ConnectionPool, regions: RegionDirectory): Promise<Boundaries | null> {
  const { rows } = await pool.use((client) =>
    client.query<{ code: string; polygons: string }>('SELECT code, polygons FROM region_boundaries ORDER BY code'),
  )
  const boundaries: Boundary[] = []
  let since = performance.now()
  for (const { code, polygons } of rows) {
    const region = regions.today(code)
    if (region) boundaries.push({ code: region.code, polygons: JSON.parse(polygons) })
    if (performance.now() - since < longestStretchMs) continue
    await setImmediate()
    since = performance.now()
  }
  return boundaries.length === 0 ? null : new Boundaries(boundaries)
}

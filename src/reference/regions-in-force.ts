import type pg from 'pg'
import { loadRegionAliases } from '../regions/aliases.ts'
import { RegionDirectory } from '../regions/directory.ts'
import { loadRegions } from '../regions/load-regions.ts'
import { nothingTold } from '../regions/neighbourhood.ts'
import { SuccessionIndex } from '../regions/succession-index.ts'
import { listSuccessions } from './queries.ts'

/** The regions of this release, with the former codes that the database knows: what a file of an administrator is read by. */
export async function regionsInForce(client: Pick<pg.Client, 'query'>): Promise<RegionDirectory> {
  const successions = new SuccessionIndex(await listSuccessions(client))
  return new RegionDirectory(await loadRegions(), await loadRegionAliases(), nothingTold, successions)
}

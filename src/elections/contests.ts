import type { RegionDirectory } from '../regions/directory.ts'
import type { Region, RegionKind } from '../regions/region.ts'
import type { Contest, ContestCounts, Election } from './election.ts'

// The heads of Jakarta's six administrative regions are appointed, and they have no council of their own (UU 29/2007).
const atRegency: readonly Contest[] = ['president', 'dpr', 'dpd', 'dprd_province', 'governor']

const contestsOfKind: Record<Exclude<RegionKind, 'district'>, readonly Contest[]> = {
  nation: ['president', 'dpr', 'dpd'],
  province: ['president', 'dpr', 'dpd', 'dprd_province', 'governor'],
  kabupaten: ['president', 'dpr', 'dpd', 'dprd_province', 'dprd_regency', 'governor', 'regent'],
  kota: ['president', 'dpr', 'dpd', 'dprd_province', 'dprd_regency', 'governor', 'mayor'],
  kabupaten_administrasi: atRegency,
  kota_administrasi: atRegency,
}

/** The region whose elections count for a place: a district votes as its regency. */
export function votingRegion(region: Region, regions: RegionDirectory): Region | undefined {
  return region.kind === 'district' ? regions.find(region.regency ?? '') : region
}

/** True if the list names the region or the province it lies in. */
export function covers(codes: readonly string[], region: Region): boolean {
  return codes.includes(region.code) || (region.province !== null && codes.includes(region.province))
}

/** The contests of an election in which a region votes; none where the election does not concern it. */
export function contestsOf(region: Region, election: Election, regions: RegionDirectory): Contest[] {
  const voting = votingRegion(region, regions)
  if (!voting || voting.kind === 'district' || election.scope === 'overseas') return []
  if (election.regions !== null && !covers(election.regions, voting)) return []
  return contestsOfKind[voting.kind].filter(
    (contest) => election.contests.includes(contest) && !isExcluded(voting, contest, election),
  )
}

function isExcluded(region: Region, contest: Contest, election: Election): boolean {
  if (contest === 'governor') return covers(election.excluded.governor, region)
  if (contest === 'regent' || contest === 'mayor') return covers(election.excluded.regentMayor, region)
  return false
}

/** How many heads of region an election elects: one governor a province, one regent or mayor a regency. */
export function countContests(election: Election, regions: RegionDirectory): ContestCounts {
  const counts: ContestCounts = { governor: 0, regent: 0, mayor: 0 }
  for (const province of regions.children('00')) {
    if (contestsOf(province, election, regions).includes('governor')) counts.governor += 1
    for (const regency of regions.children(province.code)) {
      const held = contestsOf(regency, election, regions)
      if (held.includes('regent')) counts.regent += 1
      if (held.includes('mayor')) counts.mayor += 1
    }
  }
  return counts
}

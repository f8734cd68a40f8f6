import type { Boundaries, Located } from '../regions/boundaries.ts'
import type { RegionDirectory } from '../regions/directory.ts'
import type { Region } from '../regions/region.ts'

/** What was found odd about a place. `location_mismatch`: the coordinates lie elsewhere than the region that was given. */
export const placeFlags = ['location_mismatch', 'location_approximate'] as const
export type PlaceFlag = (typeof placeFlags)[number]

interface Known {
  regions: RegionDirectory
  boundaries: Boundaries
}

/** How a position and the region that was given agree; of a district its regency is compared, of a province the province. */
export function placeFlagsOf(given: Region, position: Located, known: Known): PlaceFlag[] {
  const flags: PlaceFlag[] = []
  if (disagree(given, position, known)) flags.push('location_mismatch')
  if (position.basis === 'nearest') flags.push('location_approximate')
  return flags
}

function disagree(given: Region, { region: code, basis }: Located, { regions, boundaries }: Known): boolean {
  const located = code === null ? undefined : regions.find(code)
  if (!located) return false
  const isSame =
    given.regency === null
      ? given.province === null || given.province === located.province
      : given.regency === located.regency
  if (isSame) return false
  // To be near another says nothing against a region whose own boundary is not known.
  return basis === 'inside' || isKnown(given, { regions, boundaries })
}

function isKnown({ regency, province }: Region, { regions, boundaries }: Known): boolean {
  if (regency !== null) return boundaries.has(regency)
  return regions.children(province ?? '').every(({ code }) => boundaries.has(code))
}

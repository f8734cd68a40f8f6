import type { Caller } from '../access/caller.ts'
import { DomainError } from '../errors.ts'
import type { RegionDirectory } from '../regions/directory.ts'
import { nationCode, type Region } from '../regions/region.ts'

/** The region that is asked for, by whichever of its codes, or the caller's own; that of an agency is the nation. @throws DomainError parameter_invalid */
export function regionAsked(code: string | undefined, { scope }: Caller, regions: RegionDirectory): Region {
  const region = regions.today(code ?? (scope.region || nationCode))
  if (!region) throw new DomainError('parameter_invalid', {}, [{ parameter: 'region', code: 'region_unknown' }])
  return region
}

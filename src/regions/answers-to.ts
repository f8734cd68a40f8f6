import { nameWithoutKind, normalised } from './normalised.ts'
import type { Region } from './region.ts'

/**
 * A code beside the wrong name is how the numbers of Kemendagri and BPS get mixed up, so both must agree. Spaces say
 * nothing: the same place is written `Pangkalpinang` and `Pangkal Pinang`.
 */
export function answersTo(region: Region, name: string): boolean {
  const given = joined(name)
  return joined(region.name) === given || joined(nameWithoutKind(region)) === given
}

function joined(name: string): string {
  return normalised(name).replaceAll(' ', '')
}

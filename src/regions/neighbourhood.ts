import type { RegionDirectory } from './directory.ts'

/** Which regencies border on each other, as an administrator's file says; empty without one. */
export interface Neighbourhood {
  /** Codes of the regencies that the file speaks of: their neighbours are all told. */
  readonly told: ReadonlySet<string>
  /** Codes of neighbours by the code of a regency, both ways. */
  readonly borders: ReadonlyMap<string, readonly string[]>
}

export const nothingTold: Neighbourhood = { told: new Set(), borders: new Map() }

/**
 * The regencies next to that of a regency or district, by code. Where no file speaks of it, the others of its province, and
 * whoever names it. None for a province and the nation.
 */
export function neighboursIn(regions: RegionDirectory, { told, borders }: Neighbourhood, code: string): string[] {
  const { regency, province } = regions.get(code)
  if (regency === null || province === null) return []
  const bordering = borders.get(regency) ?? []
  if (told.has(regency)) return [...bordering].sort()
  const others = regions.children(province).map((sibling) => sibling.code)
  return [...new Set([...others, ...bordering])].filter((other) => other !== regency).sort()
}

import { type OfficeLevel, officeLevelOf } from '../access/vocabulary.ts'
import type { Region } from '../regions/region.ts'

/** A Kesbangpol office, named by the code of its region; `00` is the Directorate of National Vigilance. */
export interface Office {
  readonly code: string
  readonly level: OfficeLevel
  readonly name: string
}

/** The office of a region: one for the nation, each province and each regency, none for a district. */
export function officeOf(region: Region): Office | undefined {
  if (region.level === 'district') return undefined
  const level = officeLevelOf(region.code)
  const name =
    level === 'national' ? 'Direktorat Kewaspadaan Nasional, Kementerian Dalam Negeri' : `Kesbangpol ${region.name}`
  return { code: region.code, level, name: level === 'province' ? `Kesbangpol Provinsi ${region.name}` : name }
}

export const regionKinds = [
  'nation',
  'province',
  'kabupaten',
  'kota',
  'kabupaten_administrasi',
  'kota_administrasi',
  'district',
] as const
export type RegionKind = (typeof regionKinds)[number]

export const regionLevels = ['nation', 'province', 'regency', 'district'] as const
export type RegionLevel = (typeof regionLevels)[number]

export const timeZones = ['Asia/Jakarta', 'Asia/Pontianak', 'Asia/Makassar', 'Asia/Jayapura'] as const
export type TimeZone = (typeof timeZones)[number]

/** The nation has a code of its own so that a national report has a place like any other. */
export const nationCode = '00'

/** A place that has a Kemendagri code; `regency` is kabupaten or kota. */
export interface Region {
  /** `00`, `74`, `74.71` or `74.71.01` */
  readonly code: string
  /** Official full name, as people read it: `Kabupaten Kolaka Timur`, `Sulawesi Tenggara`, `Mandonga`. */
  readonly name: string
  readonly kind: RegionKind
  readonly level: RegionLevel
  readonly parent: string | null
  /** The province it is or lies in; null for the nation. */
  readonly province: string | null
  /** The regency it is or lies in; null above regencies. */
  readonly regency: string | null
  readonly timeZone: TimeZone
  /** `[longitude, latitude]`, where a source gives it. */
  readonly centre: readonly [number, number] | null
  /** How many people live there; null where no source says so. */
  readonly population: number | null
}

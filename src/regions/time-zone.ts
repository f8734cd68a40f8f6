import type { TimeZone } from './region.ts'

// Keppres 41/1987. Kalimantan Barat and Tengah keep the clock of Jakarta but have a zone of their own in the IANA list.
const provinces: Record<TimeZone, readonly string[]> = {
  'Asia/Jakarta': [
    ...['11', '12', '13', '14', '15', '16', '17', '18', '19', '21'],
    ...['31', '32', '33', '34', '35', '36'],
  ],
  'Asia/Pontianak': ['61', '62'],
  'Asia/Makassar': ['51', '52', '53', '63', '64', '65', '71', '72', '73', '74', '75', '76'],
  'Asia/Jayapura': ['81', '82', '91', '92', '93', '94', '95', '96'],
}

const zoneOfProvince = new Map(
  Object.entries(provinces).flatMap(([zone, codes]) => codes.map((code) => [code, zone as TimeZone] as const)),
)

/** The IANA time zone of a province by its Kemendagri code, or undefined for a province it does not know. */
export function timeZoneOf(province: string): TimeZone | undefined {
  return zoneOfProvince.get(province)
}

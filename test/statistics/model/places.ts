/** Where the reports of the test lie, said by hand: the model asks no one for its geography. */
export const zones: Record<string, string> = {
  '00': 'Asia/Jakarta',
  11: 'Asia/Jakarta',
  19: 'Asia/Jakarta',
  31: 'Asia/Jakarta',
  34: 'Asia/Jakarta',
  35: 'Asia/Jakarta',
  51: 'Asia/Makassar',
  61: 'Asia/Pontianak',
  74: 'Asia/Makassar',
  91: 'Asia/Jayapura',
  94: 'Asia/Jayapura',
}
/** Hours ahead of UTC; none of them has ever changed within the years of the test. */
export const hoursAhead: Record<string, number> = {
  'Asia/Jakarta': 7,
  'Asia/Pontianak': 7,
  'Asia/Makassar': 8,
  'Asia/Jayapura': 9,
}

/** Who posts; what is named more often posts more. */
export const offices = [
  '00',
  ...['11', '11.01', '11.71', '19', '19.71', '31', '31.01', '31.71', '34', '34.71', '51', '51.03', '51.71'],
  ...['61', '61.01', '61.71', '94', '94.01', '94.04'],
  ...['74', '74.01', '74.02', '74.71', '74.72', '35', '35.01', '35.78', '91', '91.03', '91.71'],
]
/** Offices of which somebody asks: each tier in each time zone. */
export const askingOffices = {
  regency: ['74.71', '91.71', '35.78'],
  province: ['74', '91', '35'],
  national: ['00'],
} as const

/** The same region or one that it lies in. */
export function liesIn(code: string, region: string): boolean {
  return region === '00' || code === region || code.startsWith(`${region}.`)
}

export function zoneOf(code: string): string {
  const zone = zones[code.slice(0, 2)]
  if (zone === undefined) throw new Error(`No time zone is said for ${code}`)
  return zone
}

/** The day there, `YYYY-MM-DD`. */
export function dayAt(code: string, moment: number): string {
  const ahead = (hoursAhead[zoneOf(code)] ?? 0) * 3_600_000
  return new Date(moment + ahead).toISOString().slice(0, 10)
}

/** The moment at which a day begins there. */
export function startOfDay(code: string, day: string): number {
  return Date.parse(`${day}T00:00:00.000Z`) - (hoursAhead[zoneOf(code)] ?? 0) * 3_600_000
}

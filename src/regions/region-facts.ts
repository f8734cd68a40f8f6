import { countryBounds } from './country-bounds.ts'
import type { RegionDirectory } from './directory.ts'
import { type FactColumn, type FactRow, readFactsFile } from './facts-file.ts'
import { ReferenceDataError } from './reference-data-error.ts'

/** What a file says of one region. */
export interface RegionFact {
  code: string
  /** Degrees in WGS 84; both null where the file leaves them empty. */
  longitude: number | null
  latitude: number | null
  population: number | null
  /** Codes of the regencies that it borders on; only regencies have any. */
  neighbours: string[]
}

const mostPeople = 2_000_000_000

/**
 * The facts in the bytes of a CSV.
 * @throws ReferenceDataError naming every line and column that does not hold
 */
export function readRegionFacts(bytes: Buffer, regions: RegionDirectory): RegionFact[] {
  const { rows, faults } = readFactsFile(bytes)
  const lines = new Map<string, number>()
  const facts = rows.map((row) => {
    const wrong = (column: FactColumn, detail: string) => faults.push(`line ${row.line}, ${column}: ${detail}`)
    const earlier = lines.get(row.cells.code)
    if (earlier !== undefined) wrong('code', `${row.cells.code} is on line ${earlier} already`)
    else lines.set(row.cells.code, row.line)
    return factOf(row, regions, wrong)
  })
  for (const [from, to] of oneSided(facts))
    faults.push(
      `line ${lines.get(from)}, neighbours: ${to} (line ${lines.get(to)}) does not name ${from} as its neighbour`,
    )
  if (faults.length > 0) throw new ReferenceDataError('region facts', faults.sort(byLine))
  return facts
}

type Wrong = (column: FactColumn, detail: string) => void

function factOf({ cells }: FactRow, regions: RegionDirectory, wrong: Wrong): RegionFact {
  const { code } = cells
  if (!regions.find(code)) wrong('code', `there is no region ${quoted(code)}`)
  const longitude = degrees('lon', cells.lon, wrong)
  const latitude = degrees('lat', cells.lat, wrong)
  if ((cells.lon === '') !== (cells.lat === '')) wrong(cells.lon === '' ? 'lon' : 'lat', 'both or neither')
  return {
    code,
    longitude,
    latitude,
    population: populationOf(cells.population, wrong),
    neighbours: neighboursIn(cells, regions, wrong),
  }
}

function degrees(column: 'lon' | 'lat', cell: string, wrong: Wrong): number | null {
  if (cell === '') return null
  const [least, most] = countryBounds[column]
  const value = /^-?\d{1,3}(\.\d{1,15})?$/.test(cell) ? Number(cell) : Number.NaN
  if (value >= least && value <= most) return value
  wrong(column, `${quoted(cell)} is no number of degrees from ${least} to ${most}`)
  return null
}

function populationOf(cell: string, wrong: Wrong): number | null {
  if (cell === '') return null
  const value = /^\d{1,10}$/.test(cell) ? Number(cell) : Number.NaN
  if (value <= mostPeople) return value
  wrong('population', `${quoted(cell)} is no whole number from 0 to ${mostPeople}`)
  return null
}

/** The neighbours that hold, each once. */
function neighboursIn({ code, neighbours }: FactRow['cells'], regions: RegionDirectory, wrong: Wrong): string[] {
  const named = neighbours.split(/\s+/).filter((each) => each !== '')
  const level = regions.find(code)?.level
  if (named.length > 0 && level !== undefined && level !== 'regency') {
    wrong('neighbours', 'only a regency has any')
    return []
  }
  return named.filter((each, index) => {
    const isRegency = regions.find(each)?.level === 'regency'
    if (each === code) wrong('neighbours', `${each} is the region itself`)
    else if (!isRegency) wrong('neighbours', `there is no regency ${quoted(each)}`)
    const isFirst = named.indexOf(each) === index
    if (!isFirst) wrong('neighbours', `${each} is named twice`)
    return isRegency && isFirst && each !== code
  })
}

/** Pairs of which the second has a row of its own that does not name the first. */
function oneSided(facts: readonly RegionFact[]): [from: string, to: string][] {
  const named = new Map(facts.map(({ code, neighbours }) => [code, new Set(neighbours)]))
  return facts.flatMap(({ code, neighbours }) =>
    neighbours.filter((other) => named.get(other)?.has(code) === false).map((other): [string, string] => [code, other]),
  )
}

function quoted(cell: string): string {
  return `"${cell.slice(0, 40)}"`
}

function byLine(a: string, b: string): number {
  return Number(/\d+/.exec(a)?.[0]) - Number(/\d+/.exec(b)?.[0])
}

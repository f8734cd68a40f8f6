import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { parse } from 'csv-parse/sync'
import type { RegionDirectory } from '../../src/regions/directory.ts'
import type { Region } from '../../src/regions/region.ts'
import type { VotingGroup } from './calendar-days.ts'
import { chance, shares } from './chance.ts'

/** Where a report can be from. Which it is from, chance says; a regency with more of them has more reports. */
export interface Place {
  region: Region
  office: string
  /** A village or a town quarter, as people write it. */
  place: string | null
  point: readonly [longitude: number, latitude: number] | null
}

/** How many places there are for a regency of ordinary weight. */
const placesOfRegency = 230
/** Provinces that most people live in, by how many times as many reports each of their regencies has. */
const populous: Record<string, number> = {
  '31': 2.5,
  '32': 2.4,
  '33': 2,
  '35': 2.2,
  '36': 2,
  '12': 1.3,
  '73': 1.3,
  '16': 1.2,
  '34': 1.3,
}
/** Every so manieth regency is a hot spot of elections. */
const hotSpotEvery = 13

/** Names of villages and middles of islands, by regency: they come with the area data. */
interface AreaData {
  villages: ReadonlyMap<string, string[]>
  middles: ReadonlyMap<string, readonly [number, number]>
}

/** The places of a group, those of a region with much to tell more. */
export async function placesOf(groups: readonly VotingGroup[], regions: RegionDirectory): Promise<Place[][]> {
  const area = await readAreaData()
  const random = chance(514)
  return groups.map((group) =>
    group.regions.flatMap((region) =>
      Array.from({ length: Math.round(weightOf(region) * placesOfRegency) }, () =>
        placeIn(region, { regions, area, random }),
      ),
    ),
  )
}

/** How often a region tells of something; 1 for an ordinary regency. The hot spots are the same in each fill. */
export function weightOf(region: Region): number {
  if (region.level === 'nation') return 1
  if (region.level === 'province') return 0.5
  const [province, regency] = region.code.split('.').map(Number)
  const isHot = (Number(province) * 7 + Number(regency)) % hotSpotEvery === 0
  return (populous[region.province ?? ''] ?? 1) * (region.kind === 'kota' ? 1.5 : 1) * (isHot ? 4 : 1)
}

function placeIn(
  region: Region,
  { regions, area, random }: { regions: RegionDirectory; area: AreaData; random: () => number },
): Place {
  const oneOf = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)]
  const inDistrict = region.level === 'regency' && random() < 0.45
  const named = (inDistrict && oneOf(regions.children(region.code))) || region
  const office = region.level === 'regency' && random() < 0.04 ? (region.province ?? region.code) : region.code
  const village = region.level === 'regency' ? oneOf(area.villages.get(region.code) ?? []) : undefined
  const middle = area.middles.get(region.code) ?? area.middles.get(region.province ?? '')
  const near = (degrees: number) => Math.round((degrees + (random() - 0.5) * 0.3) * 100_000) / 100_000
  const hasPoint = middle !== undefined && random() < 0.6
  return {
    region: named,
    office,
    place: village === undefined ? null : `${region.kind === 'kota' ? 'Kelurahan' : 'Desa'} ${village}`,
    point: hasPoint ? [near(middle[0]), near(middle[1])] : null,
  }
}

async function readAreaData(): Promise<AreaData> {
  const folder = join(dirname(createRequire(import.meta.url).resolve('idn-area-data/package.json')), 'data')
  const rows = async (name: string): Promise<Record<string, string>[]> =>
    parse(await readFile(join(folder, name)), { columns: true })
  const villages = new Map<string, string[]>()
  for (const { district_code, name } of await rows('villages.csv')) {
    const regency = String(district_code).slice(0, 5)
    const known = villages.get(regency)
    if (known) known.push(String(name))
    else villages.set(regency, [String(name)])
  }
  return { villages, middles: middlesOf(await rows('islands.csv')) }
}

/** Highlands without an island in the area data. */
const inland: Record<string, readonly [number, number]> = { '94': [136.3, -3.6], '95': [138.9, -4.1] }

/** The mean of the islands of each regency, and of each province. */
function middlesOf(islands: readonly Record<string, string>[]): Map<string, readonly [number, number]> {
  const sums = new Map<string, { longitude: number; latitude: number; islands: number }>()
  for (const { code, coordinate } of islands) {
    const point = degreesOf(coordinate ?? '')
    if (!point) continue
    for (const region of [String(code).slice(0, 5), String(code).slice(0, 2)]) {
      const sum = sums.get(region) ?? { longitude: 0, latitude: 0, islands: 0 }
      sums.set(region, {
        longitude: sum.longitude + point[0],
        latitude: sum.latitude + point[1],
        islands: sum.islands + 1,
      })
    }
  }
  const means = [...sums].map(
    ([region, { longitude, latitude, islands }]) => [region, [longitude / islands, latitude / islands]] as const,
  )
  return new Map<string, readonly [number, number]>([...Object.entries(inland), ...means])
}

/** `03°19'03.44" N 097°07'41.73" E` in degrees. */
function degreesOf(text: string): [number, number] | undefined {
  const parts = [...text.matchAll(/(\d+)°(\d+)'([\d.]+)"\s*([NSEW])/g)]
  if (parts.length !== 2) return undefined
  const [latitude, longitude] = parts.map(([, degrees, minutes, seconds, side]) => {
    const value = Number(degrees) + Number(minutes) / 60 + Number(seconds) / 3600
    return side === 'S' || side === 'W' ? -value : value
  })
  return [longitude ?? 0, latitude ?? 0]
}

/** How many reports each group has on each day, in the order of days. */
export function reportsByDay(
  groups: readonly VotingGroup[],
  reports: number,
): { date: string; group: number; reports: number }[] {
  const weights = groups.map(({ regions }) => regions.reduce((sum, region) => sum + weightOf(region), 0))
  const dates = groups[0]?.days ?? []
  const cells = dates.flatMap(({ date }, index) =>
    groups.map(({ days }, group) => ({ date, group, weight: (weights[group] ?? 0) * (days[index]?.density ?? 0) })),
  )
  const counts = shares(
    reports,
    cells.map(({ weight }) => weight),
  )
  return cells.map(({ date, group }, index) => ({ date, group, reports: counts[index] ?? 0 }))
}

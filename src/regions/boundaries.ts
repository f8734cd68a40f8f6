import { booleanPointInPolygon } from '@turf/boolean-point-in-polygon'
import { pointToLineDistance } from '@turf/point-to-line-distance'
import Flatbush from 'flatbush'
import type { Polygon, Position } from 'geojson'

/** `[longitude, latitude]` in WGS 84 degrees. */
export type Coordinates = readonly [number, number]

/** Where a regency lies: the coordinates of a GeoJSON MultiPolygon. */
export interface Boundary {
  code: string
  polygons: Position[][][]
}

export const positionBases = ['inside', 'nearest', 'none'] as const
export type PositionBasis = (typeof positionBases)[number]

/** The regency that a position lies in or near. */
export interface Located {
  /** Null where none lies within 5 km. */
  region: string | null
  basis: PositionBasis
  /** How far the region is: 0 inside, null where there is none. */
  distanceMetres: number | null
}

const farthestMetres = 5_000
// Of latitude and, at the equator, of longitude; a little too few, so that no polygon in reach is passed over.
const metresOfDegree = 110_000

interface Part {
  code: string
  polygon: Polygon
}

/** The boundaries in force, in memory: built once, never changed. */
export class Boundaries {
  readonly #codes = new Set<string>()
  readonly #parts: Part[] = []
  readonly #index: Flatbush

  /** At least one boundary. An island is a part of its own, so that a look-up meets few corners. */
  constructor(boundaries: Iterable<Boundary>) {
    for (const { code, polygons } of boundaries) {
      this.#codes.add(code)
      for (const coordinates of polygons) this.#parts.push({ code, polygon: { type: 'Polygon', coordinates } })
    }
    this.#index = new Flatbush(this.#parts.length)
    for (const { polygon } of this.#parts) this.#index.add(...boxOf(polygon))
    this.#index.finish()
  }

  /** Of how many regencies the boundary is known. */
  get size(): number {
    return this.#codes.size
  }

  has(code: string): boolean {
    return this.#codes.has(code)
  }

  /** The regency around a position, its edge included; else the nearest within 5 km. Of several alike the one with the lowest code. */
  locate([longitude, latitude]: Coordinates): Located {
    const point = [longitude, latitude]
    const around = this.#meeting([longitude, latitude, longitude, latitude]).filter(({ polygon }) =>
      booleanPointInPolygon(point, polygon),
    )
    const [inside] = around.map(({ code }) => code).sort()
    if (inside !== undefined) return { region: inside, basis: 'inside', distanceMetres: 0 }
    const box = boxAround(longitude, latitude, farthestMetres)
    const near = this.#meeting(box)
      .map(({ code, polygon }) => ({ code, metres: metresTo(point, polygon, box) }))
      .filter(({ metres }) => metres <= farthestMetres)
      .sort((a, b) => a.metres - b.metres || (a.code < b.code ? -1 : 1))
    const [nearest] = near
    if (!nearest) return { region: null, basis: 'none', distanceMetres: null }
    return { region: nearest.code, basis: 'nearest', distanceMetres: Math.round(nearest.metres) }
  }

  #meeting(box: Box): Part[] {
    return this.#index
      .search(...box)
      .map((index) => this.#parts[index])
      .filter((part) => part !== undefined)
  }
}

/** West, south, east, north. */
type Box = [number, number, number, number]

function boxAround(longitude: number, latitude: number, metres: number): Box {
  const north = metres / metresOfDegree
  const east = north / Math.cos((Math.min(Math.abs(latitude) + north, 89) * Math.PI) / 180)
  return [longitude - east, latitude - north, longitude + east, latitude + north]
}

/** To the nearest edge of a polygon that meets the box. A coast has thousands of edges and each costs: those elsewhere are left out. */
function metresTo(point: Position, { coordinates }: Polygon, [west, south, east, north]: Box): number {
  let least = Number.POSITIVE_INFINITY
  for (const ring of coordinates) {
    for (const [index, to] of ring.entries()) {
      const from = ring[index - 1] ?? to
      const [x = 0, y = 0] = from
      const [x2 = 0, y2 = 0] = to
      if ((x < west && x2 < west) || (x > east && x2 > east) || (y < south && y2 < south) || (y > north && y2 > north))
        continue
      const edge = { type: 'LineString' as const, coordinates: [from, to] }
      if (index > 0) least = Math.min(least, pointToLineDistance(point, edge, { units: 'meters' }))
    }
  }
  return least
}

function boxOf({ coordinates: [outer = []] }: Polygon): Box {
  const box: Box = [Infinity, Infinity, -Infinity, -Infinity]
  for (const [x = 0, y = 0] of outer) {
    box[0] = Math.min(box[0], x)
    box[1] = Math.min(box[1], y)
    box[2] = Math.max(box[2], x)
    box[3] = Math.max(box[3], y)
  }
  return box
}

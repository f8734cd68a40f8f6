import type { Position } from 'geojson'
import { countryBounds, isInCountry } from './country-bounds.ts'

/** What is wrong with the coordinates of a MultiPolygon: one fault a ring, the first that it has. */
export function* polygonFaults(polygons: unknown): Iterable<string> {
  if (!Array.isArray(polygons) || polygons.length === 0) {
    yield 'has no polygon'
    return
  }
  for (const [place, rings] of polygons.entries()) {
    if (!Array.isArray(rings) || rings.length === 0) yield `polygon ${place + 1} has no ring`
    else
      for (const [index, ring] of rings.entries()) {
        const fault = ringFault(ring)
        if (fault !== undefined) yield `polygon ${place + 1}, ring ${index + 1}: ${fault}`
      }
  }
}

function ringFault(ring: unknown): string | undefined {
  if (!Array.isArray(ring) || ring.length < 4) return 'has fewer than four positions'
  for (const position of ring) {
    const fault = positionFault(position)
    if (fault !== undefined) return fault
  }
  const [first, last] = [ring[0], ring.at(-1)] as [Position, Position]
  return first[0] === last[0] && first[1] === last[1] ? undefined : 'does not end where it begins'
}

function positionFault(position: unknown): string | undefined {
  const [x, y] = Array.isArray(position) ? (position as unknown[]) : []
  if (typeof x !== 'number' || typeof y !== 'number') return 'a position is no pair of numbers'
  if (isInCountry(x, y)) return undefined
  const { lon, lat } = countryBounds
  if (Math.abs(x) > 360 || Math.abs(y) > 360)
    return `[${x}, ${y}] are metres of a projection; export it in WGS 84 degrees (EPSG:4326)`
  if (isInCountry(y, x)) return `[${x}, ${y}] has the latitude first; GeoJSON wants [longitude, latitude]`
  return `[${x}, ${y}] lies outside ${lon[0]} to ${lon[1]} degrees east and ${lat[0]} to ${lat[1]} north`
}

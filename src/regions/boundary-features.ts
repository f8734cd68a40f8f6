import type { Feature } from 'geojson'
import { feature } from 'topojson-client'
import type { GeometryCollection, Topology } from 'topojson-specification'
import { ReferenceDataError } from './reference-data-error.ts'

type Members = Record<string, unknown>

/**
 * The features of a GeoJSON FeatureCollection or of a TopoJSON topology with one object.
 * @throws ReferenceDataError for anything else, and for coordinates that say themselves that they are no WGS 84
 */
export function featuresOf(bytes: Buffer): Feature[] {
  const document = parsed(bytes)
  if (!isObject(document)) throw refused('is neither GeoJSON nor TopoJSON')
  refuseOtherSystem(document)
  if (document.type === 'Topology') return featuresOfTopology(document)
  const { type, features } = document
  if (type !== 'FeatureCollection' || !Array.isArray(features)) {
    throw refused('must be a GeoJSON FeatureCollection or a TopoJSON Topology')
  }
  return atLeastOne(features)
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8').replace(/^\uFEFF/, ''))
  } catch (error) {
    throw refused(`is not JSON: ${(error as Error).message}`)
  }
}

/** What GeoJSON of before 2016 says of its coordinates; without a word they are WGS 84. */
function refuseOtherSystem({ crs }: Members): void {
  const name = (crs as { properties?: { name?: unknown } } | null | undefined)?.properties?.name
  if (name === undefined || /CRS84|4326/.test(String(name))) return
  throw refused(`its coordinates are of ${String(name).slice(0, 60)}; export it in WGS 84 degrees (EPSG:4326)`)
}

function featuresOfTopology(document: Members): Feature[] {
  const objects = isObject(document.objects) ? Object.entries(document.objects) : []
  const [[name] = []] = objects
  if (name === undefined || objects.length > 1) {
    throw refused(
      `holds ${objects.length} objects (${objects.map(([each]) => each).join(', ')}); keep that of the regencies`,
    )
  }
  const topology = document as unknown as Topology<Record<string, GeometryCollection>>
  try {
    const { features } = feature(topology, name as string) as { features?: Feature[] }
    return atLeastOne(features ?? [])
  } catch (error) {
    if (error instanceof ReferenceDataError) throw error
    throw refused(`is TopoJSON whose object ${name} cannot be read: ${(error as Error).message}`)
  }
}

function atLeastOne(features: unknown[]): Feature[] {
  if (features.length === 0) throw refused('holds no feature')
  return features.map((each) => (isObject(each) ? each : {})) as unknown as Feature[]
}

function refused(detail: string): ReferenceDataError {
  return new ReferenceDataError('boundaries', [detail])
}

function isObject(value: unknown): value is Members {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

import type { Feature, Position } from 'geojson'
import { answersTo } from './answers-to.ts'
import type { Boundary } from './boundaries.ts'
import { polygonFaults } from './boundary-faults.ts'
import { featuresOf } from './boundary-features.ts'
import { codeIn, codePropertyOf } from './code-property.ts'
import type { RegionDirectory } from './directory.ts'
import { ReferenceDataError } from './reference-data-error.ts'
import type { Region } from './region.ts'

export interface BoundaryFile {
  boundaries: Boundary[]
  /** The property that the codes were read from. */
  property: string
  /** Features whose name is not that of their code, such as `94.01 Merauke`: the codes of BPS are other ones in Papua. */
  misnamed: string[]
}

const nameProperties = /^(name|nama|namobj|wadmkk|kab_?kot(a)?|kabupaten|nama_?kab(_?kota)?|regency(_?name)?)$/i

/**
 * The boundaries of regencies in the bytes of a file; codes with or without points, of today or former.
 * @param property that holds the code; found among the usual names without it
 * @throws ReferenceDataError naming every feature that does not hold
 */
export function readBoundaryFile(bytes: Buffer, regions: RegionDirectory, property?: string): BoundaryFile {
  const features = featuresOf(bytes)
  const coded = codePropertyOf(features, property)
  const faults: string[] = []
  const first = new Map<string, number>()
  const misnamed: string[] = []
  const boundaries = features.flatMap((feature, index) => {
    const wrong = (detail: string) => faults.push(`feature ${index + 1}: ${detail}`)
    const region = regencyOf(feature.properties?.[coded], regions, wrong)
    const polygons = polygonsOf(feature, wrong)
    if (!region) return []
    const earlier = first.get(region.code)
    if (earlier !== undefined)
      wrong(`${region.code} is feature ${earlier} already; one MultiPolygon holds all its parts`)
    else first.set(region.code, index + 1)
    const name = nameIn(feature)
    if (name !== undefined && !answersTo(region, name)) misnamed.push(`${region.code} ${name}`)
    return polygons ? [{ code: region.code, polygons }] : []
  })
  if (faults.length > 0) throw new ReferenceDataError('boundaries', faults)
  return { boundaries, property: coded, misnamed }
}

type Wrong = (detail: string) => void

function regencyOf(value: unknown, regions: RegionDirectory, wrong: Wrong): Region | undefined {
  const code = codeIn(value)
  const region = code === undefined ? undefined : regions.today(code)
  if (code === undefined) wrong(`${JSON.stringify(value ?? null).slice(0, 40)} is no Kemendagri code`)
  else if (!region) wrong(`there is no region ${code}`)
  else if (region.level !== 'regency') wrong(`${code} is a ${region.level}; boundaries are of regencies`)
  else return region
  return undefined
}

function polygonsOf({ geometry }: Feature, wrong: Wrong): Position[][][] | undefined {
  if (geometry?.type !== 'Polygon' && geometry?.type !== 'MultiPolygon') {
    wrong(`is a ${geometry?.type ?? 'feature without geometry'}, neither Polygon nor MultiPolygon`)
    return undefined
  }
  const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates
  const faults = [...polygonFaults(polygons)]
  for (const fault of faults) wrong(fault)
  return faults.length > 0 ? undefined : polygons
}

function nameIn({ properties }: Feature): string | undefined {
  const name = Object.keys(properties ?? {}).find((each) => nameProperties.test(each))
  const value: unknown = name === undefined ? undefined : properties?.[name]
  if (typeof value !== 'string' || value.trim() === '') return undefined
  return value.trim().replace(/^kab(\.|upaten)? /i, '')
}

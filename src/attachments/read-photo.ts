import { readFile } from 'node:fs/promises'
import ExifReader from 'exifreader'
import type { MediaType } from './vocabulary.ts'

/** What a photo says of itself. */
export interface PhotoFacts {
  /** Longitude and latitude in degrees, where the camera knew them. */
  position: [number, number] | null
  /** Only where the camera knew its offset from UTC: a time on the wall is no moment. */
  takenAt: Date | null
}

const nothing: PhotoFacts = { position: null, takenAt: null }

/** Where and when a photo was taken, by its EXIF; nothing for other files, and for what cannot be read. */
export async function readPhoto(path: string, mediaType: MediaType): Promise<PhotoFacts> {
  if (!mediaType.startsWith('image/')) return nothing
  try {
    const { gps, exif } = ExifReader.load(await readFile(path), { expanded: true })
    const taken = (exif?.DateTimeOriginal?.value as string[] | undefined)?.[0]
    const offset = (exif?.OffsetTimeOriginal?.value as string[] | undefined)?.[0]
    return { position: positionOf(gps?.Longitude, gps?.Latitude), takenAt: momentOf(taken, offset) }
  } catch {
    return nothing
  }
}

function positionOf(longitude: number | undefined, latitude: number | undefined): PhotoFacts['position'] {
  if (longitude === undefined || latitude === undefined) return null
  return Math.abs(longitude) <= 180 && Math.abs(latitude) <= 90 ? [longitude, latitude] : null
}

/** As in `2024:11:25 14:30:00` and `+08:00`. */
function momentOf(taken: string | undefined, offset: string | undefined): Date | null {
  const time = /^(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)/.exec(taken ?? '')
  if (!time || !/^[+-]\d\d:\d\d/.test(offset ?? '')) return null
  const moment = new Date(`${time[1]}-${time[2]}-${time[3]}T${time[4]}${offset?.slice(0, 6)}`)
  return Number.isNaN(moment.getTime()) ? null : moment
}

import { isDeepStrictEqual } from 'node:util'
import type { Reference } from '../reference/store.ts'
import { classifiedRow } from '../reports/content-row.ts'
import type { ClassifiedReport } from './walk-queries.ts'

/** What a report that is posted now would keep of its classification, as columns. */
export type Classification = ReturnType<typeof classifiedRow>

/**
 * The classification of a report by the reference data, as posting would find it; undefined where it says what is in force,
 * by whichever version of the calendar. A region that is not known any more leaves a report as it is.
 */
export function classifiedAnew(report: ClassifiedReport, now: Date, reference: Reference): Classification | undefined {
  const given = asGiven(report)
  if (!reference.regions.today(given.location.regionCode)) return undefined
  const classification = classifiedRow(given, now, reference)
  const { stages, calendarVersion: _version, classifiedAt: _moment, ...place } = classification
  const isSame =
    Object.entries(place).every(([member, value]) => isDeepStrictEqual(value, report[member])) &&
    isDeepStrictEqual(JSON.parse(stages), report.stages)
  return isSame ? undefined : classification
}

function asGiven({ regionCode, postedRegionCode, longitude, latitude, occurredAt }: ClassifiedReport) {
  const coordinates: [number, number] | null = longitude === null || latitude === null ? null : [longitude, latitude]
  return {
    location: { regionCode: postedRegionCode ?? regionCode, place: null, coordinates },
    occurredAt: { instant: occurredAt, offset: '+00:00' },
  }
}

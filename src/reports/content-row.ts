import { classifyPlace } from '../classification/classify-place.ts'
import type { Reference } from '../reference/store.ts'
import type { SubmitReport } from './schemas.ts'
import type { TimeFlag } from './vocabulary.ts'

const minute = 60_000
const hour = 60 * minute
/** Clocks in the field are a little off: only more than this is "in the future". */
const clockDrift = 5 * minute

/** What the office tells, as columns: all but the time, the region and the handling. */
export function contentRow(given: SubmitReport) {
  const {
    clientReference: _reference,
    athgNotes,
    occurredAt: _instant,
    actors,
    impact,
    handling: _mark,
    ...told
  } = given
  const { location, source, ...plain } = told
  return {
    ...plain,
    athgNotes: athgNotes && JSON.stringify(athgNotes),
    place: location.place,
    longitude: location.coordinates?.[0] ?? null,
    latitude: location.coordinates?.[1] ?? null,
    sourceKind: source.kind,
    sourceMethod: source.method,
    sourceReliability: source.reliability,
    sourceCredibility: source.credibility,
    actors: actors && JSON.stringify(actors),
    impact: impact && JSON.stringify(impact),
  }
}

/** When it happened, and what follows from when it was received. */
export function timedRow({ occurredAt }: Pick<SubmitReport, 'occurredAt'>, receivedAt: Date, lateAfterHours: number) {
  const delay = receivedAt.getTime() - occurredAt.instant.getTime()
  return {
    occurredAt: occurredAt.instant,
    occurredAtOffset: occurredAt.offset,
    delaySeconds: Math.max(0, Math.floor(delay / 1000)),
    flags: flagsOf(delay, lateAfterHours),
  }
}

function flagsOf(delay: number, lateAfterHours: number): TimeFlag[] {
  if (delay < -clockDrift) return ['occurred_in_future']
  return delay > lateAfterHours * hour ? ['late'] : []
}

/** All that follows from place and time by the reference data in force, as columns. @throws when the region is unknown: the caller checks that first */
export function classifiedRow(
  { location, occurredAt }: Pick<SubmitReport, 'location' | 'occurredAt'>,
  now: Date,
  reference: Reference,
) {
  const { region, position, flags, stages } = classifyPlace(location, occurredAt.instant, reference)
  const [primary] = stages
  return {
    ...region,
    positionBasis: position?.basis ?? null,
    positionRegionCode: position?.region ?? null,
    positionDistanceMetres: position?.distanceMetres ?? null,
    placeFlags: flags,
    primaryElection: primary?.election ?? null,
    primaryStage: primary?.stage ?? null,
    stages: JSON.stringify(stages),
    calendarVersion: reference.calendar.version,
    classifiedAt: now,
  }
}

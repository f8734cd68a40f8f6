import type { Caller } from '../access/caller.ts'
import { handlingRank, officeLevelOf } from '../access/vocabulary.ts'
import { classifyPlace } from '../classification/classify-place.ts'
import { localDateIn } from '../classification/local-date.ts'
import type { Reference } from '../reference/store.ts'
import type { SubmitReport } from './schemas.ts'
import type { NewReport } from './table.ts'
import type { Flag } from './vocabulary.ts'

const minute = 60_000
const hour = 60 * minute
/** Clocks in the field are a little off: only more than this is "in the future". */
const clockDrift = 5 * minute

interface Arrival {
  id: string
  caller: Caller
  now: Date
  reference: Reference
  lateAfterHours: number
}

/** The row of a report that an office posts now, classified by the calendar in force. */
export function newReport(given: SubmitReport, arrival: Arrival): NewReport {
  const { id, caller, now, reference } = arrival
  const office = reference.regions.find(caller.scope.region)
  if (!office) throw new Error(`No region for the office ${caller.scope.region}`)
  const { clientReference, athgNotes, occurredAt, actors, impact, ...told } = given
  const { location, source, handling, ...plain } = told
  const { instant, offset } = occurredAt
  const place = classifyPlace(location.regionCode, instant, reference)
  const primary = place.stages[0]
  return {
    ...plain,
    id,
    officeCode: caller.scope.region,
    registerYear: Number(localDateIn(office.timeZone, now).slice(0, 4)),
    clientReference,
    status: 'submitted',
    level: officeLevelOf(caller.scope.region),
    athgNotes: athgNotes && JSON.stringify(athgNotes),
    handling: handlingRank(handling),
    occurredAt: instant,
    occurredAtOffset: offset,
    receivedAt: now,
    delaySeconds: Math.max(0, Math.floor((now.getTime() - instant.getTime()) / 1000)),
    ...place.region,
    place: location.place,
    longitude: location.coordinates?.[0] ?? null,
    latitude: location.coordinates?.[1] ?? null,
    sourceKind: source.kind,
    sourceMethod: source.method,
    sourceReliability: source.reliability,
    sourceCredibility: source.credibility,
    actors: actors && JSON.stringify(actors),
    impact: impact && JSON.stringify(impact),
    primaryElection: primary?.election ?? null,
    primaryStage: primary?.stage ?? null,
    stages: JSON.stringify(place.stages),
    calendarVersion: reference.calendar.version,
    classifiedAt: now,
    flags: flagsOf(given, now, arrival.lateAfterHours),
    submittedBy: caller.subject,
    clientId: caller.clientId,
  }
}

function flagsOf(given: SubmitReport, now: Date, lateAfterHours: number): Flag[] {
  const delay = now.getTime() - given.occurredAt.instant.getTime()
  if (delay < -clockDrift) return ['occurred_in_future']
  return delay > lateAfterHours * hour ? ['late'] : []
}

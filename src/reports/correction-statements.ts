import { changeStatement } from './change-report.ts'
import type { classifiedRow } from './content-row.ts'

/** What a correction may change, but for where and when it happened. */
const content = [
  'product',
  'exercise',
  'athg',
  'athgNotes',
  'domain',
  'incidentType',
  'phase',
  'severity',
  'urgency',
  'subject',
  'facts',
  'analysis',
  'prediction',
  'actionsTaken',
  'recommendation',
  'occurredAtOffset',
  'occurredAtPrecision',
  'obtainedAt',
  'composedAt',
  'place',
  'longitude',
  'latitude',
  'sourceKind',
  'sourceMethod',
  'sourceReliability',
  'sourceCredibility',
  'actors',
  'impact',
  'dueAt',
] as const
/** What a classification sets, as `classifiedRow` names it. */
export const classified = [
  'regionCode',
  'postedRegionCode',
  'provinceCode',
  'regencyCode',
  'positionBasis',
  'positionRegionCode',
  'positionDistanceMetres',
  'placeFlags',
  'timeZone',
  'localDate',
  'primaryElection',
  'primaryStage',
  'stages',
  'calendarVersion',
  'classifiedAt',
] as const satisfies readonly (keyof ReturnType<typeof classifiedRow>)[]
const time = ['occurredAt', 'delaySeconds', 'flags'] as const

export const correct = changeStatement('correct_report', content)
/** Also where or when it happened, and what follows from that. */
export const correctAndClassify = changeStatement('correct_and_classify_report', [...content, ...time, ...classified])

import { changeStatement } from './change-report.ts'

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
const classification = [
  'occurredAt',
  'delaySeconds',
  'flags',
  'regionCode',
  'provinceCode',
  'regencyCode',
  'timeZone',
  'localDate',
  'primaryElection',
  'primaryStage',
  'stages',
  'calendarVersion',
  'classifiedAt',
] as const

export const correct = changeStatement('correct_report', content)
/** Also where or when it happened, and what follows from that. */
export const correctAndClassify = changeStatement('correct_and_classify_report', [...content, ...classification])

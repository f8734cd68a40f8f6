/**
 * What can be approved of a report, in the order of the contract. Never what says who told it or who reported it: no source but its grades,
 * no office, no register number, no client reference, no persons involved.
 */
export const releaseFields = [
  'subject',
  'facts',
  'analysis',
  'prediction',
  'actionsTaken',
  'recommendation',
  'product',
  'athg',
  'domain',
  'incidentType',
  'phase',
  'severity',
  'urgency',
  'occurredAt',
  'region',
  'place',
  'position',
  'stages',
  'assessment',
  'impact',
  'attachments',
] as const
export type ReleaseField = (typeof releaseFields)[number]

/** How exactly a released region is told. */
export const regionLevels = ['nation', 'province', 'regency', 'district'] as const
export type RegionLevel = (typeof regionLevels)[number]

/** Of a version: waiting for its second person; turned down by them; in force; replaced by a later one; taken back. */
export const releaseStatuses = ['proposed', 'refused', 'published', 'superseded', 'retracted'] as const
export type ReleaseStatus = (typeof releaseStatuses)[number]

/** From this handling on, of the report or of the release, now or ever before, two officials must agree: secret. */
export const twoPersonsFrom = 2

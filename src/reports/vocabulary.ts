import { placeFlags } from '../classification/place-flags.ts'

export { domains } from '../incident-types/incident-type.ts'

/** Closed word lists of a report; the Indonesian and English labels stand in the contract. */
export const athgKinds = ['threat', 'challenge', 'obstacle', 'disruption'] as const
export const products = ['incident', 'information', 'attention', 'special'] as const
/** Has it happened yet? Potensi, Ambang, Nyata. */
export const phases = ['potential', 'imminent', 'actual'] as const
export const severities = ['low', 'moderate', 'high', 'critical'] as const
export const urgencies = ['routine', 'priority', 'immediate', 'flash'] as const
export const precisions = ['exact', 'hour', 'day', 'unknown'] as const
export const statuses = ['submitted', 'verified', 'rejected', 'escalated', 'closed', 'withdrawn'] as const

/** A kind of source, never the person. */
export const sourceKinds = [
  'field_officer',
  'fkdm',
  'community',
  'media',
  'social_media',
  'agency',
  'election_body',
  'police',
  'military',
  'other',
] as const
export const sourceMethods = ['observation', 'interview', 'document', 'open_source', 'technical', 'other'] as const
/** Admiralty grade of the source, from A (sangat dipercaya) to F (tidak dapat dinilai). */
export const reliabilities = ['A', 'B', 'C', 'D', 'E', 'F'] as const
export const actorRoles = ['perpetrator', 'victim', 'witness', 'organiser', 'target', 'responder', 'other'] as const

/** What was found odd about a time. `late`: received long after it happened. */
export const timeFlags = ['late', 'occurred_in_future'] as const
export type TimeFlag = (typeof timeFlags)[number]
/** What the classification found odd: of the time first, then of the place. */
export const flags = [...timeFlags, ...placeFlags] as const
export type Flag = (typeof flags)[number]

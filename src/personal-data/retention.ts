/** What of personal data a rule of retention is about. */
export const retentionKinds = ['actors', 'attachments'] as const
export type RetentionKind = (typeof retentionKinds)[number]

/** How long personal data of a kind is kept, by the handling of the report that holds it. */
export interface RetentionRule {
  kind: RetentionKind
  /** Rank, 0 to 3. */
  handling: number
  /** Days after receipt, 1 to 36,500. */
  keepDays: number
}

import { sql } from 'drizzle-orm'
import {
  boolean,
  date,
  doublePrecision,
  integer,
  jsonb,
  pgTable,
  smallint,
  text,
  timestamp,
  uuid,
} from 'drizzle-orm/pg-core'
import type { ReleaseContent } from './content-schemas.ts'

const moment = (name: string) => timestamp(name, { precision: 3, withTimezone: true })

/** Every version of every release, for offices that see its report. `handling` is the report's as it is now. */
export const releaseVersions = pgTable('release_versions', {
  releaseId: uuid('release_id').notNull(),
  version: integer().notNull(),
  reportId: uuid('report_id').notNull(),
  regionCode: text('region_code').notNull(),
  provinceCode: text('province_code'),
  regencyCode: text('regency_code'),
  handling: smallint().notNull(),
  /** Who sees it: the highest that the report or a version of the release ever had. */
  contentHandling: smallint('content_handling').notNull(),
  reportVersion: integer('report_version').notNull(),
  status: text().notNull(),
  /** Null for all agencies. */
  agencies: text().array(),
  releaseHandling: smallint('release_handling').notNull(),
  fields: text().array().notNull(),
  regionLevel: text('region_level'),
  positionDecimals: smallint('position_decimals'),
  attachments: uuid('attachments').array().notNull(),
  content: jsonb().$type<ReleaseContent>(),
  reason: text(),
  needsSecondPerson: boolean('needs_second_person').notNull(),
  proposedAt: moment('proposed_at').notNull(),
  proposedBy: text('proposed_by').notNull(),
  proposingClient: text('proposing_client').notNull(),
  proposingOffice: text('proposing_office').notNull(),
  publishedAt: moment('published_at'),
  approvedBy: text('approved_by'),
  approvingClient: text('approving_client'),
  approvingOffice: text('approving_office'),
  endedAt: moment('ended_at'),
  endedBy: text('ended_by'),
  endingClient: text('ending_client'),
  endingOffice: text('ending_office'),
  endReason: text('end_reason'),
})

/** What agencies read: the version in force, with null wherever something was not approved. */
export const releases = pgTable('releases', {
  id: uuid().primaryKey(),
  version: integer().notNull(),
  agencies: text().array(),
  handling: smallint().notNull(),
  releasedAt: moment('released_at').notNull(),
  firstReleasedAt: moment('first_released_at').notNull(),
  retractedAt: moment('retracted_at'),
  content: jsonb().$type<ReleaseContent>(),
  exercise: boolean().notNull(),
  athg: text(),
  domain: text(),
  incidentType: text('incident_type'),
  phase: text(),
  severity: text(),
  severityRank: smallint('severity_rank'),
  occurredAt: moment('occurred_at'),
  localDate: date('local_date'),
  regionCode: text('region_code'),
  provinceCode: text('province_code'),
  regencyCode: text('regency_code'),
  longitude: doublePrecision(),
  latitude: doublePrecision(),
  primaryElection: text('primary_election'),
  primaryStage: text('primary_stage'),
  stages: jsonb().notNull(),
  /** Whether no stage, or no position, says that there was none; else that it was not approved. */
  stagesApproved: boolean('stages_approved').notNull().generatedAlwaysAs(sql`coalesce(content ? 'stages', false)`),
  positionApproved: boolean('position_approved')
    .notNull()
    .generatedAlwaysAs(sql`coalesce(content ? 'position', false)`),
})

/** Whom each version reached. */
export const releaseAudiences = pgTable('release_audiences', {
  releaseId: uuid('release_id').notNull(),
  version: integer().notNull(),
  agencies: text().array(),
  handling: smallint().notNull(),
})

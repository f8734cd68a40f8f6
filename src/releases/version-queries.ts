import { eq, type SQL, sql } from 'drizzle-orm'
import type { Scope } from '../access/caller.ts'
import { scopeValues, visible } from '../access/scope.ts'
import type { Tier } from '../access/vocabulary.ts'
import { statement, statementByTier } from '../database/statement.ts'
import type { Transaction } from '../database/transaction.ts'
import { reports as r } from '../reports/table.ts'
import type { ReleasedContent } from './content.ts'
import { releaseVersions as v } from './table.ts'
import type { RegionLevel, ReleaseField, ReleaseStatus } from './vocabulary.ts'

const { placeholder } = sql

/** A version of a release as it is stored. */
export interface ReleaseVersionRow extends Record<string, unknown> {
  releaseId: string
  version: number
  reportId: string
  /** Rank, 0 to 3: who sees it. */
  contentHandling: number
  reportVersion: number
  status: ReleaseStatus
  /** Null for all. */
  agencies: string[] | null
  /** Rank, 0 to 3. */
  releaseHandling: number
  fields: ReleaseField[]
  regionLevel: RegionLevel | null
  positionDecimals: number | null
  /** Ids of the approved files of the report. */
  attachments: string[]
  content: ReleasedContent | null
  reason: string | null
  needsSecondPerson: boolean
  proposedAt: Date
  proposedBy: string
  proposingOffice: string
  publishedAt: Date | null
  approvedBy: string | null
  approvingOffice: string | null
  endedAt: Date | null
  endedBy: string | null
  endingOffice: string | null
  endReason: string | null
}

const columns = sql`${v.releaseId} AS "releaseId", ${v.version}, ${v.reportId} AS "reportId", ${v.contentHandling} AS "contentHandling",
  ${v.reportVersion} AS "reportVersion", ${v.status}, ${v.agencies}, ${v.releaseHandling} AS "releaseHandling", ${v.fields},
  ${v.regionLevel} AS "regionLevel", ${v.positionDecimals} AS "positionDecimals", ${v.attachments}, ${v.content}, ${v.reason},
  ${v.needsSecondPerson} AS "needsSecondPerson", ${v.proposedAt} AS "proposedAt", ${v.proposedBy} AS "proposedBy",
  ${v.proposingOffice} AS "proposingOffice", ${v.publishedAt} AS "publishedAt", ${v.approvedBy} AS "approvedBy",
  ${v.approvingOffice} AS "approvingOffice", ${v.endedAt} AS "endedAt", ${v.endedBy} AS "endedBy", ${v.endingOffice} AS "endingOffice",
  ${v.endReason} AS "endReason"`

const place = { regencyCode: v.regencyCode, provinceCode: v.provinceCode, handling: v.contentHandling }

/** Versions that the caller is cleared for, of reports in their region. */
const seen = (tier: Tier, ...conditions: SQL[]) => visible(tier, place, ...conditions)

const findReport = statementByTier('find_report_of_release', (tier) => {
  const where = seen(tier, eq(v.releaseId, placeholder('id')), eq(v.version, sql`1`))
  return sql`SELECT ${v.reportId} AS "reportId" FROM ${v} WHERE ${where}`
})

/** Undefined for what is missing and for what the caller may not see alike. */
export async function findReportOfRelease(tx: Transaction, scope: Scope, id: string): Promise<string | undefined> {
  const [row] = await tx.run<{ reportId: string }>(findReport[scope.tier], { ...scopeValues(scope), id })
  return row?.reportId
}

const listOfRelease = statementByTier('list_release_versions', (tier) => {
  return sql`SELECT ${columns} FROM ${v} WHERE ${seen(tier, eq(v.releaseId, placeholder('id')))} ORDER BY ${v.version}`
})

/** Every version of a release, in their order. Lock its report first: then nobody else changes them. */
export async function listVersions(tx: Transaction, scope: Scope, id: string): Promise<ReleaseVersionRow[]> {
  return tx.run<ReleaseVersionRow>(listOfRelease[scope.tier], { ...scopeValues(scope), id })
}

const listOfReport = statementByTier('list_releases_of_report', (tier) => {
  const later = sql`(${v.releaseId}, ${v.version}) > (${placeholder('afterId')}::uuid, ${placeholder('afterVersion')}::int)`
  return sql`SELECT ${columns}, ${r.version} AS "reportStands" FROM ${v} JOIN ${r} ON ${r.id} = ${v.reportId}
    WHERE ${seen(tier, eq(v.reportId, placeholder('reportId')), visible(tier, r), later)} ORDER BY ${v.releaseId}, ${v.version}
    LIMIT ${placeholder('rows')}`
})

/** Of one report, the releases in the order in which they were made, and after a version. */
export async function listReleasesOf(
  tx: Transaction,
  scope: Scope,
  page: { reportId: string; afterId: string; afterVersion: number; rows: number },
): Promise<(ReleaseVersionRow & { reportStands: number })[]> {
  return tx.run(listOfReport[scope.tier], { ...scopeValues(scope), ...page })
}

const insert = statement(
  'insert_release_version',
  sql`INSERT INTO ${v} (release_id, version, report_id, region_code, handling, report_version, status, agencies,
    release_handling, fields, region_level, position_decimals, attachments, content, reason, needs_second_person, proposed_at, proposed_by,
    proposing_client, proposing_office, published_at)
  VALUES (${placeholder('releaseId')}, ${placeholder('version')}, ${placeholder('reportId')}, ${placeholder('regionCode')},
    ${placeholder('handling')}, ${placeholder('reportVersion')}, ${placeholder('status')}, ${placeholder('agencies')},
    ${placeholder('releaseHandling')}, ${placeholder('fields')}, ${placeholder('regionLevel')}, ${placeholder('positionDecimals')},
    ${placeholder('attachments')}::uuid[],    ${placeholder('content')}::jsonb, ${placeholder('reason')}, ${placeholder('needsSecondPerson')}, ${placeholder('now')},
    ${placeholder('subject')}, ${placeholder('clientId')}, ${placeholder('office')}, ${placeholder('publishedAt')})
  RETURNING ${columns}`,
)

/** Who does what, when. */
export interface By {
  now: Date
  subject: string
  clientId: string
  office: string | null
}

export type NewVersion = Pick<
  ReleaseVersionRow,
  | 'releaseId'
  | 'version'
  | 'reportId'
  | 'reportVersion'
  | 'status'
  | 'releaseHandling'
  | 'regionLevel'
  | 'positionDecimals'
> &
  Pick<ReleaseVersionRow, 'reason' | 'needsSecondPerson' | 'publishedAt'> & {
    agencies: readonly string[] | null
    fields: readonly ReleaseField[]
    attachments: readonly string[]
    content: ReleasedContent
    regionCode: string
    /** Of the report. */
    handling: number
  }

export async function insertVersion(tx: Transaction, by: By, version: NewVersion): Promise<ReleaseVersionRow> {
  const { now, subject, clientId, office } = by
  const values = { ...version, content: JSON.stringify(version.content), now, subject, clientId, office }
  const [row] = await tx.run<ReleaseVersionRow>(insert, values)
  if (!row) throw new Error(`Release ${version.releaseId} was not inserted`)
  return row
}

const ofVersion = sql`${v.releaseId} = ${placeholder('releaseId')} AND ${v.version} = ${placeholder('version')}`
const publish = statement(
  'publish_release_version',
  sql`UPDATE ${v} SET status = 'published', published_at = ${placeholder('publishedAt')}, approved_by = ${placeholder('subject')},
    approving_client = ${placeholder('clientId')}, approving_office = ${placeholder('office')}
  WHERE ${ofVersion} RETURNING ${columns}`,
)
const end = statement(
  'end_release_version',
  sql`UPDATE ${v} SET status = ${placeholder('status')}, ended_at = ${placeholder('now')}, ended_by = ${placeholder('subject')},
    ending_client = ${placeholder('clientId')}, ending_office = ${placeholder('office')}, end_reason = ${placeholder('reason')}
  WHERE ${ofVersion} RETURNING ${columns}`,
)

type Key = Pick<ReleaseVersionRow, 'releaseId' | 'version'>

/** A second person agrees to what was proposed. */
export async function publishVersion(
  tx: Transaction,
  { subject, clientId, office }: By,
  { publishedAt, ...key }: Key & { publishedAt: Date },
): Promise<ReleaseVersionRow> {
  const by = { subject, clientId, office, publishedAt }
  return change(await tx.run<ReleaseVersionRow>(publish, { ...by, ...only(key) }))
}

export async function endVersion(
  tx: Transaction,
  by: By,
  key: Key,
  how: { status: 'refused' | 'superseded' | 'retracted'; reason: string | null },
): Promise<ReleaseVersionRow> {
  return change(await tx.run<ReleaseVersionRow>(end, { ...values(by), ...only(key), ...how }))
}

const values = ({ now, subject, clientId, office }: By) => ({ now, subject, clientId, office })
const only = ({ releaseId, version }: Key) => ({ releaseId, version })

// A row that the policies hide from an UPDATE is left alone without a word.
function change([row]: ReleaseVersionRow[]): ReleaseVersionRow {
  if (!row) throw new Error('The version of a release was not changed')
  return row
}

import { sql } from 'drizzle-orm'
import type { Context } from '../access/context.ts'
import { actorOf } from '../audit/append-audit.ts'
import { statement } from '../database/statement.ts'
import type { Transaction } from '../database/transaction.ts'
import { assertMayRelease, assertReleasable } from '../reports/lifecycle.ts'
import type { LockedReport } from '../reports/locked-report.ts'
import { contentOf, type ReportDocument } from './content.ts'
import { type Copies, lockFiles } from './copy-files.ts'
import { type Approved, assertAddressable, needsSecondPerson, publishedAfter } from './release-rules.ts'
import type { ReleaseReport } from './schemas.ts'
import { tellPublished, tellRelease } from './tell-release.ts'
import { endVersion, insertVersion, type ReleaseVersionRow } from './version-queries.ts'
import type { ShownVersion } from './version-view.ts'

const { placeholder } = sql

/** What is released of a locked report, as which version. */
export interface Releasing {
  given: ReleaseReport
  approved: Approved
  copies: Copies
  releaseId: string
  version: number
  /** The version that agencies read until now. */
  inForce: ReleaseVersionRow | undefined
}

const weigh = statement(
  'weigh_release',
  sql`SELECT known_agencies() AS known, coalesce(highest_handling(${placeholder('reportId')}::uuid, ${placeholder('releaseId')}::uuid), 0) AS highest`,
)

/**
 * Makes a version of a release from the report as it stands. Where two officials must agree it waits for the second, and what is
 * in force stays; otherwise agencies read it from the commit on.
 * @throws DomainError not_in_charge, person_required, transition_not_allowed, body_invalid
 */
export async function releaseVersion(
  context: Context,
  tx: Transaction,
  report: LockedReport,
  { given, approved, copies, releaseId, version, inForce }: Releasing,
): Promise<ShownVersion> {
  const { caller, now } = context
  assertMayRelease(caller, report)
  assertReleasable(report)
  const [weighed] = await tx.run<{ known: string[]; highest: number }>(weigh, { reportId: report.id, releaseId })
  if (!weighed) throw new Error(`Release ${releaseId} was not weighed`)
  assertAddressable(given, { clearance: caller.scope.clearance, known: weighed.known })
  const files = await lockFiles(tx, { reportId: report.id, clearance: caller.scope.clearance }, approved, copies)
  const waits = needsSecondPerson(report.handling, approved.handling, weighed.highest)
  const by = actorOf(context)
  if (!waits && inForce) await endVersion(tx, by, inForce, { status: 'superseded', reason: null })
  const inserted = await insertVersion(tx, by, {
    ...approved,
    ...{ releaseId, version, reportId: report.id, regionCode: report.regionCode, handling: report.handling },
    reportVersion: report.version,
    releaseHandling: approved.handling,
    content: contentOf(JSON.parse(report.document) as ReportDocument, approved, files),
    needsSecondPerson: waits,
    status: waits ? 'proposed' : 'published',
    publishedAt: waits ? null : publishedAfter(inForce?.publishedAt ?? null, now),
  })
  const told = { report, row: inserted }
  if (waits) await tellRelease(context, tx, { ...told, type: 'release.proposed', audience: null })
  else await tellPublished(context, tx, { ...told, before: inForce })
  return { ...inserted, reportStands: report.version }
}

import type { Caller } from '../access/caller.ts'
import type { Transaction } from '../database/transaction.ts'
import { DomainError } from '../errors.ts'
import { assertIfMatch, etagOf } from '../http/etag.ts'
import { type LockedReport, lockReport } from '../reports/locked-report.ts'
import { versionsIn } from './version-etag.ts'
import { findReportOfRelease, listVersions, type ReleaseVersionRow } from './version-queries.ts'

/** A release as it stands, held with its report until the transaction ends. */
export interface LockedRelease {
  report: LockedReport
  latest: ReleaseVersionRow
  /** What agencies read now. */
  inForce: ReleaseVersionRow | undefined
  /** Whether it was taken back, which ends it. */
  retracted: boolean
}

/**
 * Finds a release of a report within the caller's scope and holds the report: all changes of its releases wait for each other.
 * @param ifMatch ETag of the latest version, or `*`
 * @throws DomainError release_not_found, version_stale
 */
export async function lockRelease(
  tx: Transaction,
  caller: Caller,
  id: string,
  ifMatch: string,
): Promise<LockedRelease> {
  const notFound = new DomainError('release_not_found', { id })
  const reportId = await findReportOfRelease(tx, caller.scope, id)
  if (reportId === undefined) throw notFound
  const report = await lockReport(tx, caller, reportId, '*').catch((error: unknown) => {
    throw error instanceof DomainError && error.code === 'report_not_found' ? notFound : error
  })
  const versions = await listVersions(tx, caller.scope, id)
  const latest = versions.at(-1)
  if (!latest) throw notFound
  assertIfMatch(versionsIn(ifMatch), etagOf(latest.releaseId, latest.version))
  return {
    report,
    latest,
    inForce: versions.find(({ status }) => status === 'published'),
    retracted: versions.some(({ status }) => status === 'retracted'),
  }
}

import type { Context } from '../access/context.ts'
import { handlingOf } from '../access/vocabulary.ts'
import { actorOf, appendAudit } from '../audit/append-audit.ts'
import type { Transaction } from '../database/transaction.ts'
import { type Audience, appendReleaseEvent, type NewReleaseEvent } from '../events/append-event.ts'
import type { LockedReport } from '../reports/locked-report.ts'
import { losesSome } from './release-rules.ts'
import type { ReleaseVersionRow } from './version-queries.ts'

type Told = Pick<ReleaseVersionRow, 'releaseId' | 'version' | 'contentHandling' | 'agencies' | 'releaseHandling'>

export const audienceOf = ({ agencies, releaseHandling }: Told): Audience => ({ agencies, handling: releaseHandling })

/** Tells the audit and the offices, and the agencies of the audience, what happened to a version of a release. */
export async function tellRelease(
  context: Context,
  tx: Transaction,
  { report, row, ...event }: Pick<NewReleaseEvent, 'type' | 'audience'> & { report: LockedReport; row: Told },
): Promise<void> {
  const { caller, now } = context
  const { releaseId: id, version, contentHandling: handling, agencies, releaseHandling } = row
  const { officeCode, provinceCode, regencyCode, id: reportId } = report
  const details = { report: reportId, agencies: agencies ?? 'all', handling: handlingOf(releaseHandling) }
  await Promise.all([
    appendAudit(tx, actorOf(context), {
      action: event.type,
      resource: { type: 'release', id, version, handling },
      details,
    }),
    appendReleaseEvent(tx, {
      ...event,
      subject: { id, version, handling, officeCode, provinceCode, regencyCode, reportId },
      caller,
      occurredAt: now,
    }),
  ])
}

/** Tells of what agencies read from now on, and those who no longer do that it is gone for them. */
export async function tellPublished(
  context: Context,
  tx: Transaction,
  { before, ...told }: { report: LockedReport; row: Told; before: Told | undefined },
): Promise<void> {
  const audience = audienceOf(told.row)
  await tellRelease(context, tx, { ...told, type: before ? 'release.changed' : 'release.published', audience })
  if (before && losesSome(audienceOf(before), audience))
    await tellRelease(context, tx, {
      ...told,
      type: 'release.retracted',
      audience: { ...audienceOf(before), butNot: audience },
    })
}

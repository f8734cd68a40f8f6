import type { z } from 'zod'
import { handlingOf } from '../access/vocabulary.ts'
import { rawJson } from '../http/contract/responses.ts'
import type { ReleaseVersionView } from './schemas.ts'
import { versionEtag } from './version-etag.ts'
import type { ReleaseVersionRow } from './version-queries.ts'

/** A version of a release, and the version of its report as it stands. */
export type ShownVersion = ReleaseVersionRow & { reportStands: number }

/** As it is answered, the JSON of the wire. */
export function versionView(row: ShownVersion): z.input<typeof ReleaseVersionView> {
  const { releaseId: id, version, publishedAt, endReason } = row
  return {
    id,
    version,
    etag: versionEtag(row),
    report: row.reportId,
    status: row.status,
    agencies: row.agencies ?? 'all',
    handling: handlingOf(row.releaseHandling),
    fields: row.fields,
    regionLevel: row.regionLevel,
    positionDecimals: row.positionDecimals,
    attachments: row.attachments,
    content: row.content,
    reason: row.reason,
    reportVersion: row.reportVersion,
    outdated: row.reportStands > row.reportVersion,
    needsSecondPerson: row.needsSecondPerson,
    proposed: { at: row.proposedAt.toISOString(), by: row.proposedBy, office: row.proposingOffice },
    approved: stepOf(row.approvedBy === null ? null : publishedAt, row.approvedBy, row.approvingOffice),
    publishedAt: publishedAt?.toISOString() ?? null,
    ended: endOf(row, endReason),
  }
}

function stepOf(at: Date | null, by: string | null, office: string | null) {
  return at === null || by === null || office === null ? null : { at: at.toISOString(), by, office }
}

function endOf({ endedAt, endedBy, endingOffice }: ReleaseVersionRow, reason: string | null) {
  const step = stepOf(endedAt, endedBy, endingOffice)
  return step && { ...step, reason }
}

/** A version with its ETag, as a change of it answers. */
export function answer(reply: { header(name: string, value: string): unknown }, version: ShownVersion) {
  reply.header('etag', versionEtag(version))
  return rawJson(JSON.stringify(versionView(version)))
}

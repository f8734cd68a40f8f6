import { handlingOf } from '../access/vocabulary.ts'
import { etagOf } from '../http/etag.ts'
import type { FollowUpRow } from './queries.ts'
import type { FollowUpView } from './schemas.ts'

/** The strong ETag: what a report says of its follow-up changes with the report. */
export function tagOf({ id, version, reportVersion }: Pick<FollowUpRow, 'id' | 'version' | 'reportVersion'>): string {
  return etagOf(reportVersion === null ? id : `${id}.${reportVersion}`, version)
}

/** A follow-up as it is answered. */
export function followUpView(row: FollowUpRow): FollowUpView {
  const { meetingTitle: title, meetingHeldOn: heldOn, meetingPlace: place } = row
  return {
    id: row.id,
    version: row.version,
    reportId: row.reportId,
    regionCode: row.regionCode,
    handling: handlingOf(row.handling),
    exercise: row.exercise,
    office: row.officeCode,
    responsibleOffice: row.responsibleOffice,
    action: row.action,
    dueOn: row.dueOn,
    overdueFrom: row.overdueFrom,
    status: row.status,
    result: row.result,
    recommendation: row.recommendation,
    meeting: title === null || heldOn === null ? null : { title, heldOn, place },
    addedAt: row.addedAt,
    changedAt: row.changedAt,
  }
}

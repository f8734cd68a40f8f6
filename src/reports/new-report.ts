import type { Caller } from '../access/caller.ts'
import { handlingRank, officeLevelOf } from '../access/vocabulary.ts'
import { localDateIn } from '../classification/local-date.ts'
import type { Reference } from '../reference/store.ts'
import { classifiedRow, contentRow, timedRow } from './content-row.ts'
import { type Deadlines, dueAt } from './deadlines.ts'
import type { SubmitReport } from './schemas.ts'
import type { NewReport } from './table.ts'

interface Arrival {
  id: string
  caller: Caller
  now: Date
  reference: Reference
  settings: ReportSettings
}

/** What the operator decides about reports. */
export interface ReportSettings {
  /** From which on a report is flagged late. */
  lateAfterHours: number
  deadlines: Deadlines
}

/** The row of a report that an office posts now, classified by the calendar in force. */
export function newReport(given: SubmitReport, { id, caller, now, reference, settings }: Arrival): NewReport {
  const officeCode = caller.scope.region
  const office = reference.regions.find(officeCode)
  if (!office) throw new Error(`No region for the office ${officeCode}`)
  const standing = { status: 'submitted', level: officeLevelOf(officeCode), heldSince: now } as const
  return {
    ...contentRow(given),
    ...timedRow(given, now, settings.lateAfterHours),
    ...classifiedRow(given, now, reference),
    ...standing,
    id,
    officeCode,
    registerYear: Number(localDateIn(office.timeZone, now).slice(0, 4)),
    clientReference: given.clientReference,
    handling: handlingRank(given.handling),
    receivedAt: now,
    dueAt: dueAt(settings.deadlines, { ...standing, urgency: given.urgency }),
    verifiedAt: null,
    outcome: null,
    isDuplicate: false,
    submittedBy: caller.subject,
    clientId: caller.clientId,
  }
}

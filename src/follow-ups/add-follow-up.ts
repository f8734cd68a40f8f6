import { callerFor } from '../access/caller.ts'
import type { Context } from '../access/context.ts'
import { DomainError } from '../errors.ts'
import { once } from '../idempotency/once.ts'
import { lockReport } from '../reports/locked-report.ts'
import { findTold } from './find-follow-up.ts'
import type { FollowUpRow } from './queries.ts'
import { recordFollowUp } from './record-follow-up.ts'
import { responsibleOfficeFaults } from './responsible-office.ts'
import type { AddFollowUp } from './schemas.ts'

/** What was added, and whether it had been added before. */
export interface Addition {
  made: FollowUpRow
  replayed: boolean
}

/**
 * An office that sees a report gives itself, or an office below it, something to do about it.
 * @throws DomainError report_not_found, transition_not_allowed for a report that was rejected or withdrawn, body_invalid,
 * idempotency_conflict
 */
export async function addFollowUp(
  context: Context,
  reportId: string,
  { given, key }: { given: AddFollowUp; key: string | undefined },
): Promise<Addition> {
  const caller = callerFor(context.caller, 'reports:submit')
  const by = { ...context, caller }
  const { clientId, subject: addedBy, scope } = caller
  return once<FollowUpRow>(by, {
    operation: 'addFollowUp',
    key,
    content: { reportId, ...given },
    find: (tx, id) => findTold(by, tx, id),
    async create(tx, reference, id) {
      const { status, level, regionCode, provinceCode, regencyCode, handling } = await lockReport(
        tx,
        caller,
        reportId,
        '*',
      )
      if (status === 'rejected' || status === 'withdrawn')
        throw new DomainError('transition_not_allowed', { verb: 'follow-up', status, level })
      const faults = responsibleOfficeFaults(given.responsibleOffice, scope, regionCode, reference)
      if (faults.length > 0) throw new DomainError('body_invalid', {}, faults)
      const row = {
        ...given,
        ...standsBesideItsReport,
        ...{ id, reportId, regionCode, handling, clientId, addedBy, officeCode: scope.region },
        ...{
          timeZone: reference.regions.get(given.responsibleOffice).timeZone,
          status: 'planned' as const,
          result: null,
        },
        ...{ addedAt: context.now, changedAt: context.now },
      }
      return recordFollowUp(by, tx, row, { provinceCode, regencyCode })
    },
  })
}

const standsBesideItsReport = {
  exercise: null,
  recommendation: null,
  meetingTitle: null,
  meetingHeldOn: null,
  meetingPlace: null,
}

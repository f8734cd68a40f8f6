import { callerFor, mayReportOn, type Scope } from '../access/caller.ts'
import type { Context } from '../access/context.ts'
import { handlingRank, isHandling } from '../access/vocabulary.ts'
import { DomainError, type Fault } from '../errors.ts'
import { once } from '../idempotency/once.ts'
import type { Reference } from '../reference/store.ts'
import type { Addition } from './add-follow-up.ts'
import { findTold } from './find-follow-up.ts'
import type { FollowUpRow } from './queries.ts'
import { recordFollowUp } from './record-follow-up.ts'
import { responsibleOfficeFaults } from './responsible-office.ts'
import type { AddStandaloneFollowUp } from './schemas.ts'

/**
 * An office gives itself, or an office below it, something to do about a place within its region, without a report: above all what a
 * meeting recommended.
 * @throws DomainError body_invalid, idempotency_conflict
 */
export async function addStandaloneFollowUp(
  context: Context,
  { given, key }: { given: AddStandaloneFollowUp; key: string | undefined },
): Promise<Addition> {
  const caller = callerFor(context.caller, 'reports:submit')
  const by = { ...context, caller }
  const { clientId, subject: addedBy, scope } = caller
  const { meeting, ...members } = given
  return once<FollowUpRow>(by, {
    operation: 'addStandaloneFollowUp',
    key,
    content: given,
    find: (tx, id) => findTold(by, tx, id),
    async create(tx, reference, id) {
      const faults = standaloneFaults(given, scope, reference)
      if (faults.length > 0) throw new DomainError('body_invalid', {}, faults)
      const { regions } = reference
      const region = regions.today(given.regionCode) ?? regions.get(given.regionCode)
      const { code: regionCode, province: provinceCode, regency: regencyCode } = region
      const row = {
        ...members,
        regionCode,
        ...{ id, reportId: null, clientId, addedBy, officeCode: scope.region, handling: handlingRank(given.handling) },
        ...{ timeZone: regions.get(given.responsibleOffice).timeZone, status: 'planned' as const, result: null },
        ...{ meetingTitle: meeting?.title ?? null, meetingHeldOn: meeting?.heldOn ?? null },
        ...{ meetingPlace: meeting?.place ?? null, addedAt: context.now, changedAt: context.now },
      }
      return recordFollowUp(by, tx, row, { provinceCode, regencyCode })
    },
  })
}

/** What only the reference data and the caller's place can tell of a body in any shape. */
export function standaloneFaults(body: unknown, scope: Scope, reference: Reference): Fault[] {
  const { regionCode, responsibleOffice, handling } = (body ?? {}) as Record<string, unknown>
  const faults: Fault[] = []
  if (isHandling(handling) && handlingRank(handling) > scope.clearance)
    faults.push({ pointer: '/handling', code: 'handling_above_clearance' })
  if (typeof regionCode !== 'string') return faults
  const pointer = '/regionCode'
  const region = reference.regions.today(regionCode)
  if (!region) return [...faults, { pointer, code: 'region_unknown' }]
  if (!mayReportOn(scope, regionCode, reference.regions))
    return [...faults, { pointer, code: 'region_outside_office', params: { office: scope.region } }]
  if (typeof responsibleOffice !== 'string') return faults
  return [...faults, ...responsibleOfficeFaults(responsibleOffice, scope, region.code, reference)]
}

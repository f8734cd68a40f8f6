import type { Scope } from '../access/caller.ts'
import type { Fault } from '../errors.ts'
import type { Reference } from '../reference/store.ts'

const pointer = '/responsibleOffice'

/**
 * The offices that an office can give a follow-up about a place to: itself and those below it that see the place, which are
 * its regency, its province and the nation. Upwards it recommends.
 */
export function assignableOffices(scope: Scope, place: string, { regions }: Reference): string[] {
  const { regency, province } = regions.chain(place)
  const line = ['00', province, regency].filter((code) => code !== null)
  return line.filter((code) => regions.isWithin(code, scope.region))
}

/** What is wrong with the responsible office of a follow-up about a place that exists. */
export function responsibleOfficeFaults(code: string, scope: Scope, place: string, reference: Reference): Fault[] {
  if (!reference.offices.has(code)) return [{ pointer, code: 'office_unknown' }]
  const assignable = assignableOffices(scope, place, reference)
  if (assignable.includes(code)) return []
  return [{ pointer, code: 'not_allowed', params: { allowed: assignable.join(', ') } }]
}

import { handlingOf, handlingRank } from '../access/vocabulary.ts'
import { DomainError, type Fault } from '../errors.ts'
import type { Audience } from '../events/append-event.ts'
import type { ReleaseReport } from './schemas.ts'
import { type RegionLevel, type ReleaseField, releaseFields, twoPersonsFrom } from './vocabulary.ts'

/** What is to be released, with everything that need not be said. */
export interface Approved extends Audience {
  /** In the order of the contract. */
  fields: readonly ReleaseField[]
  regionLevel: RegionLevel | null
  positionDecimals: number | null
  /** Ids of attachments, small letters. */
  attachments: readonly string[]
  reason: string | null
}

/**
 * What was given, in one form: the same release said otherwise is the same.
 * @throws DomainError body_invalid for what does not go together
 */
export function approvedOf(given: ReleaseReport): Approved {
  const { fields, agencies, regionLevel, positionDecimals, attachments } = given
  const faults = [
    ...together(fields, 'region', { regionLevel }),
    ...together(fields, 'position', { positionDecimals }),
    ...together(fields, 'attachments', { attachments }),
    ...repeated('/fields', fields),
    ...(agencies === 'all' ? [] : repeated('/agencies', agencies)),
    ...repeated('/attachments', (attachments ?? []).map(lower)),
  ]
  if (faults.length > 0) throw new DomainError('body_invalid', {}, faults)
  return {
    agencies: agencies === 'all' ? null : [...agencies].sort(),
    handling: handlingRank(given.handling),
    fields: releaseFields.filter((field) => fields.includes(field)),
    regionLevel: regionLevel ?? null,
    positionDecimals: positionDecimals ?? null,
    attachments: (attachments ?? []).map(lower),
    reason: given.reason ?? null,
  }
}

const lower = (id: string) => id.toLowerCase()

/** How a field is told must be said with the field, and only then. */
function together(fields: readonly string[], field: ReleaseField, said: Record<string, unknown>): Fault[] {
  const [[name, value]] = Object.entries(said) as [[string, unknown]]
  if (fields.includes(field) === (value !== undefined)) return []
  return [{ pointer: `/${name}`, code: value === undefined ? 'required' : 'unknown_member' }]
}

function repeated(pointer: string, list: readonly string[]): Fault[] {
  return list.flatMap((item, index) =>
    list.indexOf(item) < index ? [{ pointer: `${pointer}/${index}`, code: 'repeated_item' as const }] : [],
  )
}

/**
 * Nobody releases above their own clearance, nor to an agency that has no client.
 * @throws DomainError body_invalid
 */
export function assertAddressable(
  given: Pick<ReleaseReport, 'agencies' | 'handling'>,
  { clearance, known }: { clearance: number; known: readonly string[] },
): void {
  const agencies = given.agencies === 'all' ? [] : given.agencies
  const faults: Fault[] = agencies.flatMap((code, index) =>
    known.includes(code) ? [] : [{ pointer: `/agencies/${index}`, code: 'agency_unknown', params: { code } }],
  )
  if (handlingRank(given.handling) > clearance)
    faults.push({
      pointer: '/handling',
      code: 'handling_above_clearance',
      params: { clearance: handlingOf(clearance) },
    })
  if (faults.length > 0) throw new DomainError('body_invalid', {}, faults)
}

/** Whether two officials must agree. @param handlings ranks of the report, of the release, and of the most secret that either ever was */
export function needsSecondPerson(...handlings: readonly number[]): boolean {
  return Math.max(...handlings) >= twoPersonsFrom
}

/**
 * When a version comes into force: after the one that it replaces, also where the clock of another process was ahead.
 * @param before when that one came into force; null where there is none
 */
export function publishedAfter(before: Date | null, now: Date): Date {
  return before === null || before < now ? now : new Date(before.getTime() + 1)
}

/** Whether some agency that the one audience reaches is not reached by the other. */
export function losesSome(before: Audience, after: Audience): boolean {
  if (after.handling > before.handling) return true
  const { agencies } = after
  if (agencies === null) return false
  return before.agencies === null || before.agencies.some((code) => !agencies.includes(code))
}

import { DomainError, type Fault } from '../errors.ts'
import type { Reference } from '../reference/store.ts'
import type { SharedFilters } from './filter-schemas.ts'

/** The stage that asks for what lies outside every stage. */
export const outsideEveryStage = 'none'

/** A filter on what does not exist is a slip of the hand: an empty list would be believed. @throws DomainError parameter_invalid */
export function refuseUnknown({ region, election, stage, incidentType }: SharedFilters, reference: Reference): void {
  const faults: Fault[] = []
  if (region !== undefined && !reference.regions.today(region))
    faults.push({ parameter: 'region', code: 'region_unknown' })
  if (election || stage) faults.push(...unknownStages(election, stage, reference))
  if (incidentType?.some((code) => !reference.incidentTypes.has(code))) {
    faults.push({ parameter: 'incidentType', code: 'incident_type_unknown' })
  }
  if (faults.length > 0) throw new DomainError('parameter_invalid', {}, faults)
}

function unknownStages(election: string[] | undefined, stage: string[] | undefined, { calendar }: Reference): Fault[] {
  const faults: Fault[] = []
  const known = new Set(calendar.elections.map(({ code }) => code))
  const stages = new Set(calendar.elections.flatMap((each) => each.stages.map(({ code }) => code))).add(
    outsideEveryStage,
  )
  if (election?.some((code) => !known.has(code))) faults.push({ parameter: 'election', code: 'election_unknown' })
  if (stage?.some((code) => !stages.has(code))) faults.push({ parameter: 'stage', code: 'stage_unknown' })
  // Outside every stage is outside every election: the two together can match nothing.
  if (election && stage?.every((code) => code === outsideEveryStage)) {
    faults.push({ parameter: 'stage', code: 'not_allowed', params: { allowed: [...known].join(', ') } })
  }
  return faults
}

import type { Calendar } from '../elections/calendar.ts'
import type { Election, Stage } from '../elections/election.ts'
import { DomainError, type Fault } from '../errors.ts'

/** A stage that is compared. */
export interface StageAsked {
  election: Election
  stage: Stage
}

/** Stages of another election that stand for the one that is compared. */
export interface Counterpart {
  election: Election
  /** One with the same code, else all of the same group. */
  matchedBy: 'stage' | 'group'
  stages: Stage[]
}

/** @throws DomainError parameter_invalid where there is no such election, or no such stage of it */
export function stageAsked(query: { election: string; stage: string }, { elections }: Calendar): StageAsked {
  const election = elections.find(({ code }) => code === query.election)
  const stage = election?.stages.find(({ code }) => code === query.stage)
  if (election && stage) return { election, stage }
  const isKnown = (code: string) => elections.some(({ stages }) => stages.some((each) => each.code === code))
  const faults: Fault[] = []
  if (!election) faults.push({ parameter: 'election', code: 'election_unknown' })
  if (!isKnown(query.stage)) faults.push({ parameter: 'stage', code: 'stage_unknown' })
  else if (election) {
    const allowed = election.stages.map(({ code }) => code).join(', ')
    faults.push({ parameter: 'stage', code: 'not_allowed', params: { allowed } })
  }
  throw new DomainError('parameter_invalid', {}, faults)
}

/** @throws DomainError parameter_invalid where the other election does not exist, or has neither such a stage nor its group */
export function counterpartOf({ stage }: StageAsked, against: string, { elections }: Calendar): Counterpart {
  const election = elections.find(({ code }) => code === against)
  if (!election) throw refused({ code: 'election_unknown' })
  const same = election.stages.filter(({ code }) => code === stage.code)
  if (same.length > 0) return { election, matchedBy: 'stage', stages: same }
  const stages = election.stages.filter(({ group }) => group === stage.group)
  if (stages.length === 0) throw refused({ code: 'stage_without_counterpart', params: { group: stage.group } })
  return { election, matchedBy: 'group', stages }
}

function refused(fault: Omit<Fault, 'parameter'>): DomainError {
  return new DomainError('parameter_invalid', {}, [{ parameter: 'against', ...fault }])
}

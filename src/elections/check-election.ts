import { answersTo } from '../regions/answers-to.ts'
import type { RegionDirectory } from '../regions/directory.ts'
import type { Region } from '../regions/region.ts'
import type { ElectionEntry } from './calendar-document.ts'
import type { CalendarFault } from './calendar-error.ts'
import { contestsOf, countContests } from './contests.ts'
import type { Election } from './election.ts'

interface Surroundings {
  /** The election codes of the whole document, in its order. */
  codes: readonly unknown[]
  index: number
  regions: RegionDirectory
}

/** What is wrong with an election apart from its stages; paths are within its entry. */
export function* checkElection(
  entry: ElectionEntry,
  election: Election,
  around: Surroundings,
): Iterable<CalendarFault> {
  yield* checkCodes(entry, around)
  if (election.status !== 'planned' && election.votingDay === null) {
    yield { path: '/election/voting_day', message: `must be given for an election that is ${election.status}` }
  }
  if (election.enactedOn !== null && election.votingDay !== null && election.enactedOn > election.votingDay) {
    yield { path: '/election/enacted_on', message: 'lies after the voting day' }
  }
  yield* checkRegions(entry, election, around.regions)
  yield* checkExcluded(entry, around.regions)
  yield* checkCounts(entry, election, around.regions)
}

function* checkCodes({ election }: ElectionEntry, { codes, index }: Surroundings): Iterable<CalendarFault> {
  if (codes.indexOf(election.code) !== index) {
    yield { path: '/election/code', message: `${election.code} is given twice` }
  }
  const parent = election.parent_election
  if (parent === undefined) return
  if (parent === election.code) yield { path: '/election/parent_election', message: 'is the election itself' }
  else if (!codes.includes(parent)) yield { path: '/election/parent_election', message: `${parent} does not exist` }
}

function* checkRegions(entry: ElectionEntry, election: Election, regions: RegionDirectory): Iterable<CalendarFault> {
  const named = entry.election.regions ?? []
  for (const [position, { code, name, level, province }] of named.entries()) {
    const path = `/election/regions/${position}`
    const region = regions.find(code)
    if (!region) {
      yield { path: `${path}/code`, message: `${code} does not exist` }
      continue
    }
    if (!answersTo(region, name)) yield { path: `${path}/name`, message: `${code} is ${region.name}, not ${name}` }
    if (levelOf(region) !== level) yield { path: `${path}/level`, message: `${region.name} is not a ${level}` }
    const its = regions.find(region.province ?? '')
    if (province !== undefined && its && !answersTo(its, province)) {
      yield { path: `${path}/province`, message: `${region.name} lies in ${its.name}, not in ${province}` }
    }
    if (named.findIndex((other) => other.code === code) !== position) {
      yield { path: `${path}/code`, message: `${code} is given twice` }
    }
    if (election.scope !== 'overseas' && contestsOf(region, election, regions).length === 0) {
      yield { path, message: `${region.name} votes in none of the contests of this election` }
    }
  }
}

function* checkExcluded({ election }: ElectionEntry, regions: RegionDirectory): Iterable<CalendarFault> {
  for (const member of ['governor', 'regent_mayor'] as const) {
    for (const [position, { code, name }] of (election.excluded?.[member] ?? []).entries()) {
      const path = `/election/excluded/${member}/${position}`
      const region = regions.find(code)
      if (!region) yield { path: `${path}/code`, message: `${code} does not exist` }
      else if (!answersTo(region, name)) {
        yield { path: `${path}/name`, message: `${code} is ${region.name}, not ${name}` }
      }
    }
  }
}

function* checkCounts(entry: ElectionEntry, election: Election, regions: RegionDirectory): Iterable<CalendarFault> {
  const stated = entry.election.counts
  if (!stated) return
  const found = countContests(election, regions)
  const pairs = [
    ['provinces', found.governor],
    ['regencies', found.regent],
    ['cities', found.mayor],
    ['total', found.governor + found.regent + found.mayor],
  ] as const
  for (const [member, count] of pairs) {
    if (stated[member] === count) continue
    yield { path: `/election/counts/${member}`, message: `is ${stated[member]}, but ${count} regions vote` }
  }
}

function levelOf(region: Region): string {
  return region.level === 'province' ? 'provinsi' : region.kind.replace('_administrasi', '')
}

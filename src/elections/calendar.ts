import type { RegionDirectory } from '../regions/directory.ts'
import { ElectionEntry } from './calendar-document.ts'
import { CalendarError, type CalendarFault, shapeFaults } from './calendar-error.ts'
import { checkElection } from './check-election.ts'
import { checkStages } from './check-stages.ts'
import type { Election } from './election.ts'
import { toElection } from './to-election.ts'
import { inTodaysCodes } from './todays-codes.ts'

export { CalendarError, type CalendarFault } from './calendar-error.ts'
export { countContests } from './contests.ts'
export type * from './election.ts'

/** The elections and their stages as one version of the calendar file has them. */
export interface Calendar {
  readonly version: number
  readonly elections: readonly Election[]
}

/**
 * Reads a calendar document, such as `data/election-calendar.json`; its regions are joined by code. Throws CalendarError
 * with every fault: of form first, and of sense in each election whose form is right. One fault refuses the whole.
 */
export function parseCalendar(document: unknown, version: number, regions: RegionDirectory): Calendar {
  if (!Array.isArray(document) || document.length === 0) {
    throw new CalendarError([{ path: '', message: 'must be a list of at least one election' }])
  }
  const faults: CalendarFault[] = []
  const codes = document.map(codeIn)
  const elections: Election[] = []
  document.forEach((item: unknown, index) => {
    const parsed = ElectionEntry.safeParse(item)
    if (!parsed.success) {
      faults.push(...shapeFaults(parsed.error, `/${index}`))
      return
    }
    const entry = inTodaysCodes(parsed.data, regions)
    const election = toElection(entry)
    const found = [
      ...checkElection(entry, election, { codes, index, regions }),
      ...checkStages(entry, election, regions),
    ]
    faults.push(...found.map(({ path, message }) => ({ path: `/${index}${path}`, message })))
    elections.push(election)
  })
  if (faults.length > 0) throw new CalendarError(faults)
  return { version, elections }
}

/** The code an entry claims, so that a fault elsewhere in one election does not make it unknown to the others. */
function codeIn(item: unknown): unknown {
  return (item as { election?: { code?: unknown } } | null)?.election?.code
}

/** The dates of one stage of an election in one region, as the calendar file has them, with the election that it is of. */
export interface GivenOverride {
  election: string
  region: string
  stage: string
  /** Local dates `YYYY-MM-DD`, both included. */
  starts_on: string
  ends_on: string
  source: string
}

/** Which overrides are meant: those of a region and stage, or the one of these dates. */
export type NamedOverride = Pick<GivenOverride, 'election' | 'region' | 'stage'> & {
  starts_on?: string | undefined
  ends_on?: string | undefined
}

type Written = Omit<GivenOverride, 'election'>
interface Entry {
  election: { code: string }
  overrides?: Written[]
}

/**
 * A calendar document with overrides added. One that stands there already, whatever its source, is left as it is.
 * @throws Error naming an election that is not in the document; all else is for `parseCalendar` to check
 */
export function withOverrides(document: unknown, added: readonly GivenOverride[]): unknown {
  return changing(document, added, (standing, theirs) => {
    const fresh = theirs.filter((given) => !standing.some((each) => isMeant(each, given)))
    return [...standing, ...fresh.map(({ election: _election, ...override }) => override)]
  })
}

/** A calendar document without some of its overrides. @throws Error naming one that is not in it */
export function withoutOverrides(document: unknown, removed: readonly NamedOverride[]): unknown {
  return changing(document, removed, (standing, theirs) => {
    for (const named of theirs) {
      if (standing.some((each) => isMeant(each, named))) continue
      const { election, stage, region, starts_on: from } = named
      throw new Error(
        `${election} has no override of ${stage} in ${region}${from === undefined ? '' : ` from ${from}`}`,
      )
    }
    return standing.filter((each) => !theirs.some((named) => isMeant(each, named)))
  })
}

function isMeant(each: Written, named: NamedOverride): boolean {
  const members = ['region', 'stage', 'starts_on', 'ends_on'] as const
  return members.every((member) => named[member] === undefined || each[member] === named[member])
}

function changing<Of extends { election: string }>(
  document: unknown,
  given: readonly Of[],
  change: (standing: Written[], theirs: Of[]) => Written[],
): unknown {
  const entries = (document ?? []) as Entry[]
  const unknown = given.find(({ election }) => !entries.some((entry) => entry.election.code === election))
  if (unknown) throw new Error(`There is no election ${unknown.election} in the calendar in force`)
  return entries.map((entry) => {
    const theirs = given.filter(({ election }) => election === entry.election.code)
    if (theirs.length === 0) return entry
    const { overrides = [], ...rest } = entry
    const next = change(overrides, theirs)
    return next.length > 0 || entry.overrides ? { ...rest, overrides: next } : rest
  })
}

/** The oldest major version that the schema runs on, and the newest that the tests have run on. */
export const majors = { oldest: 15, tested: 18 }

interface Advisory {
  name: string
  what: string
  /** The first minor version with the fix, by major. A newer major that is not named has had it from its start. */
  fixedIn: Readonly<Record<number, number>>
  /** True where the hole breaks what Waspada builds on: one session that takes one role after another. */
  refused: boolean
}

/**
 * What PostgreSQL has mended in row-level security and roles since version 15. Source: the release notes of each minor version
 * up to 12 November 2026 (postgresql.org/docs/release); https://www.postgresql.org/support/security/ has a page for each CVE.
 */
export const advisories: readonly Advisory[] = [
  {
    name: 'CVE-2023-2455',
    what: 'policies of one role are applied to another after a function is inlined',
    fixedIn: { 15: 3 },
    refused: true,
  },
  { name: 'CVE-2023-39418', what: 'MERGE passes by policies for UPDATE', fixedIn: { 15: 4 }, refused: true },
  {
    name: 'CVE-2024-10976',
    what: 'a plan made for one role is used for another, and shows its rows',
    fixedIn: { 15: 9, 16: 5, 17: 1 },
    refused: true,
  },
  {
    name: 'CVE-2024-10978',
    what: 'a role that was set is lost or another is in force; its first fix ignored ALTER ROLE ... SET role',
    fixedIn: { 15: 10, 16: 6, 17: 2 },
    refused: true,
  },
  {
    name: 'CVE-2025-8713',
    what: 'statistics of the planner tell values of rows that policies hide',
    fixedIn: { 15: 14, 16: 10, 17: 6 },
    refused: false,
  },
  {
    name: 'CVE-2026-14666',
    what: 'plans outlive a change of role membership',
    fixedIn: { 15: 19, 16: 15, 17: 11, 18: 6 },
    refused: false,
  },
  {
    name: 'CVE-2026-116311',
    what: 'DROP OWNED BY takes a role out of policies on tables of others',
    fixedIn: { 15: 20, 16: 16, 17: 12, 18: 7 },
    refused: false,
  },
  {
    name: 'CVE-2026-120154',
    what: 'ON CONFLICT shows conditions rows that policies hide',
    fixedIn: { 15: 20, 16: 16, 17: 12, 18: 7 },
    refused: false,
  },
]

/** A finding on whether to serve: a fault refuses the start, a warning is logged. Each says what is wrong and what to do. */
export interface Findings {
  faults: string[]
  warnings: string[]
}

/** What there is to say of a server's version. @param number `server_version_num`, such as 150018 for 15.18 */
export function adviseOnServer(number: number): Findings {
  const [major, minor] = [Math.floor(number / 10_000), number % 10_000]
  const here = `This server is PostgreSQL ${major}.${minor}`
  if (major < majors.oldest) return { faults: [`${here}; ${majors.oldest} or newer is needed`], warnings: [] }
  const open = advisories.filter(({ fixedIn }) => minor < (fixedIn[major] ?? 0))
  const about = (list: Advisory[]) => {
    if (list.length === 0) return []
    const fixed = Math.max(...list.map(({ fixedIn }) => fixedIn[major] ?? 0))
    const holes = list.map(({ name, what }) => `${name} (${what})`).join(', ')
    return [`${here}. Update it to ${major}.${fixed} or newer; it has ${holes}`]
  }
  const untested = major > majors.tested ? [`${here}; Waspada is tested up to ${majors.tested}`] : []
  return {
    faults: about(open.filter(({ refused }) => refused)),
    warnings: [...about(open.filter(({ refused }) => !refused)), ...untested],
  }
}

import { z } from 'zod'
import { parseLocalDate } from '../http/timestamps.ts'
import { answersTo } from './answers-to.ts'
import { readDataFile } from './data-file.ts'
import type { RegionDirectory } from './directory.ts'
import { ReferenceDataError } from './reference-data-error.ts'

/** A region had `code` until a law gave it another. */
export interface Succession {
  code: string
  /** The code that followed: one of today, or one that ended later. */
  successor: string
  /** The day from which the law holds, `YYYY-MM-DD`. */
  endedOn: string
  law: string
}

const Code = z.string().regex(/^(?!00)\d{2}(\.\d{2}){0,2}$/, 'is no Kemendagri code')
const Words = z.string().trim().min(1).max(1_000)
const Pair = z.strictObject({ former: Code, today: Code, name: Words.optional() })
const Change = z.strictObject({
  law: Words,
  title: Words.optional(),
  on: z.string().refine(parseLocalDate, 'is no day'),
  source: Words,
  note: Words.optional(),
  regions: z.array(Pair).min(1),
})
const Changes = z.array(Change).min(1)

/** Where in the document something does not hold. */
interface Fault {
  at: string
  detail: string
}

/** Those that come with this release. */
export async function loadSuccessions(regions: RegionDirectory): Promise<Succession[]> {
  return readSuccessions(await readDataFile('region-successions.json'), regions)
}

/**
 * The successions in a document of the form of `data/region-successions.json`.
 * @param regions of today, with the successions that are in force already
 * @throws ReferenceDataError naming everything that does not hold
 */
export function readSuccessions(document: unknown, regions: RegionDirectory): Succession[] {
  const parsed = Changes.safeParse(document)
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => `/${path.join('/')}: ${message}`)
    throw new ReferenceDataError('region successions', faults)
  }
  const pairs = parsed.data.flatMap(({ law, on, regions: given }, change) =>
    given.map((pair, index) => ({ ...pair, law, endedOn: on, at: `/${change}/regions/${index}` })),
  )
  const all = new Map(pairs.map(({ former, today }) => [former, today]))
  const faults = pairs.flatMap((pair, index) => {
    const isRepeated = pairs.findIndex(({ former }) => former === pair.former) !== index
    return [...pairFaults(pair, all, regions), ...(isRepeated ? [`${pair.former} is given twice`] : [])].map(
      (detail) => ({ at: pair.at, detail }),
    )
  })
  refuse(faults)
  return pairs.map(({ former, today, law, endedOn }) => ({ code: former, successor: today, endedOn, law }))
}

interface GivenPair {
  former: string
  today: string
  name?: string | undefined
}

function* pairFaults(pair: GivenPair, all: ReadonlyMap<string, string>, regions: RegionDirectory): Iterable<string> {
  const { former, today, name } = pair
  if (former.length !== today.length) yield `${former} and ${today} are codes of different levels`
  if (regions.find(former)) yield `${former} is the code of a region of today`
  const end = endOf(today, all)
  if (end === undefined) {
    yield `${former} leads back to itself`
    return
  }
  const region = regions.today(end)
  if (!region) yield `there is no region ${end} today`
  else if (name !== undefined && !answersTo(region, name)) yield `${end} is ${region.name}, not ${name}`
}

/** The last code that the document leads to; undefined where it goes in a ring. */
function endOf(code: string, all: ReadonlyMap<string, string>): string | undefined {
  const met = new Set<string>()
  let end = code
  for (let next = all.get(end); next !== undefined; next = all.get(end)) {
    if (met.has(end)) return undefined
    met.add(end)
    end = next
  }
  return end
}

function refuse(faults: readonly Fault[]): void {
  if (faults.length === 0) return
  throw new ReferenceDataError(
    'region successions',
    faults.map(({ at, detail }) => `${at}: ${detail}`),
  )
}

import type { Region } from '../../src/regions/region.ts'

/**
 * The rule of classification once more, written from the domain and straight over the JSON of the calendar file: whole
 * days as numbers, law by region code, and a primary stage found by sifting. Slow to read is fine here, alike is not.
 */
interface RawStage {
  code: string
  group: string
  starts_on: string | null
  ends_on: string | null
  order: number
  contests?: string[]
  parent?: string
  starts_after?: string
  only_with_override?: boolean
  excluded_regions?: string[]
}

export interface RawEntry {
  election: {
    code: string
    scope: string
    status: string
    voting_day: string | null
    enacted_on?: string
    contests: string[]
    regions?: { code: string }[]
  }
  stages: RawStage[]
}

export interface NaiveStage {
  key: string
  election: string
  stage: string
  parent: string | null
  contests: string[]
  from: number
  to: number
  group: number
  order: number
  votingDay: number
}

const groups =
  'pungut_hitung masa_tenang kampanye rekapitulasi sengketa pencalonan pemilih peserta persiapan hasil pelantikan'.split(
    ' ',
  )

export const dayNumber = (date: string) =>
  Date.UTC(+date.slice(0, 4), +date.slice(5, 7) - 1, +date.slice(8)) / 86_400_000

/** All stages that are ever open in a province, a regency or the nation. */
export function stagesEverOpen(region: Region, document: readonly RawEntry[]): NaiveStage[] {
  return document.flatMap(({ election, stages }) => {
    if (election.status !== 'held' || election.scope === 'overseas') return []
    if (election.regions && !election.regions.some(({ code }) => inside(region, code))) return []
    const voted = votes(region).filter((contest) => election.contests.includes(contest))
    return stages.flatMap((stage) => {
      const contests = voted.filter((contest) => (stage.contests ?? election.contests).includes(contest))
      const from = stage.starts_on ?? election.enacted_on
      const to = stage.ends_on ?? election.voting_day
      const isDated = stage.starts_on !== null || (stage.ends_on !== null && stage.starts_after === undefined)
      if (!isDated || stage.only_with_override || contests.length === 0 || !from || !to) return []
      if (stage.excluded_regions?.some((code) => inside(region, code))) return []
      const days = {
        from: dayNumber(from),
        to: dayNumber(to),
        votingDay: dayNumber(election.voting_day ?? '9999-12-31'),
      }
      const names = { key: `${election.code}/${stage.code}`, election: election.code, stage: stage.code }
      const parent = stage.parent ?? null
      return [{ ...names, ...days, parent, contests, group: groups.indexOf(stage.group), order: stage.order }]
    })
  })
}

/** The key of the primary stage among those open on a day; undefined where none or no single one is left. */
export function primaryOf(open: readonly NaiveStage[], day: number): string | undefined {
  let left = open.filter(
    ({ election, parent }) =>
      parent === null || !open.some((other) => other.election === election && other.stage === parent),
  )
  for (const measure of [
    (stage: NaiveStage) => stage.group,
    (stage: NaiveStage) => -stage.from,
    (stage: NaiveStage) => stage.to,
    (stage: NaiveStage) => Math.abs(stage.votingDay - day),
    (stage: NaiveStage) => stage.order,
  ]) {
    const least = Math.min(...left.map(measure))
    left = left.filter((stage) => measure(stage) === least)
  }
  return left.length === 1 ? left[0]?.key : undefined
}

function inside(region: Region, code: string): boolean {
  return region.code === code || region.code.startsWith(`${code}.`)
}

/** Whom a region elects: by the law on Yogyakarta (34), on Jakarta (31), and by the second digit pair of a kota (71 on). */
function votes({ code }: Region): string[] {
  if (code === '00') return ['president', 'dpr', 'dpd']
  const all = ['president', 'dpr', 'dpd', 'dprd_province']
  const governor = code.startsWith('34') ? [] : ['governor']
  if (code.length === 2 || code.startsWith('31.')) return [...all, ...governor]
  return [...all, 'dprd_regency', ...governor, Number(code.slice(3, 5)) > 70 ? 'mayor' : 'regent']
}

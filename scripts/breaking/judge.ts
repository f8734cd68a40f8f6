import type { Break } from './break.ts'

/** A deliberate break, named exactly as the check names it, and why it is worth what it costs those who call. */
export interface AllowedBreak {
  place: string
  kind: string
  what: string
  why: string
}

export interface Versions {
  released: string
  current: string
}

export interface Verdict {
  refused: Break[]
  allowed: Break[]
  /** What is wrong with the list of deliberate breaks or with the versions. */
  faults: string[]
}

/**
 * Which breaks may be: all of them in a new major version, those whose announced sunset has passed, and before version 1 those that are
 * listed with a reason.
 */
export function judge(
  breaks: readonly Break[],
  listed: readonly AllowedBreak[],
  versions: Versions,
  now: Date,
): Verdict {
  const [was, is] = [versionOf(versions.released), versionOf(versions.current)]
  const isNewMajor = is.major > was.major
  const isBefore1 = is.major === 0
  const isListed = (each: Break) => isBefore1 && listed.some((entry) => isSame(entry, each))
  const mayBe = (each: Break) => isNewMajor || hasEnded(each, now) || isListed(each)
  const faults = listed.flatMap((entry) => {
    const name = `${entry.place}: ${entry.kind} ${entry.what}`
    if (!entry.why?.trim()) return [`${name}: listed without a reason`]
    if (!isBefore1) return [`${name}: listed, where only a new major version may break`]
    return breaks.some((each) => isSame(entry, each)) ? [] : [`${name}: listed, and nothing breaks so`]
  })
  if (is.order < was.order)
    faults.push(`version ${versions.current} is older than ${versions.released}, which is released`)
  return { refused: breaks.filter((each) => !mayBe(each)), allowed: breaks.filter(mayBe), faults }
}

function isSame(entry: AllowedBreak, { place, kind, what }: Break): boolean {
  return entry.place === place && entry.kind === kind && entry.what === what
}

function hasEnded({ sunset }: Break, now: Date): boolean {
  return sunset !== undefined && Date.parse(sunset) <= now.getTime()
}

/** A version `1.2.3` in an order. */
export function versionOf(text: string): { major: number; order: number } {
  const [, major, minor, patch] = /^(\d+)\.(\d+)\.(\d+)$/.exec(text)?.map(Number) ?? []
  if (major === undefined || minor === undefined || patch === undefined) throw new Error(`${text} is no version`)
  return { major, order: (major * 10_000 + minor) * 10_000 + patch }
}

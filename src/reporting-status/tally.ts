import type { ReportingState } from './schemas.ts'

/** What an office owed, and what came of it. */
export interface Owed {
  /** Code of its province, `00` for the national office. */
  region: string
  dueAt: Date
  /** Null for as long as nothing came. */
  receivedAt: Date | null
}

export interface Sums {
  owed: number
  due: number
  reported: number
  onTime: number
  late: number
  silent: number
  pending: number
  completeness: number | null
  timeliness: number | null
}

/** A deadline is kept by what comes at its very moment, and has passed after it. */
export function stateOf({ dueAt, receivedAt }: Owed, now: Date): ReportingState {
  if (receivedAt !== null) return receivedAt <= dueAt ? 'on_time' : 'late'
  return now > dueAt ? 'silent' : 'pending'
}

/**
 * How completely and how timely offices reported, in the sense of the WHO's Data Quality Review: reports received, and
 * received in time, as shares of the reports expected. Expected are those whose deadline has passed: what came ahead of its
 * deadline says nothing yet of those who still have time.
 */
export function tally(owed: readonly Owed[], now: Date): Sums {
  const count = (state: ReportingState) => owed.filter((each) => stateOf(each, now) === state).length
  const due = owed.filter(({ dueAt }) => now > dueAt)
  const inTime = due.filter((each) => stateOf(each, now) === 'on_time').length
  const received = due.filter(({ receivedAt }) => receivedAt !== null).length
  const [onTime, late] = [count('on_time'), count('late')]
  return {
    owed: owed.length,
    due: due.length,
    reported: onTime + late,
    onTime,
    late,
    silent: count('silent'),
    pending: count('pending'),
    completeness: share(received, due.length),
    timeliness: share(inTime, due.length),
  }
}

/** Four digits are as many as 553 offices can tell apart. */
function share(part: number, whole: number): number | null {
  return whole === 0 ? null : Math.round((part / whole) * 10_000) / 10_000
}

/** The same for each province, in the order of their codes. */
export function tallyByRegion(owed: readonly Owed[], now: Date): (Sums & { region: string })[] {
  const byRegion = new Map<string, Owed[]>()
  for (const each of owed) byRegion.set(each.region, [...(byRegion.get(each.region) ?? []), each])
  const codes = [...byRegion.keys()].sort()
  return codes.map((region) => ({ region, ...tally(byRegion.get(region) ?? [], now) }))
}

import { isDeepStrictEqual } from 'node:util'
import { type CallerName, callers, type TestCaller } from '../support/callers.ts'

/** The life of a report as the contract tells it, written a second time and as plainly as it goes. */

export const levels = ['regency', 'province', 'national'] as const
export const markings = ['ordinary', 'restricted', 'secret', 'top_secret'] as const
const hours: Record<string, number> = { routine: 72, priority: 24, immediate: 6, flash: 1 }

/** One version of a report, as everybody who sees it sees it. */
export interface Version {
  version: number
  action: string
  actor: string
  client: CallerName
  status: string
  level: number
  handling: number
  /** Highest handling of the report while the change was made. */
  contentHandling: number
  region: string
  subject: string
  exercise: boolean
  urgency: string
  occurred: keyof typeof moments
  heldSince: number
  verified: boolean
  outcome: string | null
}

export interface ModelReport {
  id: string
  office: string
  history: Version[]
}

/** When it happened, with the flag of a report that is received on the morning of 26 November. */
export const moments = {
  '2024-11-25T22:30:00+08:00': [],
  '2024-11-20T10:00:00+08:00': ['late'],
  '2024-11-28T06:30:00+09:00': ['occurred_in_future'],
} as const

export type Change = Partial<Pick<Version, 'subject' | 'exercise' | 'urgency' | 'occurred' | 'region'>>

export type Action = {
  by: CallerName
  /** An official, or the client itself. */
  actor: string
  ifMatch: 'current' | 'any' | 'several' | 'weak' | 'stale' | 'none'
  reason: boolean
} & ({ verb: Verb } | { verb: 'correct'; change: Change } | { verb: 'mark'; handling: number })

/** The table: from where, to where, who, and whether a reason must be said (a body without one is no request at all). */
const table = {
  withdraw: { from: ['submitted'], to: 'withdrawn', action: 'withdrawn' },
  verify: { from: ['submitted'], to: 'verified', action: 'verified' },
  reject: { from: ['submitted'], to: 'rejected', action: 'rejected' },
  escalate: { from: ['verified', 'escalated'], to: 'escalated', action: 'escalated' },
  return: { from: ['escalated'], to: 'escalated', action: 'returned' },
  close: { from: ['verified', 'escalated'], to: 'closed', action: 'closed' },
  reopen: { from: ['closed', 'rejected', 'withdrawn'], to: 'verified or submitted', action: 'reopened' },
} as const
export type Verb = keyof typeof table
export const verbs = Object.keys(table) as Verb[]

export const levelOf = (office: string) => (office === '00' ? 2 : office.length === 2 ? 1 : 0)
export const officeOf = (by: CallerName) => (callers[by] as TestCaller & { place: { region: string } }).place.region
const clearanceOf = (by: CallerName) => markings.indexOf(callers[by].clearance)
export const isWithin = (region: string, office: string) =>
  office === '00' || region === office || region.startsWith(`${office}.`)

export const now = (report: ModelReport): Version => report.history.at(-1) as Version

export function sees(by: CallerName, report: ModelReport): boolean {
  return isWithin(now(report).region, officeOf(by)) && now(report).handling <= clearanceOf(by)
}

/** Why an action is refused, in any order; none: it is done. */
export function refusals(report: ModelReport, action: Action, read: Version): string[] {
  const needed = action.verb === 'withdraw' || action.verb === 'correct' || action.verb === 'mark' ? 'submit' : 'verify'
  if (!(callers[action.by].scopes as readonly string[]).includes(`reports:${needed}`)) return ['403 scope_missing']
  if (action.ifMatch === 'none') return ['428 precondition_required']
  if (!sees(action.by, report)) return ['404 report_not_found']
  if (action.ifMatch === 'stale' || action.ifMatch === 'weak') return ['412 version_stale']
  if (action.ifMatch !== 'any' && read.version !== now(report).version) return ['412 version_stale']
  if (action.verb === 'correct') return againstCorrection(report, action)
  if (action.verb === 'mark') return againstMark(report, action)
  return againstVerb(report, action, action.verb)
}

function againstVerb(report: ModelReport, { by, actor }: Action, verb: Verb): string[] {
  const { status, level } = now(report)
  const office = officeOf(by)
  const refused: string[] = []
  const from: readonly string[] = table[verb].from
  const target = level + (verb === 'escalate' ? 1 : verb === 'return' ? -1 : 0)
  if (!from.includes(status) || target > 2 || target < levelOf(report.office))
    refused.push('409 transition_not_allowed')
  const inCharge = {
    withdraw: office === report.office,
    verify: levelOf(office) >= level,
    reject: levelOf(office) >= level,
    escalate: levelOf(office) === level,
    return: levelOf(office) === level,
    close: levelOf(office) === level,
    reopen: levelOf(office) > level || office === '00',
  }[verb]
  if (!inCharge) refused.push('409 not_in_charge')
  if (verb !== 'verify' && verb !== 'reject') return refused
  if (actor === callers[by].clientId) refused.push('403 person_required')
  const authors = report.history.filter(({ action }) => action === 'submitted' || action === 'corrected')
  if (authors.some((author) => author.actor === actor)) refused.push('409 author_may_not_verify')
  return refused
}

function againstCorrection(report: ModelReport, action: Action & { verb: 'correct' }): string[] {
  const { status, level } = now(report)
  const office = officeOf(action.by)
  if (status === 'rejected' || status === 'withdrawn') return ['409 transition_not_allowed']
  if (status === 'submitted' ? office !== report.office : levelOf(office) !== level) return ['409 not_in_charge']
  if (changesNothing(report, action)) return []
  const refused: string[] = []
  if (status !== 'submitted' && !action.reason) refused.push('422 body_invalid')
  if (action.change.region !== undefined && !isWithin(action.change.region, report.office))
    refused.push('422 body_invalid')
  return refused
}

function againstMark(report: ModelReport, { by, handling, reason }: Action & { verb: 'mark' }): string[] {
  const stands = now(report)
  const office = officeOf(by)
  const raises = handling >= stands.handling
  const mayRaise = office === report.office || levelOf(office) > levelOf(report.office)
  const refused: string[] = []
  if (raises ? !mayRaise : levelOf(office) !== stands.level) refused.push('409 not_in_charge')
  if (handling > clearanceOf(by)) refused.push('422 body_invalid')
  if (!raises && !reason) refused.push('422 body_invalid')
  return refused
}

/** What is asked for stands already: answered, and no version is made. */
export function changesNothing(report: ModelReport, action: Action): boolean {
  if (action.verb === 'mark') return action.handling === now(report).handling
  if (action.verb !== 'correct') return false
  return isDeepStrictEqual({ ...now(report), ...action.change }, now(report))
}

/** The report after an action that is not refused. */
export function after(report: ModelReport, action: Action, at: number): ModelReport {
  if (changesNothing(report, action)) return report
  const before = now(report)
  const next = { ...before, ...changed(before, action, at) }
  const contentHandling = Math.max(before.handling, next.handling)
  const made = { ...next, contentHandling, version: before.version + 1, actor: action.actor, client: action.by }
  return { ...report, history: [...report.history, made] }
}

function changed(before: Version, action: Action, at: number): Partial<Version> {
  if (action.verb === 'correct') return { ...action.change, action: 'corrected' }
  if (action.verb === 'mark') return { handling: action.handling, action: 'handling_changed' }
  const { verb } = action
  const { to, action: done } = table[verb]
  const level = before.level + (verb === 'escalate' ? 1 : verb === 'return' ? -1 : 0)
  const status = verb === 'reopen' ? (before.verified ? 'verified' : 'submitted') : to
  const outcome = verb === 'close' ? 'Selesai ditangani.' : null
  return { status, level, action: done, heldSince: at, verified: before.verified || verb === 'verify', outcome }
}

/** What the API shows of a version, without what the life does not touch. */
export function shown(version: Version): Record<string, unknown> {
  const { status, urgency, occurred, heldSince } = version
  const waits = status === 'submitted' || status === 'escalated'
  return {
    version: version.version,
    status,
    level: levels[version.level],
    handling: markings[version.handling],
    subject: version.subject,
    exercise: version.exercise,
    urgency,
    regionCode: version.region,
    occurredAt: new Date(occurred).toISOString(),
    flags: moments[occurred],
    dueAt: waits ? new Date(heldSince + (hours[urgency] ?? 0) * 3_600_000).toISOString() : null,
    verified: version.verified,
    outcome: version.outcome,
  }
}

/** The same of an answer. */
// biome-ignore lint/suspicious/noExplicitAny: JSON of the wire
export function shownOf(report: any): Record<string, unknown> {
  const { version, status, level, handling, subject, exercise, urgency, occurredAt, dueAt, outcome } = report
  const { regionCode } = report.location
  const { flags } = report.classification
  const verified = report.verifiedAt !== null
  const told = { version, status, level, handling, subject, exercise, urgency, regionCode, occurredAt }
  return { ...told, flags, dueAt, verified, outcome }
}

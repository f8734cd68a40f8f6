import { type Handling, handlingRank } from '../../../src/access/vocabulary.ts'
import type { Content } from '../../releases/model.ts'

/** Who asks. */
export interface Agency {
  agency: string
  clearance: Handling
}

/** To whom something is told: null for all agencies; rank of the handling, 0 to 3. */
export interface Audience {
  agencies: readonly string[] | null
  handling: number
}

/** A version of a release that was in force once, in milliseconds since 1970. */
export interface Version extends Audience {
  version: number
  releasedAt: number
  content: Content
}

export interface Release {
  id: string
  /** What was done to it, for messages of the test. */
  name: string
  /** Those that came into force, in their order: what was only proposed is none. */
  versions: Version[]
  isRetracted: boolean
  /** Every ETag that the release ever had for whoever could read it. */
  etags: string[]
  /** Id of an attachment that was released, and of one of the same report that was not. */
  file: string | undefined
  unapproved: string | undefined
}

/** What became known about a release; `again` is a change of the version in force, as when a file is removed. */
export interface Happening {
  what: 'version' | 'again' | 'retracted'
  release: Release
  /** The version in force afterwards, or the one that was taken back; and the one before it. */
  version: Version
  before: Version | undefined
  at: number
}

export type Seen = { state: 'here'; version: Version } | { state: 'gone' } | { state: 'nothing' }

export function reaches({ agency, clearance }: Agency, { agencies, handling }: Audience): boolean {
  return handling <= handlingRank(clearance) && (agencies === null || agencies.includes(agency))
}

/** The version in force to whom it reaches; that it is gone to whom any version reached; nothing to everybody else. */
export function seenBy(who: Agency, { versions, isRetracted }: Release): Seen {
  const latest = versions.at(-1)
  if (latest && !isRetracted && reaches(who, latest)) return { state: 'here', version: latest }
  return { state: versions.some((version) => reaches(who, version)) ? 'gone' : 'nothing' }
}

export interface Heard {
  type: string
  id: string
  version: number
  handling: number
  at: number
}

/** What an agency hears of what happened, under the handling of what it could read: nothing of others' releases. */
export function heardBy(who: Agency, { what, release: { id }, version, before, at }: Happening): Heard[] {
  const event = (type: string, { handling }: Version): Heard => ({ type, id, version: version.version, handling, at })
  if (!reaches(who, version)) return before && reaches(who, before) ? [event('release.retracted', before)] : []
  if (what === 'retracted') return [event('release.retracted', version)]
  return [event(what === 'version' && !before ? 'release.published' : 'release.changed', version)]
}

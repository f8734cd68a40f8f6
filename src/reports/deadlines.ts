import { type OfficeLevel, officeLevels } from '../access/vocabulary.ts'
import type { ReportStatus } from './lifecycle.ts'
import { urgencies } from './vocabulary.ts'

type Urgency = (typeof urgencies)[number]

/** Hours within which the holding level acts on a report, by urgency and level. */
export type Deadlines = Record<Urgency, Record<OfficeLevel, number>>

const hour = 3_600_000

/**
 * Reads `routine=72,flash=1,national.flash=2`: hours for an urgency at every level, or at one. What comes later counts; what is
 * not said keeps its default.
 * @returns undefined for a text that says something else
 */
export function parseDeadlines(text: string): Deadlines | undefined {
  const deadlines: Deadlines = {
    routine: everywhere(72),
    priority: everywhere(24),
    immediate: everywhere(6),
    flash: everywhere(1),
  }
  for (const part of text.split(',').filter((each) => each.trim() !== '')) {
    const match = /^(?:([a-z]+)\.)?([a-z]+)=(\d{1,5})$/.exec(part.trim())
    const [level, urgency, hours] = [match?.[1], match?.[2], Number(match?.[3])]
    const levels = level === undefined ? officeLevels : officeLevels.filter((each) => each === level)
    if (!isUrgency(urgency) || levels.length === 0 || !(hours >= 1)) return undefined
    for (const each of levels) deadlines[urgency][each] = hours
  }
  return deadlines
}

function everywhere(hours: number): Record<OfficeLevel, number> {
  return { regency: hours, province: hours, national: hours }
}

function isUrgency(word: string | undefined): word is Urgency {
  return (urgencies as readonly (string | undefined)[]).includes(word)
}

/**
 * Until when the holding level should have acted on a report that it got at a moment: verified or rejected what was
 * submitted, answered what was escalated to it. Null where nothing is waited for.
 */
export function dueAt(
  deadlines: Deadlines,
  { status, level, urgency, heldSince }: { status: ReportStatus; level: OfficeLevel; urgency: string; heldSince: Date },
): Date | null {
  if (status !== 'submitted' && status !== 'escalated') return null
  return new Date(heldSince.getTime() + deadlines[urgency as Urgency][level] * hour)
}

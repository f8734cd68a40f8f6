import { z } from 'zod'
import { handlingLevels } from '../access/vocabulary.ts'
import { fault } from '../http/contract/fault-of-issue.ts'
import { LocalDate, Narrative, Timestamp } from '../http/schemas.ts'
import { RegionCode } from '../regions/schemas.ts'
import { Reason } from '../reports/correction-schemas.ts'
import { parsePeriod, periodPattern } from './period.ts'
import { periodKinds, sectionNames, timelinesses } from './vocabulary.ts'

export const SituationReportParams = z.strictObject({ id: z.uuid() })

export const PeriodName = z
  .string()
  .check((ctx) => {
    if (!parsePeriod(ctx.value)) ctx.issues.push({ code: 'custom', input: ctx.value, params: fault('period_invalid') })
  })
  .meta({
    pattern: periodPattern.source,
    maxLength: 10,
    description: 'A day `2024-11-26`, an ISO week `2024-W48` or a month `2024-11`, on the calendar of the office',
    examples: ['2024-11-26'],
  })

const section = Narrative().nullable()
const words = Object.fromEntries(sectionNames.map((name) => [name, section])) as Record<
  (typeof sectionNames)[number],
  typeof section
>
const defaults = Object.fromEntries(sectionNames.map((name) => [name, section.default(null)])) as unknown as Record<
  (typeof sectionNames)[number],
  z.ZodDefault<typeof section>
>

const sectionsText = 'The situation by field: Ipoleksosbudhankam'
const Sections = z.strictObject(defaults).describe(sectionsText).meta({ id: 'SituationSections' })
const SectionsView = z.strictObject(words).describe(sectionsText).meta({ id: 'SituationSectionsView' })

const ReportIds = z
  .array(z.uuid())
  .max(200)
  .check((ctx) => {
    ctx.value.forEach((id, index) => {
      if (ctx.value.indexOf(id) === index) return
      ctx.issues.push({ code: 'custom', input: id, path: [index], params: fault('repeated_item') })
    })
  })
  .describe('Ids of the reports that it rests on')

const handlingText = 'Klasifikasi keamanan; may be raised later, and never lowered'

const told = {
  kind: z.enum(periodKinds).describe('LAPSITDA harian, mingguan or bulanan'),
  period: PeriodName,
  exercise: z.boolean().default(false).describe('True for an exercise: it flows everywhere and counts in nothing'),
  handling: z.enum(handlingLevels).default('restricted').describe(handlingText),
  nothingToReport: z.boolean().describe('Laporan nihil: there was nothing to report, which is a report'),
  situation: Narrative().nullable().default(null).describe('The situation; required unless there is nothing to report'),
  sections: Sections.nullable().default(null),
  reports: ReportIds.default([]),
}

/** What a report says must fit together: nihil has no parts, and anything else says what the situation is. */
function refuseContradictions(
  ctx: z.core.ParsePayload<{
    nothingToReport: boolean
    situation: string | null
    sections: unknown
    reports: readonly unknown[]
  }>,
): void {
  const { nothingToReport, situation, sections, reports } = ctx.value
  const refuse = (path: string, params: Record<string, unknown>) =>
    ctx.issues.push({ code: 'custom', input: ctx.value, path: [path], params })
  if (!nothingToReport && situation === null) refuse('situation', fault('required'))
  if (nothingToReport && (sections !== null || reports.length > 0))
    refuse('nothingToReport', fault('not_allowed', { allowed: 'false' }))
}

export const SubmitSituationReport = z
  .strictObject(told)
  .check(refuseContradictions)
  .meta({ id: 'SubmitSituationReport' })
export type SubmitSituationReport = z.output<typeof SubmitSituationReport>

/** What of a report may be corrected. */
export const Correctable = z
  .strictObject({
    handling: told.handling,
    nothingToReport: told.nothingToReport,
    situation: told.situation,
    sections: told.sections,
    reports: told.reports,
  })
  .check(refuseContradictions)
export type Correctable = z.output<typeof Correctable>

const SectionsPatch = z
  .strictObject(words)
  .partial()
  .describe(`${sectionsText}; null takes one away`)
  .meta({ id: 'SituationSectionsPatch' })

export const CorrectSituationReport = z
  .strictObject({
    handling: z.enum(handlingLevels).optional().describe(handlingText),
    nothingToReport: z.boolean().optional(),
    situation: Narrative().nullable().optional(),
    sections: SectionsPatch.nullable().optional(),
    reports: ReportIds.nullable().optional(),
    reason: Reason.optional().describe('Why; required once the deadline has passed'),
  })
  .meta({ id: 'CorrectSituationReport' })
export type CorrectSituationReport = z.output<typeof CorrectSituationReport>

/** What a client sees of a situation report. */
export const SituationReportView = z
  .strictObject({
    id: z.uuid(),
    office: RegionCode.describe('Code of the office that reports, and of its region'),
    kind: told.kind,
    period: PeriodName,
    periodFrom: LocalDate.describe('First day of the period'),
    periodTo: LocalDate.describe('Last day of the period'),
    exercise: z.boolean(),
    handling: z.enum(handlingLevels),
    version: z.int().min(1).max(1_000_000),
    nothingToReport: z.boolean(),
    situation: Narrative().nullable(),
    sections: SectionsView.nullable(),
    reports: z.array(z.uuid()).max(200).describe('Reports that it rests on, as far as you may see them'),
    receivedAt: Timestamp.describe('When the first version came; a correction does not move it'),
    dueAt: Timestamp.nullable().describe('Until when it was owed; null where the office did not owe it'),
    timeliness: z.enum(timelinesses).nullable().describe('Whether it came in time; null where it was not owed'),
  })
  .meta({ id: 'SituationReport' })

export type SituationMember = keyof z.output<typeof SituationReportView>
export const situationMembers = Object.keys(SituationReportView.shape) as SituationMember[]

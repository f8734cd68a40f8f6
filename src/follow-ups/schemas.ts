import { z } from 'zod'
import { OfficeCode } from '../access/claims.ts'
import { handlingLevels } from '../access/vocabulary.ts'
import { fault } from '../http/contract/fault-of-issue.ts'
import { BooleanParam, CommaList, Cursor, Limit, LocalDate, Narrative, Text, Timestamp } from '../http/schemas.ts'
import { RegionCode } from '../regions/schemas.ts'
import { followUpSorts, followUpStatuses } from './vocabulary.ts'

export const FollowUpParams = z.strictObject({ followUpId: z.uuid() })

const Action = Narrative(5, 4_000).describe('What is to be done')
const ResponsibleOffice = OfficeCode.describe(
  'Who is to do it: the own office, or one below it in whose region the place lies',
)
const DueOn = LocalDate.regex(/^2\d{3}-/).describe('The last day to do it, in the time zone of the responsible office')
const Result = Narrative(3, 4_000).describe('What came of it')
const Reason = Narrative(3, 2_000)

const Meeting = z
  .strictObject({
    title: Text(3, 300),
    heldOn: LocalDate,
    place: Text(1, 300).nullable().default(null),
  })
  .meta({ id: 'Meeting' })
const Recommendation = Narrative(3, 4_000).describe('What the meeting recommended, of which this is the RTL')

export const AddFollowUp = z
  .strictObject({ action: Action, responsibleOffice: ResponsibleOffice, dueOn: DueOn })
  .meta({ id: 'AddFollowUp' })
export type AddFollowUp = z.output<typeof AddFollowUp>

export const AddStandaloneFollowUp = z
  .strictObject({
    ...AddFollowUp.shape,
    regionCode: RegionCode.describe('The place that it is about: it is seen like a report of that place'),
    handling: z.enum(handlingLevels).default('restricted'),
    exercise: z.boolean().default(false).describe('True for an exercise'),
    meeting: Meeting.nullable().default(null).describe('The meeting that recommended it'),
    recommendation: Recommendation.nullable().default(null),
  })
  .meta({ id: 'AddStandaloneFollowUp' })
export type AddStandaloneFollowUp = z.output<typeof AddStandaloneFollowUp>

export const ChangeFollowUp = z
  .strictObject({
    action: Action.optional(),
    responsibleOffice: ResponsibleOffice.optional(),
    dueOn: DueOn.optional(),
    status: z.enum(followUpStatuses).optional(),
    result: Result.nullable().optional().describe('What came of it; required to be done'),
    reason: Reason.optional().describe('Why; required to cancel and to reopen'),
  })
  .meta({ id: 'ChangeFollowUp' })
export type ChangeFollowUp = z.output<typeof ChangeFollowUp>

/** What a client sees of a follow-up. */
export const FollowUpView = z
  .strictObject({
    id: z.uuid(),
    version: z.int().min(1).max(1_000_000),
    reportId: z.uuid().nullable().describe('Null where it stands alone'),
    regionCode: RegionCode,
    handling: z.enum(handlingLevels).describe('The highest marking that it or its report ever had since it was added'),
    exercise: z.boolean().describe('True where it, or its report, belongs to an exercise: it counts nowhere'),
    office: OfficeCode.describe('Who gave it'),
    responsibleOffice: OfficeCode.describe('Who is to do it'),
    action: Action,
    dueOn: LocalDate.describe('The last day to do it, in the time zone of the responsible office'),
    overdueFrom: Timestamp.nullable().describe('The end of that day; null once it is done or cancelled'),
    status: z.enum(followUpStatuses),
    result: Result.nullable(),
    recommendation: Recommendation.nullable(),
    meeting: z
      .strictObject({ title: Text(3, 300), heldOn: LocalDate, place: Text(1, 300).nullable() })
      .meta({ id: 'MeetingView' })
      .nullable(),
    addedAt: Timestamp,
    changedAt: Timestamp,
  })
  .meta({ id: 'FollowUp' })
export type FollowUpView = z.output<typeof FollowUpView>

export const FollowUpPage = z
  .strictObject({
    items: z.array(FollowUpView).max(200),
    next: Cursor.nullable().describe('Cursor of the next page; null at the end'),
  })
  .meta({ id: 'FollowUpPage' })

const paging = { limit: Limit, cursor: Cursor.optional().describe('`next` of the page before') }

/** Of one report, or the revisions of one follow-up. */
export const PageQuery = z.strictObject(paging)
export type PageQuery = z.output<typeof PageQuery>

export const ListFollowUpsQuery = z
  .strictObject({
    office: OfficeCode.optional().describe('Who gave it'),
    responsibleOffice: OfficeCode.optional().describe('Who is to do it'),
    status: CommaList(z.enum(followUpStatuses), followUpStatuses.length).optional(),
    dueFrom: LocalDate.optional().describe('Due on this day or later'),
    dueTo: LocalDate.optional().describe('Due on this day or earlier'),
    overdue: BooleanParam.optional().describe('Whether it is open and its last day has ended where it is to be done'),
    reportId: z.uuid().optional(),
    region: RegionCode.optional().describe('A region with all that lies below it'),
    sort: z.enum(followUpSorts).default('dueOn'),
    ...paging,
  })
  .superRefine(({ dueFrom, dueTo }, ctx) => {
    if (dueFrom !== undefined && dueTo !== undefined && dueFrom > dueTo)
      ctx.addIssue({ code: 'custom', path: ['dueTo'], params: fault('range_reversed') })
  })
export type ListFollowUpsQuery = z.output<typeof ListFollowUpsQuery>

export { Reason as FollowUpReason }

import { z } from 'zod'
import { CommaList, Cursor, Limit, OpenList, Timestamp } from '../http/schemas.ts'
import { QuestionView } from '../questions/schemas.ts'
import { ReportView } from '../reports/schemas.ts'
import { kindNames } from './kinds.ts'

/** What an item says of its report. */
export const reportMembers = ['id', 'number', 'subject', 'urgency', 'handling', 'status', 'level', 'office'] as const

const Kind = z.enum(kindNames)
const InboxReport = ReportView.pick(
  Object.fromEntries(reportMembers.map((name) => [name, true])) as Record<(typeof reportMembers)[number], true>,
).meta({ id: 'InboxReport' })
const InboxQuestion = QuestionView.pick({ id: true, text: true, askedAt: true, askedBy: true, version: true }).meta({
  id: 'InboxQuestion',
})

export const InboxItem = z
  .strictObject({
    kind: OpenList(kindNames).describe(
      '`flash`: a flash report that nobody has judged; `overdue`: its deadline has passed; `escalation`: another level handed ' +
        'it here, up or back down; `question`: one to this office that is not answered. More kinds may come',
    ),
    since: Timestamp.describe('Since when it waits for this'),
    dueAt: Timestamp.nullable().describe('Until when something should be done'),
    report: InboxReport,
    question: InboxQuestion.optional().describe('Of an item of the kind `question`'),
  })
  .meta({ id: 'InboxItem' })

export const InboxPage = z
  .strictObject({
    items: z.array(InboxItem).max(200),
    next: Cursor.nullable().describe('Cursor of the next page; null at the end'),
  })
  .meta({ id: 'InboxPage' })

export const ListInboxQuery = z.strictObject({
  kind: CommaList(Kind, kindNames.length).optional().describe('Of these kinds alone'),
  limit: Limit,
  cursor: Cursor.optional().describe('`next` of the page before'),
})
export type ListInboxQuery = z.output<typeof ListInboxQuery>

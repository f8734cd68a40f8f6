import { z } from 'zod'
import { OfficeCode } from '../access/claims.ts'
import { Cursor, Limit, Narrative, Text, Timestamp } from '../http/schemas.ts'

export const QuestionParams = z.strictObject({ id: z.uuid(), questionId: z.uuid() })

const QuestionText = Narrative(3, 2_000)
const AnswerText = Narrative(1, 4_000)
/** The official, or the client itself. */
const By = Text(1, 128)

export const AskQuestion = z
  .strictObject({
    text: QuestionText.describe('What the office that posted the report should say'),
    dueAt: Timestamp.nullable().default(null).describe('Until when the answer is needed, a moment yet to come'),
  })
  .meta({ id: 'AskQuestion' })
export type AskQuestion = z.output<typeof AskQuestion>

export const AnswerQuestion = z.strictObject({ text: AnswerText }).meta({ id: 'AnswerQuestion' })
export type AnswerQuestion = z.output<typeof AnswerQuestion>

/** Who asked. */
export const AskedBy = z.strictObject({ office: OfficeCode, by: By }).meta({ id: 'AskedBy' })

export const QuestionView = z
  .strictObject({
    id: z.uuid(),
    reportId: z.uuid(),
    text: QuestionText,
    askedAt: Timestamp,
    askedBy: AskedBy,
    dueAt: Timestamp.nullable(),
    answer: z
      .strictObject({ text: AnswerText, answeredAt: Timestamp, by: By })
      .nullable()
      .describe('Of the office that posted the report; null while it is waited for'),
    version: z.int().min(1).max(2),
  })
  .meta({ id: 'Question' })
export type QuestionView = z.output<typeof QuestionView>

export const QuestionPage = z
  .strictObject({
    items: z.array(QuestionView).max(200),
    next: Cursor.nullable().describe('Cursor of the next page; null at the end'),
  })
  .meta({ id: 'QuestionPage' })
export type QuestionPage = z.output<typeof QuestionPage>

export const ListQuestionsQuery = z.strictObject({
  limit: Limit,
  cursor: Cursor.optional().describe('`next` of the page before'),
})
export type ListQuestionsQuery = z.output<typeof ListQuestionsQuery>

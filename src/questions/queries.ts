import { and, asc, eq, gt, type SQL, sql } from 'drizzle-orm'
import type { Scope } from '../access/caller.ts'
import { scopeValues, visible } from '../access/scope.ts'
import { statement, statementByTier } from '../database/statement.ts'
import type { Transaction } from '../database/transaction.ts'
import { questions as q } from './table.ts'

const { placeholder } = sql

export interface QuestionRow extends Record<string, unknown> {
  id: string
  reportId: string
  provinceCode: string | null
  regencyCode: string | null
  /** Rank, 0 to 3. */
  handling: number
  /** The office that is asked. */
  officeCode: string
  version: number
  text: string
  askedAt: Date
  askedOffice: string
  askedBy: string
  dueAt: Date | null
  answer: string | null
  answeredAt: Date | null
  answeredBy: string | null
}

const columns = sql`${q.id}, ${q.reportId} AS "reportId", ${q.provinceCode} AS "provinceCode", ${q.regencyCode} AS "regencyCode",
  ${q.handling} AS handling, ${q.officeCode} AS "officeCode", ${q.version}, ${q.text}, ${q.askedAt} AS "askedAt",
  ${q.askedOffice} AS "askedOffice", ${q.askedBy} AS "askedBy", ${q.dueAt} AS "dueAt", ${q.answer}, ${q.answeredAt} AS "answeredAt",
  ${q.answeredBy} AS "answeredBy"`

const insert = statement(
  'insert_question',
  sql`INSERT INTO report_questions (id, report_id, region_code, handling, content_handling, office_code, text, asked_at, asked_office,
    asked_client, asked_by, due_at)
  VALUES (${placeholder('id')}, ${placeholder('reportId')}, ${placeholder('regionCode')}, ${placeholder('handling')},
    ${placeholder('handling')}, ${placeholder('officeCode')}, ${placeholder('text')}, ${placeholder('now')}, ${placeholder('office')},
    ${placeholder('clientId')}, ${placeholder('subject')}, ${placeholder('dueAt')})
  RETURNING ${columns}`,
)

export interface NewQuestion {
  id: string
  report: { id: string; regionCode: string; handling: number; officeCode: string }
  text: string
  dueAt: Date | null
  by: { office: string | null; clientId: string; subject: string; now: Date }
}

export async function insertQuestion(
  tx: Transaction,
  { id, report, text, dueAt, by }: NewQuestion,
): Promise<QuestionRow> {
  const { clientId, subject, office, now } = by
  const about = { ...report, reportId: report.id }
  const [row] = await tx.run<QuestionRow>(insert, { ...about, id, text, dueAt, clientId, subject, office, now })
  if (!row) throw new Error('The question was not inserted')
  return row
}

const ofReport = and(eq(q.id, placeholder('id')), eq(q.reportId, placeholder('reportId')))
const find = statementByTier(
  'find_question',
  (tier) => sql`SELECT ${columns} FROM ${q} WHERE ${visible(tier, q, ofReport)}`,
)
const lock = statementByTier(
  'lock_question',
  (tier) => sql`SELECT ${columns} FROM ${q} WHERE ${visible(tier, q, ofReport)} FOR UPDATE OF ${q}`,
)

/** Which question, and of which report. */
export interface QuestionKey {
  id: string
  reportId: string
}

/** Undefined for what is missing, belongs to another report or is not to be seen. */
export async function findQuestionIn(
  tx: Transaction,
  scope: Scope,
  key: QuestionKey,
): Promise<QuestionRow | undefined> {
  const [row] = await tx.run<QuestionRow>(find[scope.tier], { ...scopeValues(scope), ...key })
  return row
}

/** As findQuestionIn, and holds the row until the transaction ends. */
export async function lockQuestion(tx: Transaction, scope: Scope, key: QuestionKey): Promise<QuestionRow | undefined> {
  const [row] = await tx.run<QuestionRow>(lock[scope.tier], { ...scopeValues(scope), ...key })
  return row
}

const setAnswered = statement(
  'set_question_answered',
  sql`UPDATE ${q} SET version = ${q.version} + 1, answer = ${placeholder('text')}, answered_at = ${placeholder('now')},
    answered_client = ${placeholder('clientId')}, answered_by = ${placeholder('subject')}
  WHERE ${eq(q.id, placeholder('id'))} RETURNING ${columns}`,
)

/** The question with its answer; it is locked. */
export async function setAnswer(
  tx: Transaction,
  id: string,
  answer: { text: string; clientId: string; subject: string; now: Date },
): Promise<QuestionRow> {
  const [row] = await tx.run<QuestionRow>(setAnswered, { ...answer, id })
  // A row that the policies hide from an UPDATE is left alone without a word.
  if (!row) throw new Error(`Question ${id} was not answered`)
  return row
}

const list = (label: string, after: SQL | undefined) =>
  statementByTier(
    label,
    (tier) => sql`SELECT ${columns} FROM ${q} WHERE ${visible(tier, q, eq(q.reportId, placeholder('reportId')), after)}
    ORDER BY ${asc(q.askedAt)}, ${asc(q.id)} LIMIT ${placeholder('rows')}`,
  )
const position = sql`(${placeholder('afterAsked')}::timestamptz, ${placeholder('afterId')}::uuid)`
const firstPage = list('list_questions', undefined)
const nextPage = list('list_questions_after', gt(sql`(${q.askedAt}, ${q.id})`, position))

/** A place in the list: when it was asked, and its id. */
export type QuestionPosition = readonly [askedAt: string, id: string]

/** The questions about a report that the caller may see, the oldest first. */
export async function listQuestionsOf(
  tx: Transaction,
  scope: Scope,
  { reportId, after, rows }: { reportId: string; after: QuestionPosition | undefined; rows: number },
): Promise<QuestionRow[]> {
  const values = { ...scopeValues(scope), reportId, rows }
  if (!after) return tx.run<QuestionRow>(firstPage[scope.tier], values)
  const [afterAsked, afterId] = after
  return tx.run<QuestionRow>(nextPage[scope.tier], { ...values, afterAsked, afterId })
}

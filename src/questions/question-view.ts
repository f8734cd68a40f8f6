import type { QuestionRow } from './queries.ts'
import type { QuestionView } from './schemas.ts'

/** A question as it is answered to those who see it. */
export function questionView(row: QuestionRow): QuestionView {
  const { id, reportId, text, askedAt, dueAt, version } = row
  const askedBy = { office: row.askedOffice, by: row.askedBy }
  return { id, reportId, text, askedAt, askedBy, dueAt, answer: answerOf(row), version }
}

function answerOf({ answer, answeredAt, answeredBy }: QuestionRow): QuestionView['answer'] {
  if (answer === null || answeredAt === null || answeredBy === null) return null
  return { text: answer, answeredAt, by: answeredBy }
}

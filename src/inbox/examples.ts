import { questionExample } from '../questions/examples.ts'
import { storedReportExample } from '../reports/examples.ts'

const { id, number, subject, urgency, handling, status, level, office } = storedReportExample
const { id: questionId, text, askedAt, askedBy, dueAt, version } = questionExample

/** A regency's inbox with a question of its province. */
export const inboxExample = {
  items: [
    {
      kind: 'question',
      since: askedAt,
      dueAt,
      report: { id, number, subject, urgency, handling, status, level, office },
      question: { id: questionId, text, askedAt, askedBy, version },
    },
  ],
  next: null,
}

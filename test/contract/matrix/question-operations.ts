import { officeLevelOf } from '../../../src/access/vocabulary.ts'
import { byId, type Cell, get, list, type Operation } from './cells.ts'
import { sees, type Thing } from './model.ts'
import type { Report, Request } from './world.ts'

/** With a deadline that has passed: refused to whoever sees the report, and not found to everybody else. */
const askQuestion: Operation = {
  needs: 'reports:verify',
  cells: (caller, { reports }) =>
    byId(
      reports.filter(({ status }) => status === 'submitted'),
      (report) => sees(caller, report),
      (id) => ({
        method: 'POST',
        url: `/v1/reports/${id}/questions`,
        body: { text: 'Matriks: siapa yang boleh bertanya?', dueAt: '2024-01-01T00:00:00Z' },
      }),
    ).map(({ wrong: _body, ...cell }) => ({ ...cell, status: cell.status === 200 ? 422 : 404 })),
}

/** A question is seen where its report is, and nowhere under another one. */
function ofQuestions(needs: string, seenStatus: number, request: (url: string) => Request): Operation {
  return {
    needs,
    cells: (caller, { questions, reports }) => {
      const urlOf = (id: string) => {
        const report = questions.find((each) => each.id === id)?.report ?? reports[0]
        return `/v1/reports/${report?.id}/questions/${id}`
      }
      const cells = byId(
        questions,
        (question) => sees(caller, question),
        (id) => request(urlOf(id)),
      ).map(({ wrong, ...cell }) => ({
        ...cell,
        status: cell.status === 200 ? seenStatus : 404,
        ...(seenStatus === 200 && wrong && { wrong }),
      }))
      const [one, other] = questions
      const misplaced = request(`/v1/reports/${other?.report.id}/questions/${one?.id}`)
      return [...cells, { what: 'of another report', request: misplaced, status: 404 }]
    },
  }
}

const questionsOfReport: Operation = {
  needs: 'reports:read',
  cells: (caller, { reports, questions }) =>
    byId(
      reports.filter(({ status }) => status === 'submitted' || status === 'closed'),
      (report) => sees(caller, report),
      (id) => get(`/v1/reports/${id}/questions`),
    ).map(({ wrong: _body, ...cell }) => ({
      ...cell,
      wrong(answer) {
        const [, , , id] = cell.request.url.split('/')
        const wanted = questions.flatMap((question) => (question.report.id === id ? [question.id] : []))
        const got = answer.json().items.map((item: { id: string }) => item.id)
        return JSON.stringify(got) === JSON.stringify(wanted) ? null : `${got.length} in place of ${wanted.length}`
      },
    })),
}

/** What an office holds itself, and what it is asked: nothing that waits for others. */
const listInbox: Operation = {
  needs: 'reports:read',
  cells(caller, { reports, questions }) {
    if (!('region' in caller.place)) return []
    const { region } = caller.place
    const held = ({ office }: Report) => officeLevelOf(office) === officeLevelOf(region)
    const escalated = reports.filter((each) => each.status === 'escalated' && sees(caller, each) && held(each))
    const asked = questions.filter((each) => each.report.office === region && sees(caller, each))
    return [
      list('/v1/inbox?limit=200&kind=escalation', escalated),
      list(
        '/v1/inbox?limit=200&kind=question',
        asked.map(({ report }) => report),
      ),
      list('/v1/inbox?limit=200&kind=flash,overdue', []),
    ]
  },
}

/** What happened to the reports that one sees; agencies see nothing. */
const listEvents: Operation = {
  needs: 'events:read',
  cells(caller, { reports, questions }) {
    const events = (type: string, expected: Thing[]): Cell => ({
      what: type,
      request: get(`/v1/events?limit=200&types=${type}`),
      status: 200,
      wrong(answer) {
        const got = answer.json().items.map(({ subject }: { subject: { id: string } }) => subject.id)
        const wanted = expected.map((thing) => (thing as Report).id)
        return JSON.stringify(got.sort()) === JSON.stringify(wanted.sort()) ? null : `${got.length} of ${wanted.length}`
      },
    })
    return [
      events(
        'report.submitted',
        reports.filter((report) => sees(caller, report)),
      ),
      events(
        'question.asked',
        questions.filter((question) => sees(caller, question)),
      ),
    ]
  },
}

export const questionOperations: Record<string, Operation> = {
  listQuestions: questionsOfReport,
  findQuestion: ofQuestions('reports:read', 200, get),
  listInbox,
  listEvents,
  askQuestion,
  answerQuestion: ofQuestions('reports:submit', 412, (url) => ({
    method: 'POST',
    url: `${url}/answer`,
    headers: { 'if-match': '"stale"' },
    body: { text: 'Matriks: siapa yang boleh menjawab?' },
  })),
}

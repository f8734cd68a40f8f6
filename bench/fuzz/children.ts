import { addFollowUpExample, addStandaloneFollowUpExample } from '../../src/follow-ups/examples.ts'
import { submitReportExample } from '../../src/reports/examples.ts'
import { regency } from './callers.ts'
import type { Known } from './existing.ts'
import { ask, type Caller, callerNamed, type Target } from './target.ts'

const followUpsOfEach = 3
const questionCount = 12

/** Follow-ups that every office gave itself about the place of the reports, some on a report. */
export async function addFollowUps(
  target: Target,
  callers: readonly Caller[],
  reports: readonly unknown[],
): Promise<Known> {
  const ids: string[] = []
  const etags: string[] = []
  const offices = { regency, province: '74', nation: '00' }
  for (const [name, responsibleOffice] of Object.entries(offices)) {
    const paths = reports.slice(0, followUpsOfEach).map((id) => `/v1/reports/${id}/follow-ups`)
    for (const path of ['/v1/follow-ups', ...paths]) {
      const example = path === '/v1/follow-ups' ? addStandaloneFollowUpExample : addFollowUpExample
      const given = { ...example, responsibleOffice }
      const { body, headers } = await ask(target, callerNamed(callers, name), path, { given })
      ids.push(String(body.id))
      etags.push(String(headers.get('etag')))
    }
  }
  return {
    followUpId: ids,
    reportId: reports,
    responsibleOffice: Object.values(offices),
    dueOn: ['2024-11-27', '2024-12-31'],
    ...Object.fromEntries(['addFollowUp', 'listReportFollowUps'].map((id) => [`${id}.id`, reports])),
    'findFollowUp.If-None-Match': [...etags, '*'],
    'changeFollowUp.If-Match': [...etags, ...etags.map(() => '*')],
    'listFollowUps.office': Object.values(offices),
  }
}

/** Questions about a report of the regency, to read and to answer. */
export async function askQuestions(target: Target, callers: readonly Caller[]): Promise<Known> {
  const { clientReference: _given, ...example } = submitReportExample
  const { body: report } = await ask(target, callerNamed(callers, 'regency'), '/v1/reports', { given: example })
  const nation = callerNamed(callers, 'nation')
  const ids: string[] = []
  const etags: string[] = []
  for (let number = 0; number < questionCount; number += 1) {
    const given = { text: `Pertanyaan ${number}: siapa pelakunya?` }
    const { body, headers } = await ask(target, nation, `/v1/reports/${report.id}/questions`, { given })
    ids.push(String(body.id))
    etags.push(String(headers.get('etag')))
  }
  return {
    ...Object.fromEntries(
      ['askQuestion', 'listQuestions', 'findQuestion', 'answerQuestion'].map((id) => [`${id}.id`, [report.id]]),
    ),
    questionId: ids,
    'findQuestion.If-None-Match': [...etags, '*'],
    'answerQuestion.If-Match': ['*'],
    'askQuestion.dueAt': [null, '2999-01-01T00:00:00Z'],
  }
}

/** Links of one report to all others, to be taken back again. */
export async function linkReports(
  target: Target,
  callers: readonly Caller[],
  reports: readonly unknown[],
): Promise<Known> {
  const caller = callerNamed(callers, 'nation')
  const [report, ...others] = reports
  const linkIds: string[] = []
  for (const other of others) {
    for (const type of ['follows', 'part_of']) {
      const given = { type, target: other }
      const { body } = await ask(target, caller, `/v1/reports/${report}/links`, { given, headers: { 'if-match': '*' } })
      linkIds.push(String(body.id))
    }
  }
  return {
    linkId: linkIds,
    'unlinkReport.id': [report],
    'linkReport.id': others,
    'linkReport.target': reports,
    'listLinks.id': reports,
    'listSimilar.id': reports,
    'unlinkReport.If-Match': ['*'],
    'linkReport.If-Match': ['*'],
  }
}

import { submitSituationReportExample } from '../../src/situation-reports/examples.ts'
import type { Known } from './existing.ts'
import { ask, type Caller, type Target } from './target.ts'

/** A situation report of every office that submits, for each of a few days. */
export async function postSituationReports(target: Target, callers: readonly Caller[]): Promise<Known> {
  const ids: string[] = []
  const etags: string[] = []
  // Before any deadline of the defaults: a correction needs no reason.
  const days = ['2023-11-21', '2023-11-22', '2023-11-23']
  for (const caller of callers.filter(({ scopes }) => scopes.includes('reports:submit'))) {
    for (const period of days) {
      const given = { ...submitSituationReportExample, period }
      const { body, headers } = await ask(target, caller, '/v1/situation-reports', { given })
      ids.push(String(body.id))
      etags.push(String(headers.get('etag')))
    }
  }
  const operations = ['findSituationReport', 'correctSituationReport', 'listSituationRevisions']
  const ofDays = ['submitSituationReport', 'getReportingStatus', 'listSituationReports']
  const writing = ['submitSituationReport', 'correctSituationReport']
  const october = Array.from({ length: 31 }, (_, index) => `2024-10-${String(index + 1).padStart(2, '0')}`)
  return {
    ...Object.fromEntries(operations.map((operation) => [`${operation}.id`, ids])),
    ...Object.fromEntries(ofDays.map((operation) => [`${operation}.kind`, ['daily']])),
    ...Object.fromEntries(ofDays.map((operation) => [`${operation}.period`, [...days, ...october]])),
    ...Object.fromEntries(writing.map((operation) => [`${operation}.reports[]`, [[]]])),
    ...Object.fromEntries(writing.map((operation) => [`${operation}.sections`, [null]])),
    ...Object.fromEntries(writing.map((operation) => [`${operation}.situation`, ['Situasi kondusif.', 'Nihil.']])),
    'correctSituationReport.nothingToReport': [false],
    'correctSituationReport.handling': ['top_secret'],
    'correctSituationReport.reason': ['Data malam hari menyusul.'],
    'correctSituationReport.If-Match': ['*', ...etags.slice(0, 1)],
    'findSituationReport.If-None-Match': [...etags, '*'],
  }
}

import { handlingLevels } from '../../../src/access/vocabulary.ts'
import { byId, get, list, type Operation, open } from './cells.ts'
import { cleared, covers, sees, type Thing } from './model.ts'
import type { Request } from './world.ts'

const situations = '/v1/situation-reports'

const findSituationReport: Operation = {
  needs: 'reports:read',
  cells: (caller, { situationReports }) =>
    byId(
      situationReports,
      (report) => sees(caller, report),
      (id) => get(`${situations}/${id}`),
    ),
}

const listSituationReports: Operation = {
  needs: 'reports:read',
  cells(caller, { situationReports }) {
    const seen = situationReports.filter((report) => sees(caller, report))
    const of = (office: string) => seen.filter(({ region }) => region === office)
    return [
      list(`${situations}?limit=200`, seen),
      ...['74', '74.71', '00'].map((office) => list(`${situations}?limit=200&office=${office}`, of(office))),
      list(
        `${situations}?limit=200&region=74`,
        seen.filter(({ region }) => region.startsWith('74')),
      ),
    ]
  },
}

/** An office reports for itself, exercises here, each caller on days of its own. */
const submitSituationReport: Operation = {
  needs: 'reports:submit',
  cells: (caller, { callers }) =>
    handlingLevels.map((handling, index) => {
      const day = new Date(Date.UTC(2024, 5, 1 + callers.indexOf(caller) * handlingLevels.length + index))
      const period = day.toISOString().slice(0, 10)
      const body = { kind: 'daily', period, nothingToReport: true, exercise: true, handling }
      return {
        what: handling,
        request: { method: 'POST', url: situations, body },
        status: cleared(caller, handling) ? 201 : 422,
      }
    }),
}

/** A version that does not stand: stale to its own office, for others to see alone, and not found to everybody else. */
const correctSituationReport: Operation = {
  needs: 'reports:submit',
  cells: (caller, { situationReports }) => {
    const request = (id: string): Request => ({
      method: 'PATCH',
      url: `${situations}/${id}`,
      headers: { 'if-match': `"${id}.999"` },
      body: { situation: 'Matriks: siapa yang boleh.' },
    })
    const own = ({ region }: Thing) => 'region' in caller.place && caller.place.region === region
    return byId(situationReports, (report) => sees(caller, report), request).map(({ wrong: _body, ...cell }) => {
      const report = situationReports.find(({ id }) => cell.request.url.endsWith(id))
      const refused = report && own(report) ? 412 : 409
      return { ...cell, status: cell.status === 200 ? refused : 404 }
    })
  },
}

/** Each office within reach with its receipt, and its report for those alone who are cleared for it. */
const getReportingStatus: Operation = {
  needs: 'reports:read',
  cells: (caller, { situationReports }) =>
    handlingLevels.map((handling, index) => ({
      what: handling,
      request: get(`/v1/reporting-status?period=2024-11-0${index + 1}`),
      status: 200,
      wrong(answer) {
        const items: { office: string; status: string; situationReport: string | null }[] = answer.json().items
        if (!items.every(({ office }) => covers(caller, office))) return 'an office out of reach'
        const told = items
          .filter(({ status }) => status !== 'silent')
          .map((each) => [each.office, each.situationReport])
        const expected = situationReports
          .filter((each) => each.handling === handling && each.region !== '00' && covers(caller, each.region))
          .map(({ region, id }) => [region, cleared(caller, handling) ? id : null])
        return JSON.stringify(told) === JSON.stringify(expected.sort()) ? null : JSON.stringify(told)
      },
    })),
}

export const situationReportOperations: Record<string, Operation> = {
  findSituationReport,
  listSituationReports,
  submitSituationReport,
  listSituationRevisions: {
    needs: 'reports:read',
    cells: (caller, { situationReports }) =>
      byId(
        situationReports,
        (report) => sees(caller, report),
        (id) => get(`${situations}/${id}/revisions`),
      ).map(({ wrong: _body, ...cell }) => cell),
  },
  correctSituationReport,
  getReportingStatus,
  listReportingObligations: open('reports:read', '/v1/reporting-obligations'),
}

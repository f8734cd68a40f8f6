import { byId, type Cell, get, list, missingId, type Operation } from './cells.ts'
import { reaches, sees } from './model.ts'
import type { Request } from './world.ts'

const findRelease: Operation = {
  needs: 'releases:read',
  cells: (caller, { releases }) =>
    byId(
      releases,
      ({ released }) => reaches(caller, released),
      (id) => get(`/v1/releases/${id}`),
    ),
}

const listReleases: Operation = {
  needs: 'releases:read',
  cells(caller, { releases }) {
    const own = releases.filter(({ released }) => reaches(caller, released))
    return [
      list('/v1/releases?limit=200', own),
      list('/v1/releases?q=perusakan&limit=200', own),
      list(
        '/v1/releases?handling=secret,top_secret',
        own.filter(({ released }) => /secret/.test(released.handling)),
      ),
      list('/v1/releases?stage=none&hasCoordinates=false', []),
      {
        what: 'an export',
        request: get('/v1/releases', { accept: 'application/x-ndjson' }),
        status: 200,
        wrong(answer) {
          const lines = answer.body.split('\n').filter(Boolean).length
          return lines === own.length ? null : `${lines} lines, not ${own.length}`
        },
      },
      { what: 'by what is no filter', request: get('/v1/releases?office=74.71'), status: 400 },
    ]
  },
}

/** Nothing was released with a file; of a release that does not reach one, that is not told. */
const readReleasedFile: Operation = {
  needs: 'releases:read',
  cells: (caller, { releases }) =>
    byId(
      releases.filter(({ released }) => !reaches(caller, released)),
      () => false,
      (id) => get(`/v1/releases/${id}/attachments/${missingId}`),
    ),
}

const listReportReleases: Operation = {
  needs: 'reports:read',
  cells(caller, { reports, releases }) {
    const expected = (id: string) => releases.filter(({ report }) => report === id).length
    return reports
      .filter(({ status }) => status === 'submitted' || status === 'verified')
      .map(
        (report): Cell => ({
          what: `of ${report.region} ${report.handling} ${report.status}`,
          request: get(`/v1/reports/${report.id}/releases`),
          status: sees(caller, report) ? 200 : 404,
          wrong: (answer) => (answer.json().items.length === expected(report.id) ? null : 'too many or few'),
        }),
      )
  },
}

const body = { agencies: 'all', handling: 'ordinary', fields: ['subject'] }

/** What nobody has verified is not released. */
const releaseReport: Operation = {
  needs: 'reports:release',
  cells: (caller, { reports }) =>
    byId(
      reports.filter(({ status }) => status === 'submitted'),
      (report) => sees(caller, report),
      (id): Request => ({ method: 'POST', url: `/v1/reports/${id}/releases`, body }),
    ).map(({ wrong: _body, ...cell }) => ({ ...cell, status: cell.status === 200 ? 409 : 404 })),
}

/** A change of a version that does not stand: stale to whoever sees the report, and not found to everybody else. */
function stale(verb: string, given?: unknown): Operation {
  const request = (id: string): Request => ({
    method: 'POST',
    url: `/v1/releases/${id}/${verb}`,
    headers: { 'if-match': `"${id}.999"` },
    ...(given !== undefined && { body: given }),
  })
  return {
    needs: 'reports:release',
    cells: (caller, { releases }) =>
      byId(releases, (release) => sees(caller, release), request).map(({ wrong: _body, ...cell }) => ({
        ...cell,
        status: cell.status === 200 ? 412 : 404,
      })),
  }
}

const because = { reason: 'Matriks: siapa yang boleh.' }

export const releaseOperations: Record<string, Operation> = {
  listReleases,
  findRelease,
  readReleasedFile,
  listReportReleases,
  releaseReport,
  reviseRelease: stale('versions', body),
  approveRelease: stale('approve'),
  refuseRelease: stale('refuse', because),
  retractRelease: stale('retract', because),
}

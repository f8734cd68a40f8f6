import { byId, type Cell, get, missingId, type Operation } from './cells.ts'
import { sees } from './model.ts'
import type { Request } from './world.ts'

/** A file is seen by whoever sees its report. */
function ofFile(path: string, wrong?: (id: string) => Cell['wrong']): Operation {
  return {
    needs: 'reports:read',
    cells: (caller, { reports, attached }) =>
      reports
        .filter(({ id }) => attached.has(id))
        .flatMap((report) => {
          const [id, what] = [attached.get(report.id) as string, `${report.region} ${report.handling}`]
          const at = (file: string) => get(`/v1/reports/${report.id}/attachments/${file}${path}`)
          const seen = sees(caller, report)
          return [
            {
              what,
              request: at(id),
              status: seen ? 200 : 404,
              ...(wrong && { wrong: wrong(id) as NonNullable<Cell['wrong']> }),
            },
            { what: `no file of ${what}`, request: at(missingId), status: 404 },
          ]
        }),
  }
}

/** What no report has, nobody finds; a file of a report is stale to whoever sees it, and not found to everybody else. */
function changeOfFile(request: (report: string, file: string) => Request, seen: number): Operation {
  return {
    needs: 'reports:submit',
    cells: (caller, { reports, attached }) =>
      reports
        .filter(({ id }) => attached.has(id))
        .map((report) => ({
          what: `${report.region} ${report.handling}`,
          request: request(report.id, attached.get(report.id) as string),
          status: sees(caller, report) ? seen : 404,
        })),
  }
}

/** An upload is known to the client that sends it alone; to the nation these are done. */
function ofUpload(method: Request['method'], done: number, headers?: Record<string, string>): Operation {
  return {
    needs: 'reports:submit',
    cells: (caller, { reports, attached }) =>
      reports
        .filter(({ id }) => attached.has(id))
        .map((report) => ({
          what: `${report.region} ${report.handling}`,
          request: {
            method,
            url: `/v1/reports/${report.id}/uploads/${attached.get(report.id)}`,
            ...(headers && { headers }),
          },
          status: caller.name === '00-top_secret' ? done : 404,
        })),
  }
}

/** Too large to be begun, and so known to nobody; refused before the report is looked at. */
const beginUpload: Operation = {
  needs: 'reports:submit',
  cells: (_caller, { reports }) =>
    reports.slice(0, 2).map(({ id }) => ({
      what: 'a file that is too large',
      request: {
        method: 'POST',
        url: `/v1/reports/${id}/attachments`,
        headers: { 'upload-length': '26214401', 'upload-metadata': 'filename Zm90by5qcGc=' },
      },
      status: 413,
    })),
}

const bytes = { 'content-type': 'application/offset+octet-stream', 'upload-offset': '0' }

export const attachmentOperations: Record<string, Operation> = {
  listAttachments: {
    needs: 'reports:read',
    cells: (caller, { reports, attached }) =>
      byId(
        reports.filter(({ id }) => attached.has(id)),
        (report) => sees(caller, report),
        (id) => get(`/v1/reports/${id}/attachments`),
      ).map((cell) => ({
        ...cell,
        ...(cell.wrong && {
          wrong: (answer) => {
            const ids: string[] = answer.json().items.map(({ id }: { id: string }) => id)
            const report = cell.request.url.split('/')[3] as string
            return ids.length === 1 && ids[0] === attached.get(report) ? null : 'not its one file'
          },
        }),
      })),
  },
  findAttachment: ofFile('', (id) => (answer) => (answer.json().id === id ? null : 'another one')),
  readAttachment: ofFile('/content', () => (answer) => (answer.body === '%PDF-1.4 matriks' ? null : 'other bytes')),
  beginUpload,
  findUpload: ofUpload('GET', 200),
  sendBytes: ofUpload('PATCH', 409, bytes),
  endUpload: ofUpload('DELETE', 404),
  removeAttachment: changeOfFile(
    (report, file) => ({
      method: 'DELETE',
      url: `/v1/reports/${report}/attachments/${file}`,
      headers: { 'if-match': `"${file}.999"` },
    }),
    412,
  ),
}

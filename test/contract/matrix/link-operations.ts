import type { LightMyRequestResponse } from 'fastify'
import { byId, type Cell, get, missingId, type Operation, staleChange } from './cells.ts'
import { sees } from './model.ts'

/** Links of the submitted reports, of which there are none, and likenesses, of which there are only such as the caller sees. */
function besides(path: string, wrong: NonNullable<Cell['wrong']>): Operation {
  return {
    needs: 'reports:read',
    cells: (caller, { reports }) =>
      byId(
        reports.filter(({ status }) => status === 'submitted'),
        (report) => sees(caller, report),
        (id) => get(`/v1/reports/${id}${path}`),
      ).map((cell) => ({ ...cell, ...(cell.wrong && { wrong }) })),
  }
}

const listSimilar: Operation = {
  needs: 'reports:read',
  cells(caller, world) {
    const seen = new Set(world.reports.filter((report) => sees(caller, report)).map(({ id }) => id))
    const hidden = (answer: LightMyRequestResponse) =>
      answer.json().items.some(({ report }: { report: { id: string } }) => !seen.has(report.id))
        ? 'one out of sight'
        : null
    return besides('/similar?limit=20', hidden).cells(caller, world)
  },
}

export const linkOperations: Record<string, Operation> = {
  listLinks: besides('/links', (answer) => (answer.json().items.length === 0 ? null : 'a link from nowhere')),
  listSimilar,
  linkReport: staleChange('reports:verify', 'POST', '/links', { type: 'follows', target: missingId }),
  unlinkReport: staleChange('reports:verify', 'DELETE', `/links/${missingId}`),
}

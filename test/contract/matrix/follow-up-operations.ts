import type { LightMyRequestResponse } from 'fastify'
import { handlingLevels } from '../../../src/access/vocabulary.ts'
import { byId, type Cell, get, list, type Operation } from './cells.ts'
import { type Caller, cleared, covers, sees, type Thing } from './model.ts'
import type { FollowUp, Request } from './world.ts'

const task = { action: 'Matriks: siapa yang boleh.', dueOn: '2024-12-31' }

const standsAlone = ({ reportId }: FollowUp) => reportId === null

const findFollowUp: Operation = {
  needs: 'reports:read',
  cells: (caller, { followUps }) =>
    byId(
      followUps,
      (followUp) => sees(caller, followUp),
      (id) => get(`/v1/follow-ups/${id}`),
    ),
}

/** A page of what belongs to one thing, for whoever sees the thing. */
function itemsOf<T extends Thing & { id: string }>(
  things: T[],
  caller: Caller,
  page: (id: string) => { url: string; items: number },
): Cell[] {
  const cells = byId(
    things,
    (thing) => sees(caller, thing),
    (id) => get(page(id).url),
  )
  const wrong = (answer: LightMyRequestResponse) =>
    answer.json().items.length === page('').items ? null : 'too many or few'
  return cells.map((cell) => ({ ...cell, ...(cell.wrong && { wrong }) }))
}

const listFollowUps: Operation = {
  needs: 'reports:read',
  cells(caller, { followUps }) {
    const seen = followUps.filter((followUp) => sees(caller, followUp))
    const all = '/v1/follow-ups?limit=200'
    const some = (query: string, chosen: (each: FollowUp) => boolean) => list(`${all}&${query}`, seen.filter(chosen))
    return [
      list(all, seen),
      some('sort=-addedAt&status=planned&overdue=false', () => true),
      some('overdue=true', () => false),
      ...['74', '74.71'].map((region) =>
        some(`region=${region}`, (each) => `${each.region}.`.startsWith(`${region}.`)),
      ),
      ...['00', '51.71'].flatMap((office) =>
        [`office=${office}`, `responsibleOffice=${office}`].map((query) =>
          some(query, ({ region }) => region === office),
        ),
      ),
      ...followUps
        .filter((each) => !standsAlone(each) && each.handling === 'secret')
        .map(({ reportId }) => some(`reportId=${reportId}`, (each) => each.reportId === reportId)),
      { what: 'a cursor that is none', request: get('/v1/follow-ups?cursor=AAAA'), status: 400 },
    ]
  },
}

/** Who sees a report may give something to do about it, but not to an office that could not see it. */
const addFollowUp: Operation = {
  needs: 'reports:submit',
  cells: (caller, { reports }) => {
    const submitted = reports.filter(({ status }) => status === 'submitted')
    const request = (id: string): Request => ({
      method: 'POST',
      url: `/v1/reports/${id}/follow-ups`,
      body: { ...task, responsibleOffice: '99' },
    })
    return byId(submitted, (report) => sees(caller, report), request).map(({ wrong: _body, ...cell }) => ({
      ...cell,
      status: cell.status === 200 ? 422 : 404,
    }))
  },
}

const addStandaloneFollowUp: Operation = {
  needs: 'reports:submit',
  cells: (caller) =>
    ['74.71', '51.71', '74', '00'].flatMap((region) =>
      handlingLevels.map((handling) => ({
        what: `${region} ${handling}`,
        request: {
          method: 'POST',
          url: '/v1/follow-ups',
          body: { ...task, regionCode: region, responsibleOffice: region, handling },
        },
        status: covers(caller, region) && cleared(caller, handling) ? 201 : 422,
      })),
    ),
}

const changeFollowUp: Operation = {
  needs: 'reports:submit',
  cells: (caller, { followUps }) => {
    const request = (id: string): Request => ({
      method: 'PATCH',
      url: `/v1/follow-ups/${id}`,
      headers: { 'if-match': `"${id}.999"` },
      body: { status: 'in_progress' },
    })
    const onReports = followUps.filter((followUp) => !standsAlone(followUp))
    return byId(onReports, (followUp) => sees(caller, followUp), request).map(({ wrong: _body, ...cell }) => ({
      ...cell,
      status: cell.status === 200 ? 412 : 404,
    }))
  },
}

export const followUpOperations: Record<string, Operation> = {
  findFollowUp,
  listFollowUps,
  listReportFollowUps: {
    needs: 'reports:read',
    cells: (caller, { reports }) =>
      itemsOf(
        reports.filter(({ status }) => status === 'submitted'),
        caller,
        (id) => ({ url: `/v1/reports/${id}/follow-ups`, items: 1 }),
      ),
  },
  listFollowUpRevisions: {
    needs: 'reports:read',
    cells: (caller, { followUps }) =>
      itemsOf(followUps.filter(standsAlone), caller, (id) => ({ url: `/v1/follow-ups/${id}/revisions`, items: 1 })),
  },
  addFollowUp,
  changeFollowUp,
  addStandaloneFollowUp,
}

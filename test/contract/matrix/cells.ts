import type { LightMyRequestResponse } from 'fastify'
import { type Caller, sees, type Thing } from './model.ts'
import type { Request, World } from './world.ts'

/** One question, and what the model expects of one caller: a status, and what is wrong with a success if anything is. */
export interface Cell {
  what: string
  request: Request
  status: number
  wrong?: (answer: LightMyRequestResponse) => string | null
}

/** What the model says of one operation of the contract. */
export interface Operation {
  needs: string
  cells(caller: Caller, world: World): Cell[]
}

export const missingId = '0190c8f0-0000-7000-8000-000000000000'
export const get = (url: string, headers?: Record<string, string>): Request => ({
  method: 'GET',
  url,
  ...(headers && { headers }),
})

/** For what everybody with a token knows, or everybody. */
export const open = (needs: string, ...urls: string[]): Operation => ({
  needs,
  cells: () => urls.map((url) => ({ what: url, request: get(url), status: 200 })),
})

/** An id that one may see answers; any other answers as one that nobody has. */
export function byId<T extends Thing & { id: string }>(
  things: T[],
  may: (thing: T) => boolean,
  request: (id: string) => Request,
) {
  const cells: Cell[] = [
    { what: 'an id that nobody has', request: request(missingId), status: 404 },
    { what: 'no id at all', request: request('not-an-id'), status: 404 },
  ]
  for (const thing of things) {
    const what = `${thing.region} ${thing.handling} ${'status' in thing ? thing.status : ''}`
    const wrong = (answer: LightMyRequestResponse) => (answer.json().id === thing.id ? null : 'another one')
    cells.push({ what, request: request(thing.id), status: may(thing) ? 200 : 404, wrong })
  }
  return cells
}

/** A list gives exactly the expected ones. */
export function list(url: string, expected: { id: string }[], headers?: Record<string, string>): Cell {
  return {
    what: url,
    request: get(url, headers),
    status: 200,
    wrong(answer) {
      const items: { id?: string; report?: { id: string } }[] = answer.json().items
      const got = items.map(({ id, report }) => report?.id ?? id).sort()
      const wanted = expected.map(({ id }) => id).sort()
      return JSON.stringify(got) === JSON.stringify(wanted) ? null : `${got.length} in place of ${wanted.length}`
    },
  }
}

/** A change of a version that does not stand: stale to whoever sees the report, and not found to everybody else. */
export function staleChange(needs: string, method: Request['method'], path: string, body?: unknown): Operation {
  const request = (id: string): Request => ({
    method,
    url: `/v1/reports/${id}${path}`,
    headers: { 'if-match': `"${id}.999"` },
    ...(body !== undefined && { body }),
  })
  return {
    needs,
    cells: (caller, { reports }) => {
      const submitted = reports.filter(({ status }) => status === 'submitted')
      return byId(submitted, (report) => sees(caller, report), request).map(({ wrong: _body, ...cell }) => ({
        ...cell,
        status: cell.status === 200 ? 412 : 404,
      }))
    },
  }
}

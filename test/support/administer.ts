import type pg from 'pg'
import { type Handling, handlingRank } from '../../src/access/vocabulary.ts'
import { type CallerName, callers, type TestCaller } from './callers.ts'
import type { startApi } from './start-api.ts'

type Api = Awaited<ReturnType<typeof startApi>>

/** A national client that holds what is named and nothing else. */
export async function anAdministrator(
  admin: pg.Pool,
  clientId: string,
  scopes: readonly string[] = ['clients:manage'],
  clearance: Handling = 'secret',
): Promise<TestCaller> {
  await admin.query(
    `INSERT INTO clients (client_id, office_code, scopes, clearance, created_at) VALUES ($1, '00', $2, $3, '2024-01-01Z')`,
    [clientId, scopes, handlingRank(clearance)],
  )
  return { clientId, place: { region: '00' }, clearance, scopes }
}

/** Requests about clients, in the name of a caller. */
export function administer({ call, tokenOf }: Api, by: TestCaller | CallerName = 'nation') {
  const caller = typeof by === 'string' ? callers[by] : by
  const send = async (
    method: 'GET' | 'POST' | 'PATCH',
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ) => {
    const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json'
    return call({
      method,
      url: `/v1/clients${path}`,
      headers: {
        authorization: `Bearer ${await tokenOf(caller)}`,
        ...(body !== undefined && { 'content-type': type }),
        ...headers,
      },
      ...(body !== undefined && { payload: JSON.stringify(body) }),
    })
  }
  return {
    add: (body: unknown) => send('POST', '', body),
    list: (query = '') => send('GET', query),
    read: (id: string, headers: Record<string, string> = {}) => send('GET', `/${id}`, undefined, headers),
    change: (id: string, patch: unknown, ifMatch = '*') => send('PATCH', `/${id}`, patch, { 'if-match': ifMatch }),
    rotate: (id: string, body: unknown, ifMatch = '*') => send('POST', `/${id}/rotate`, body, { 'if-match': ifMatch }),
    send,
  }
}

/** A client of Kota Kendari, changed as a test needs it. */
export function aClient(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    clientId: 'simpeg-kendari',
    office: '74.71',
    scopes: ['reports:submit', 'reports:read'],
    clearance: 'restricted',
    credential: { kind: 'secret' },
    ...changes,
  }
}

import { appendAudit } from '../audit/append-audit.ts'
import { DomainError } from '../errors.ts'
import type { Administrator } from './administrator.ts'
import { type ClientFilters, findClient, listRows } from './queries.ts'
import type { ClientView } from './schemas.ts'

/**
 * The clients that an administrator asks for, by id, and the audit of their asking.
 * @param after a client id; only those that come after it are given
 * @param limit null for all of them
 * @returns `more` when there are others after these
 * @throws DomainError parameter_invalid for an office that does not exist
 */
export async function listClients(
  { transaction, actor, now }: Administrator,
  { filters, after, limit }: { filters: ClientFilters; after: string | null; limit: number | null },
): Promise<{ clients: ClientView[]; more: boolean }> {
  return transaction(async (tx, { offices }) => {
    if (filters.region !== null && !offices.has(filters.region))
      throw new DomainError('parameter_invalid', {}, [{ parameter: 'region', code: 'office_unknown' }])
    const rows = await listRows(tx, { filters, after, rows: limit === null ? null : limit + 1, now })
    const clients = limit === null ? rows : rows.slice(0, limit)
    const details = { ...filters, after, shown: clients.length }
    await appendAudit(tx, actor, { action: 'client.listed', resource: { type: 'client', id: null }, details })
    return { clients, more: rows.length > clients.length }
  })
}

/** One client, and the audit of its being read. @throws DomainError client_not_found */
export async function readClient({ transaction, actor, now }: Administrator, clientId: string): Promise<ClientView> {
  return transaction(async (tx) => {
    const client = await findClient(tx, clientId, now)
    const resource = { type: 'client', id: clientId, version: client.version }
    await appendAudit(tx, actor, { action: 'client.read', resource })
    return client
  })
}

import { type SQL, sql } from 'drizzle-orm'
import { handlingOf, type Tier } from '../access/vocabulary.ts'
import { statement } from '../database/statement.ts'
import type { Transaction } from '../database/transaction.ts'
import { DomainError } from '../errors.ts'
import type { ClientView } from './schemas.ts'

const { placeholder } = sql

/** A row of `clients`, its clearance as a rank. */
export interface ClientRow extends Record<string, unknown> {
  clientId: string
  tier: Tier
  office: string | null
  agency: string | null
  name: string | null
  scopes: ClientView['scopes']
  clearance: number
  disabledAt: Date | null
  tokensValidFrom: Date | null
  version: number
  createdAt: Date
}

interface WithCredentials extends ClientRow {
  credentials: {
    id: string
    kind: 'secret' | 'public_key'
    kid: string | null
    createdAt: string
    expiresAt: string | null
  }[]
}

const columns = sql`c.client_id AS "clientId", c.tier, c.office_code AS office, c.agency, c.name, c.scopes, c.clearance,
  c.disabled_at AS "disabledAt", c.tokens_valid_from AS "tokensValidFrom", c.version, c.created_at AS "createdAt"`

const inForce = sql`k.client_id = c.client_id AND (k.expires_at IS NULL OR k.expires_at > ${placeholder('now')}::timestamptz)`

const select = (
  condition: SQL,
) => sql`SELECT ${columns}, (SELECT coalesce(json_agg(json_build_object('id', k.id, 'kind', k.kind,
    'kid', k.public_jwk->>'kid', 'createdAt', k.created_at, 'expiresAt', k.expires_at) ORDER BY k.created_at DESC, k.id DESC), '[]')
    FROM client_credentials k WHERE ${inForce}) AS credentials
  FROM clients c WHERE ${condition}`

const find = statement('find_client', select(sql`c.client_id = ${placeholder('clientId')}`))

/** @throws DomainError client_not_found */
export async function findClient(tx: Transaction, clientId: string, now: Date): Promise<ClientView> {
  const [row] = await tx.run<WithCredentials>(find, { clientId, now })
  if (!row) throw new DomainError('client_not_found')
  return viewOf(row)
}

export interface ClientFilters {
  region: string | null
  agency: string | null
  disabled: boolean | null
  scope: string | null
}

const wanted = (name: keyof ClientFilters, type: string, condition: (value: SQL) => SQL) => {
  const value = sql`${placeholder(name)}::${sql.raw(type)}`
  return sql`(${value} IS NULL OR ${condition(value)})`
}

const list = statement(
  'list_clients',
  sql`${select(sql`${wanted('region', 'text', (region) => sql`c.office_code = ${region} OR starts_with(c.office_code, ${region} || '.') OR ${region} = '00' AND c.office_code IS NOT NULL`)}
    AND ${wanted('agency', 'text', (agency) => sql`c.agency = ${agency}`)}
    AND ${wanted('disabled', 'boolean', (disabled) => sql`(c.disabled_at IS NOT NULL) = ${disabled}`)}
    AND ${wanted('scope', 'text', (scope) => sql`${scope} = ANY (c.scopes)`)}
    AND (${placeholder('after')}::text IS NULL OR c.client_id > ${placeholder('after')}::text)`)}
  ORDER BY c.client_id LIMIT ${placeholder('rows')}::bigint`,
)

/** Clients by id, those that come after one; all of them where `rows` is null. */
export async function listRows(
  tx: Transaction,
  page: { filters: ClientFilters; after: string | null; rows: number | null; now: Date },
): Promise<ClientView[]> {
  const { filters, ...rest } = page
  const rows = await tx.run<WithCredentials>(list, { ...filters, ...rest })
  return rows.map(viewOf)
}

// In one order, so that two administrators who change each other's clients wait and do not lock each other.
const lock = statement(
  'lock_clients',
  sql`SELECT ${columns} FROM clients c WHERE c.client_id = ANY (${placeholder('ids')}::text[]) ORDER BY c.client_id FOR NO KEY UPDATE`,
)

/**
 * Holds a client until the transaction ends, and that of the administrator with it: two who disable each other come one
 * after the other, and the second finds itself out.
 * @returns the client, and the administrator's own row as it stands now; null at the console
 * @throws DomainError client_not_found, or token_invalid for the administrator
 */
export async function lockClient(
  tx: Transaction,
  clientId: string,
  { clientId: own, now }: { clientId: string | null; now: Date },
): Promise<{ row: ClientRow; own: ClientRow | null }> {
  const rows = await tx.run<ClientRow>(lock, { ids: own === null ? [clientId] : [clientId, own] })
  const administrator = rows.find((row) => row.clientId === own) ?? null
  if (own !== null) assertStands(administrator, now)
  const row = rows.find((each) => each.clientId === clientId)
  if (!row) throw new DomainError('client_not_found')
  return { row, own: administrator }
}

/** What the administrator was when the request came in may have ended while it waited for the lock. */
function assertStands(administrator: ClientRow | null, now: Date): void {
  if (!administrator || administrator.disabledAt !== null) throw new DomainError('token_invalid')
  const { tokensValidFrom, scopes } = administrator
  if (tokensValidFrom !== null && tokensValidFrom > now) throw new DomainError('token_invalid')
  if (!scopes.includes('clients:manage')) throw new DomainError('scope_missing', { scope: 'clients:manage' })
}

const insert = statement(
  'insert_client',
  sql`INSERT INTO clients (client_id, office_code, agency, name, scopes, clearance, created_at)
  VALUES (${placeholder('clientId')}, ${placeholder('office')}, ${placeholder('agency')}, ${placeholder('name')}, ${placeholder('scopes')},
    ${placeholder('clearance')}, ${placeholder('now')})
  ON CONFLICT (client_id) DO NOTHING RETURNING client_id`,
)

export type NewClientRow = Pick<ClientRow, 'clientId' | 'office' | 'agency' | 'name' | 'scopes' | 'clearance'>

/** @throws DomainError client_exists */
export async function insertClient(tx: Transaction, row: NewClientRow, now: Date): Promise<void> {
  const inserted = await tx.run(insert, { ...row, now })
  if (inserted.length === 0) throw new DomainError('client_exists')
}

const set = statement(
  'set_client',
  sql`UPDATE clients SET name = ${placeholder('name')}, scopes = ${placeholder('scopes')}, clearance = ${placeholder('clearance')},
    disabled_at = ${placeholder('disabledAt')}, tokens_valid_from = ${placeholder('tokensValidFrom')}, version = version + 1,
    issued_by_command = false
  WHERE client_id = ${placeholder('clientId')}`,
)

export type ClientChange = Pick<ClientRow, 'name' | 'scopes' | 'clearance' | 'disabledAt' | 'tokensValidFrom'>

/** Writes the next version of a locked client. From now on it is administered: `waspada token` no longer widens it. */
export async function setClient(tx: Transaction, clientId: string, change: ClientChange): Promise<void> {
  const { name, scopes, clearance, disabledAt, tokensValidFrom } = change
  await tx.run(set, { clientId, name, scopes, clearance, disabledAt, tokensValidFrom })
}

function viewOf({ credentials, clearance, ...row }: WithCredentials): ClientView {
  return {
    ...row,
    clearance: handlingOf(clearance),
    disabled: row.disabledAt !== null,
    credentials: credentials.map(({ createdAt, expiresAt, ...credential }) => ({
      ...credential,
      createdAt: new Date(createdAt),
      expiresAt: expiresAt === null ? null : new Date(expiresAt),
    })),
  }
}

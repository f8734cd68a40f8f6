import { writeClient } from './add-client.ts'
import type { Administrator } from './administrator.ts'
import { type Arrival, checkRow, type KeyedRow, readKey } from './check-rows.ts'
import { findCredentialIds } from './credential-queries.ts'
import { type FileFault, OfficesFileError, readOfficesFile } from './offices-file.ts'
import { listRows } from './queries.ts'
import type { ClientView } from './schemas.ts'

/** Where the credentials of many clients go before any of them is in force. */
export interface Delivery {
  /** Stores one note for each client, safe from a loss of power. */
  keep(arrivals: readonly Arrival[]): Promise<void>
  /** Removes them again. */
  discard(): Promise<void>
}

export interface Onboarding {
  added: string[]
  /** Clients that stand already, just as the file says. */
  unchanged: ClientView[]
}

/** Nobody knows whether the clients stand. The notes are kept: without them their secrets would be lost. */
export class OutcomeUnknown extends Error {}

/**
 * Brings every client of a file on board, or none: all faults are named first. The credentials are on the disk before the
 * clients are in the database, so that none is lost, and gone again where the database refuses.
 * @throws OfficesFileError, OutcomeUnknown
 */
export async function onboardClients(
  administrator: Administrator,
  file: { bytes: Buffer; readFile: (name: string) => Promise<string> },
  delivery: Delivery,
): Promise<Onboarding> {
  const { rows, faults } = readOfficesFile(file.bytes)
  const keyed = await Promise.all(rows.map((row) => readKey(row, file.readFile)))
  const { arrivals, unchanged } = await plan(administrator, keyed, faults)
  if (arrivals.length > 0) {
    await delivery.keep(arrivals)
    await write(administrator, arrivals, delivery)
  }
  return { added: arrivals.map(({ given }) => given.clientId), unchanged }
}

async function plan(administrator: Administrator, rows: KeyedRow[], faults: FileFault[]) {
  return administrator.transaction(async (tx, standing) => {
    const filters = { region: null, agency: null, disabled: null, scope: null }
    const clients = await listRows(tx, { filters, after: null, rows: null, now: administrator.now })
    const byId = new Map(clients.map((client) => [client.clientId, client]))
    const found = await Promise.all(rows.map((row) => checkRow(row, standing, byId.get(row.cells.client_id))))
    const arrivals = found.flatMap(({ arrival }) => arrival ?? [])
    const all = [
      ...faults,
      ...found.flatMap((each) => each.faults),
      ...repeated(rows),
      ...sharedKeys(rows, found, clients),
    ]
    if (all.length > 0) throw new OfficesFileError(all)
    return { arrivals, unchanged: found.flatMap(({ unchanged }) => unchanged ?? []) }
  })
}

function repeated(rows: readonly KeyedRow[]): FileFault[] {
  const first = new Map<string, number>()
  return rows.flatMap(({ line, cells: { client_id: id } }): FileFault[] => {
    const before = first.get(id)
    if (before === undefined) first.set(id, line)
    if (before === undefined || id === '') return []
    return [{ line, column: 'client_id', detail: `Client ${id} is on line ${before} already` }]
  })
}

/** One key is one client's, in the file as in the database. */
function sharedKeys(
  rows: readonly KeyedRow[],
  found: { arrival?: Arrival }[],
  clients: readonly ClientView[],
): FileFault[] {
  const taken = new Map(clients.flatMap(({ clientId, credentials }) => credentials.map(({ kid }) => [kid, clientId])))
  return rows.flatMap(({ line }, index): FileFault[] => {
    const arrival = found[index]?.arrival
    if (!arrival || arrival.made.kid === null) return []
    const owner = taken.get(arrival.made.kid)
    taken.set(arrival.made.kid, arrival.given.clientId)
    return owner === undefined ? [] : [{ line, column: 'public_key', detail: `This key is that of ${owner}` }]
  })
}

async function write(administrator: Administrator, arrivals: readonly Arrival[], delivery: Delivery): Promise<void> {
  try {
    await administrator.transaction(async (tx) => {
      await Promise.all(arrivals.map(({ given, made }) => writeClient(tx, administrator, given, made)))
    })
  } catch (error) {
    // A connection that breaks while it commits does not say whether it has.
    if (await stands(administrator, arrivals, error)) return
    await delivery.discard()
    throw error
  }
}

async function stands(administrator: Administrator, arrivals: readonly Arrival[], cause: unknown): Promise<boolean> {
  const ids = arrivals.map(({ made }) => made.id)
  try {
    return await administrator.transaction(async (tx) => (await findCredentialIds(tx, ids)).length === ids.length)
  } catch {
    throw new OutcomeUnknown('The database went away; whether the clients stand is unknown', { cause })
  }
}

import { DomainError, type Fault } from '../errors.ts'
import { problemOf } from '../http/problem.ts'
import type { Standing } from './administrator.ts'
import { checkNewClient } from './check.ts'
import { type MadeCredential, makeCredential } from './credential.ts'
import { jwkOfText, KeyTextError } from './key-text.ts'
import type { FileFault, OfficeColumn, OfficeRow } from './offices-file.ts'
import type { AddClient, ClientView } from './schemas.ts'

/** A row whose key has been read; a fault of the key in its place. */
export interface KeyedRow extends OfficeRow {
  jwk: unknown
  keyFault: string | null
}

/** A client to be added, its credential made. */
export interface Arrival {
  given: AddClient
  made: MadeCredential
}

/** What a row comes to: an arrival, a client that stands just so, or its faults. */
export interface Checked {
  arrival?: Arrival
  unchanged?: ClientView
  faults: FileFault[]
}

/** @param readFile gives the text of a file named in the column `public_key`, whose cell may also be the JWK itself */
export async function readKey(row: OfficeRow, readFile: (name: string) => Promise<string>): Promise<KeyedRow> {
  const { public_key: cell } = row.cells
  if (cell === '') return { ...row, jwk: null, keyFault: null }
  try {
    return { ...row, jwk: jwkOfText(cell.startsWith('{') ? cell : await readFile(cell)), keyFault: null }
  } catch (error) {
    const keyFault = error instanceof KeyTextError ? error.message : `There is no file ${cell} beside this one`
    return { ...row, jwk: null, keyFault }
  }
}

/** @param standing the client of this id, if there is one */
export async function checkRow(
  row: KeyedRow,
  { offices, reach }: Standing,
  standing: ClientView | undefined,
): Promise<Checked> {
  const { given, faults } = checkNewClient(bodyOf(row), offices, reach)
  const found = inFile(row.line, faults)
  if (row.keyFault !== null) found.push({ line: row.line, column: 'public_key', detail: row.keyFault })
  if (found.length > 0 || given === undefined) return { faults: found }
  try {
    const made = await makeCredential(given.credential)
    if (standing === undefined) return { arrival: { given, made }, faults: [] }
    const changes = changesOf(given, made, standing)
    return changes.length === 0 ? { unchanged: standing, faults: [] } : { faults: changes.map(refusedAt(row.line)) }
  } catch (error) {
    if (error instanceof DomainError) return { faults: inFile(row.line, error.faults) }
    throw error
  }
}

function bodyOf({ cells, jwk }: KeyedRow): Record<string, unknown> {
  const { office, agency, name, scopes, clearance } = cells
  return {
    clientId: cells.client_id,
    ...(office !== '' && { office }),
    ...(agency !== '' && { agency }),
    name: name === '' ? null : name,
    scopes: scopes.split(/\s+/).filter((scope) => scope !== ''),
    clearance,
    credential: cells.public_key === '' || jwk === null ? { kind: 'secret' } : { kind: 'public_key', jwk },
  }
}

const columnOf: Record<string, OfficeColumn> = { clientId: 'client_id', credential: 'public_key' }

/** The faults of a body, told by the columns that it was made of. */
export function inFile(line: number, faults: readonly Fault[]): FileFault[] {
  const { errors = [] } = problemOf(new DomainError('body_invalid', {}, faults), 'en', '')
  return errors.map(({ pointer = '', detail }, index) => {
    const [, member = '', item] = pointer.split('/')
    const column = columnOf[member] ?? (member as OfficeColumn)
    const which = column === 'scopes' && item !== undefined ? `scope ${Number(item) + 1}: ` : ''
    const hint = faults[index]?.code === 'format_invalid' && column === 'office' ? spreadsheetHint : ''
    return { line, column, detail: `${which}${detail}${hint}` }
  })
}

const spreadsheetHint = ' Spreadsheets take such codes for numbers: format the column as text.'

type Change = Omit<FileFault, 'line'>

function refusedAt(line: number) {
  return (change: Change): FileFault => ({ line, ...change })
}

/** How a client that stands differs from its row. */
function changesOf(given: AddClient, made: MadeCredential, standing: ClientView): Change[] {
  const { clientId } = given
  const set = `waspada client set ${clientId}`
  const differs = (column: OfficeColumn, hint: string): Change => ({
    column,
    detail: `Client ${clientId} stands already, with another ${column}; ${hint}`,
  })
  const changes: Change[] = []
  if ((given.office ?? null) !== standing.office) changes.push(differs('office', 'a client never moves'))
  if ((given.agency ?? null) !== standing.agency) changes.push(differs('agency', 'a client never moves'))
  if (given.name !== standing.name) changes.push(differs('name', `use ${set} --name`))
  if (!isSame(given.scopes, standing.scopes)) changes.push(differs('scopes', `use ${set} --scope`))
  if (given.clearance !== standing.clearance) changes.push(differs('clearance', `use ${set} --clearance`))
  if (made.kid !== null && !standing.credentials.some(({ kid }) => kid === made.kid)) {
    changes.push(differs('public_key', `use waspada client rotate ${clientId} --public-key`))
  }
  return changes
}

function isSame(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((each) => others.includes(each))
}

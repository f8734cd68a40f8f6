import pg from 'pg'
import { readConfig } from '../config.ts'
import { CalendarError } from '../elections/calendar.ts'
import { ReferenceDataError } from '../regions/reference-data-error.ts'
import { type PreparedDatabase, prepareDatabase } from './prepare.ts'
import { toStderr } from './say.ts'

/** Runs a command on the prepared database and prints what it says; every fault of a refused file on a line of its own. */
export async function withDatabase(work: (database: PreparedDatabase) => Promise<string>): Promise<void> {
  const database = await prepareDatabase(readConfig(process.env), toStderr)
  try {
    process.stdout.write(`${await work(database)}\n`)
  } catch (error) {
    throw withFaults(error)
  } finally {
    await database.close()
  }
}

export function assertAdministrator({ administrator }: PreparedDatabase): void {
  if (administrator) return
  throw new Error('DATABASE_URL names a role that may not change reference data; use the one that owns the database')
}

/** A connection that can write nothing, as the owner of the tables. */
export async function reading<T>({ url }: PreparedDatabase, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, application_name: 'waspada reference' })
  await client.connect()
  try {
    await client.query('BEGIN READ ONLY')
    return await work(client)
  } finally {
    await client.end()
  }
}

function withFaults(error: unknown): unknown {
  if (error instanceof CalendarError) {
    return new Error(
      `The calendar is refused:\n${error.faults.map(({ path, message }) => `  ${path}: ${message}`).join('\n')}`,
    )
  }
  if (error instanceof ReferenceDataError)
    return new Error(`The file is refused:\n${error.faults.map((fault) => `  ${fault}`).join('\n')}`)
  return error
}

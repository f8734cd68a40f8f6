import { realpath } from 'node:fs/promises'
import pg from 'pg'
import { codeOf, EmbeddedServerError } from './errors.ts'
import type { Home } from './home.ts'
import { passwordFile } from './password.ts'

/** A ready server answers in milliseconds; a machine under full load still gets its time. */
const PATIENCE_MS = 10_000

export function adminUrl(port: number, password: string): string {
  return `postgresql://postgres:${password}@127.0.0.1:${port}/postgres`
}

/** True when a server answers there and serves this very cluster; false when it does not answer yet, or any more. */
export async function answersFor(home: Home, url: string): Promise<boolean> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: PATIENCE_MS,
    query_timeout: PATIENCE_MS,
  })
  client.on('error', () => {})
  try {
    await client.connect()
    const { rows } = await client.query<{ data_directory: string }>('show data_directory')
    return (await realpath(rows[0]?.data_directory ?? '')) === (await realpath(home.cluster))
  } catch (error) {
    if (codeOf(error) === '28P01') throw passwordRefused(home, error)
    return false
  } finally {
    await client.end().catch(() => {})
  }
}

function passwordRefused(home: Home, cause: unknown): EmbeddedServerError {
  return new EmbeddedServerError(
    'password_refused',
    `The database in ${home.cluster} does not accept the password in ${passwordFile(home)}. Bring back the file that belongs to it.`,
    { cause },
  )
}

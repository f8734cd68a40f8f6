import { Database } from './database.ts'
import { type ConnectionPool, createPool } from './pool.ts'

/** The door for work that no caller asks for. It holds no reference data: what decides by it reads it on its own. */
export type WorkDoor = Pick<Database<{ revision: number }>, 'workAs'>

const noReference = { current: () => ({ revision: 0 }), refresh: async () => ({ revision: 0 }) }

/** @param url of the login of the worker */
export function openWorkDoor(
  url: string,
  { size, report, patient = false }: { size: number; report: (error: Error) => void; patient?: boolean },
): { db: WorkDoor; pool: ConnectionPool; close(): Promise<void> } {
  const pool = createPool(url, size, report, { name: 'waspada worker', patient })
  return { db: new Database(pool, noReference), pool, close: () => pool.end() }
}

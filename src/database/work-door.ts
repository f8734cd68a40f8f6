import { Database } from './database.ts'
import { createPool } from './pool.ts'

/** The door for work that no caller asks for. It holds no reference data, since nothing is decided by it. */
export type WorkDoor = Pick<Database<{ revision: number }>, 'workAs'>

const noReference = { current: () => ({ revision: 0 }), refresh: async () => ({ revision: 0 }) }

/** @param url of the login of the worker */
export function openWorkDoor(
  url: string,
  { size, report, patient = false }: { size: number; report: (error: Error) => void; patient?: boolean },
): { db: WorkDoor; close(): Promise<void> } {
  const pool = createPool(url, size, report, { name: 'waspada worker', patient })
  return { db: new Database(pool, noReference), close: () => pool.end() }
}

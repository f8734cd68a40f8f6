import { type Administrator, administratorAtConsole } from '../clients/administrator.ts'
import type { Config } from '../config.ts'
import type { Reference } from '../reference/store.ts'
import { actorAt, withAdministration } from './administration.ts'

/** Work of a command as an administrator of clients. */
export async function withClientAdministration<T>(
  config: Config,
  command: string,
  work: (administrator: Administrator, reference: Reference) => Promise<T>,
): Promise<T> {
  return withAdministration(config, `client ${command}`, (console) =>
    work(administratorAtConsole(console.db, actorAt(console)), console.reference),
  )
}

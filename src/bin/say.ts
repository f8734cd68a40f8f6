import type { Log } from '../database/embedded/server.ts'

/** For commands a person runs: one plain line a message, apart from what the command prints. */
export const toStderr: Log = (message, details) => {
  const more = details && Object.keys(details).length > 0 ? ` ${JSON.stringify(details)}` : ''
  process.stderr.write(`waspada: ${message}${more}\n`)
}

/** For commands whose output other programs read. */
export const silently: Log = () => {}

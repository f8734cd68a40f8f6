import { diskFull, EmbeddedServerError } from './errors.ts'
import type { Home } from './home.ts'

/** `taken`: another server has the cluster. `port_taken`, `memory_in_use`: worth another try. Else the end of it. */
export type LaunchFailure = 'taken' | 'port_taken' | 'memory_in_use' | EmbeddedServerError

/** Reads from the server's own last words why it did not start. */
export function explainFailure(output: string, home: Home, logPath: string, fixedPort: number | null): LaunchFailure {
  if (/lock file "postmaster\.pid" (already exists|is empty)/.test(output)) return 'taken'
  if (/pre-existing shared memory block/.test(output)) return 'memory_in_use'
  if (/Address already in use/.test(output)) return fixedPort === null ? 'port_taken' : portBusy(fixedPort)
  if (/No space left on device|Disk quota exceeded/.test(output)) return diskFull(home.folder)
  if (/could not (create|resize|map) (anonymous )?shared memory|Cannot allocate memory/.test(output)) {
    return new EmbeddedServerError(
      'memory_short',
      `PostgreSQL did not get its memory: ${lastWords(output)}. Give this machine or container more, or lower shared_buffers.`,
    )
  }
  if (/wrong ownership|Permission denied|invalid permissions/.test(output)) {
    return new EmbeddedServerError(
      'data_unreadable',
      `PostgreSQL cannot use the files in ${home.cluster}: ${lastWords(output)}. Give the folder, with all that is in it, to the account that runs the service.`,
    )
  }
  return new EmbeddedServerError(
    'start_failed',
    `PostgreSQL did not start: ${lastWords(output) || 'it gave no reason'}. All its messages are in ${logPath}.`,
  )
}

function portBusy(port: number): EmbeddedServerError {
  return new EmbeddedServerError(
    'port_busy',
    `Port ${port}, which PostgreSQL is set to use, is taken by another program.`,
  )
}

function lastWords(output: string): string {
  const lines = output.split('\n').map((line) => line.replace(/^.*?\b(FATAL|PANIC|HINT|ERROR): +/, '$1: '))
  const telling = lines.filter((line) => /^(FATAL|PANIC|ERROR):/.test(line))
  return (telling.length > 0 ? telling : lines.filter((line) => line.trim() !== '').slice(-3)).join(' ')
}

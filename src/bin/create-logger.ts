import { type Logger, pino } from 'pino'

/** JSON lines on standard error, so that standard output stays for people. */
export function createLogger(level: string): Logger {
  const destination = pino.destination({ dest: 2, sync: false })
  return pino({ level, serializers: { err: describeError } }, destination)
}

interface Described {
  type: string
  code?: unknown
  stack?: string | undefined
  cause?: Described
}

/** PostgreSQL quotes the value that it could not read in the message itself. */
function isOfPostgres(error: object): boolean {
  return 'severity' in error && 'routine' in error
}

/** What an error is and where it rose. PostgreSQL's details quote rows, and rows are reports: they stay out of the log. */
function describeError(error: unknown): Described {
  if (!(error instanceof Error)) return { type: typeof error }
  const { code, cause } = error as Error & { code?: unknown }
  return {
    type: error.name,
    ...(code !== undefined && { code }),
    stack: isOfPostgres(error) ? error.stack?.replace(/^.*?\n(?= +at )/s, '') : error.stack,
    ...(cause !== undefined && { cause: describeError(cause) }),
  }
}

import { type DestinationStream, type Logger, pino } from 'pino'
import { describeError } from './describe-error.ts'
import { onlyAllowed } from './log-allowlist.ts'

/** JSON lines on standard error, so that standard output stays for people. Nothing leaves but what `log-allowlist.ts` names. */
export function createLogger(level: string, destination: DestinationStream = standardError()): Logger {
  return pino(
    { level, serializers: { err: (error) => describeError(error) }, hooks: { streamWrite: onlyAllowed } },
    destination,
  )
}

function standardError(): DestinationStream {
  return pino.destination({ dest: 2, sync: false })
}

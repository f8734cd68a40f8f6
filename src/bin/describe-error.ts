import { fileURLToPath } from 'node:url'
import { ScanFailed } from '../attachments/scan-file.ts'
import { SchemaError } from '../database/migrate.ts'
import { TransactionLost } from '../database/transaction.ts'
import { DomainError } from '../errors.ts'
import { ReferenceMissing } from '../reference/reference-missing.ts'

/** What the log tells of an error: what it is and where it rose. */
export interface DescribedError {
  type: string
  code?: string
  /** Of classes whose messages are composed here, of nothing that a caller sent. */
  message?: string
  /** Names in the schema that PostgreSQL gives with an error. */
  schema?: string
  table?: string
  column?: string
  constraint?: string
  routine?: string
  /** The frames alone. */
  stack?: string
  cause?: DescribedError
  errors?: DescribedError[]
}

const ownClasses = [DomainError, SchemaError, TransactionLost, ReferenceMissing, ScanFailed]
const deepest = 5

/**
 * Describes any thrown value for the log. The message of an error that is not ours may quote what somebody sent: PostgreSQL
 * quotes the value that it could not read and the row that it refused, JSON.parse the text around a mistake.
 */
export function describeError(error: unknown, depth = 0): DescribedError {
  if (!(error instanceof Error)) return { type: typeof error }
  const { name, message, stack, cause, code, schema, table, column, constraint, routine } = error as Error &
    Record<string, unknown>
  const inner = depth < deepest && cause !== undefined ? { cause: describeError(cause, depth + 1) } : {}
  const each =
    error instanceof AggregateError && depth < deepest
      ? { errors: error.errors.slice(0, deepest).map((one) => describeError(one, depth + 1)) }
      : {}
  return {
    type: wordOr('Error', name),
    ...words({ code, schema, table, column, constraint, routine }),
    ...(ownClasses.some((own) => error.constructor === own) && { message }),
    ...(typeof stack === 'string' && { stack: framesOf(stack, message) }),
    ...inner,
    ...each,
  }
}

/** Names in code and schemas; never a sentence. */
const word = /^[A-Za-z_$][\w$.-]{0,62}$|^[0-9A-Z]{5}$/

function wordOr(otherwise: string, value: unknown): string {
  return typeof value === 'string' && word.test(value) ? value : otherwise
}

function words(values: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string' && word.test(entry[1]),
    ),
  )
}

/** Of this installation, as frames of CommonJS and of ES modules write it. */
const root = new URL('../..', import.meta.url)
const roots = [fileURLToPath(root), root.pathname, 'node:']

/** A frame as V8 writes it: a function in a file of this installation, of Node, or built in. */
function isFrame(line: string): boolean {
  const [, place] =
    /^ {4}at (?:(?:async |new )*[\w$.<>[\] #]{1,200} \()?(?:async )?(?:file:\/\/)?([^\n()]{1,500}):\d+:\d+\)?$/.exec(
      line,
    ) ?? []
  if (place !== undefined) return roots.some((start) => place.startsWith(start))
  return /^ {4}at (?:async )?(?:new )?(?:Array|AsyncGenerator|Function|JSON|Map|Object|Promise|Reflect|Set|String)(?:\.\w{1,20})? \(.{0,10}<anonymous>\)$/.test(
    line,
  )
}

/** The stack without its head, which is the message, and without what only looks like a frame in it. */
function framesOf(stack: string, message: string): string {
  const head = stack.indexOf(message)
  const body = head < 0 ? stack : stack.slice(head + message.length)
  return body.split('\n').filter(isFrame).join('\n')
}

/**
 * All that may stand in a line of the log: these members, each of its form, and these messages. What is not named here does not
 * leave, whoever logs it: reports, names and tokens come from everywhere, so the way out is where they are kept back.
 */

type Form = (value: unknown) => boolean

const number: Form = (value) => typeof value === 'number'
const flag: Form = (value) => typeof value === 'boolean'
const matching =
  (pattern: RegExp): Form =>
  (value) =>
    typeof value === 'string' && pattern.test(value)
/** Words of ours or of whoever set the service up: folders, names of migrations. Nothing that a request brought. */
const ours: Form = (value) => value === null || (typeof value === 'string' && value.length <= 2_000)
const orNull =
  (form: Form): Form =>
  (value) =>
    value === null || form(value)
const listOf =
  (form: Form): Form =>
  (value) =>
    Array.isArray(value) && value.every(form)
const shaped =
  (members: Record<string, Form>): Form =>
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    Object.entries(value).every(([name, inner]) => members[name]?.(inner))

const word = matching(/^[\w$.-]{1,64}$/)

/** As `describe-error.ts` writes it. */
const error: Form = (value) =>
  shaped({
    type: word,
    code: word,
    message: ours,
    schema: word,
    table: word,
    column: word,
    constraint: word,
    routine: word,
    stack: matching(/^( {4}at [^\n]*(\n|$))*$/),
    cause: error,
    errors: listOf(error),
  })(value)

const members: Record<string, Form> = {
  level: number,
  time: number,
  pid: number,
  hostname: ours,
  /** Ours, or the caller's own where it is of this form: that is what makes it useful to both. */
  reqId: matching(/^[A-Za-z0-9._-]{1,128}$/),
  err: error,

  // An answer. The route is the pattern in the code, and the client is known by a verified token.
  method: matching(/^[A-Z-]{1,20}$/),
  route: orNull(matching(/^[/:*\w.{}-]{1,200}$/)),
  status: number,
  ms: number,
  client: orNull(matching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/)),
  problem: matching(/^[a-z_]{1,50}$/),

  /** Why a client got no token, in words of ours. */
  why: matching(/^[\w .,:()-]{1,150}$/),

  // The work in the background.
  part: ours,
  failures: number,
  againInMs: number,
  events: number,
  auditHead: matching(/^\d{1,16}:[0-9a-f]{64}$/),
  waiting: shaped({ events: number, audit: number }),
  processes: number,
  run: number,
  lookedAt: number,
  changed: number,
  job: matching(/^\d{1,20}$/),
  task: word,
  attempt: number,
  attempts: number,

  // The start.
  warning: ours,
  migrations: listOf(ours),
  loaded: listOf(ours),
  account: ours,
  folder: ours,
  cluster: ours,
  binaries: ours,
  messages: ours,
  major: number,
  port: number,
  moved: flag,
  recovered: flag,
}

const allowed = new Map(Object.entries(members))

const messages = new Set([
  'answered',
  'failed',
  'no token given',
  'the keys cannot be read again',
  'an issuer is out of reach',
  'the worker failed and tries again',
  'not all was numbered before the stop',
  'not all was counted before the stop',
  'the sequencer lags behind',
  'another process holds the sequencer and does nothing',
  'the head of the audit chain',
  'a connection of the worker broke',
  'a connection of the queue broke',
  'the worker could not close its connections',
  'jobs of processes that died are free again',
  'reports are classified again',
  'reports have been classified again',
  'the reclassification waits for changes that others have under way',
  'a job failed',
  'a job is done',
  'the queue of jobs is in trouble',
  'the queue of jobs warns',
  'a database connection broke',
  'stopping after an error',
  'serving all the same',
  'migrated the database',
  'loaded reference data',
  'making a new embedded PostgreSQL cluster',
  'embedded PostgreSQL is ready',
  'attached to the embedded PostgreSQL of another service',
  'the embedded PostgreSQL ended by itself',
  'PostgreSQL was not shut down and replays its log',
  'the data folder is out of reach for the server; its files are elsewhere',
  'an answer breaks its contract',
  'a file could not be checked or stored; the worker tries again',
  // Of Fastify.
  'stream closed prematurely',
  'response terminated with an error with headers already sent',
  'The serializer for the given status code failed',
  'Promise errored, but reply.sent = true was set',
  'unhandled rejection on reply.then',
  'onRequestAborted hook failed',
  // Of close-with-grace.
  'second error, exiting',
])

/** Messages with a part that varies, and that is nobody's data. */
const patterns = [
  /^Server listening at https?:\/\/[\w.:[\]-]+$/,
  /^second SIG[A-Z0-9]+, exiting$/,
  /^killed by timeout \(\d+ms\)$/,
]

/** Stands for a message that is not on the list. */
export const unlisted = 'a message that is not on the list'

export function isListed(message: unknown): boolean {
  return typeof message === 'string' && (messages.has(message) || patterns.some((pattern) => pattern.test(message)))
}

/** A line of pino with nothing in it that is not on the list. */
export function onlyAllowed(line: string): string {
  const record = JSON.parse(line) as Record<string, unknown>
  for (const name in record) if (name !== 'msg' && !allowed.get(name)?.(record[name])) delete record[name]
  if (!isListed(record.msg)) record.msg = unlisted
  return `${JSON.stringify(record)}\n`
}

import pg from 'pg'

/**
 * Milliseconds: how long a request waits for a free connection, a statement may run, its answer may take (a server that froze
 * ends no statement), and a transaction may idle. */
const patience = { connect: 5_000, statement: 15_000, answer: 20_000, idleInTransaction: 10_000 }

/** What a pool is called on the server, and the role that its sessions start as in place of the login's own. */
export interface PoolOptions {
  name?: string
  role?: string
}

/**
 * Connections that send statements without waiting for the answer of the one before (`pipeline`).
 * A broken idle connection is reported and replaced; it never brings the process down.
 */
export function createPool(
  url: string,
  size: number,
  report: (error: Error) => void,
  { name = 'waspada', role }: PoolOptions = {},
): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: size,
    pipeline: true,
    connectionTimeoutMillis: patience.connect,
    statement_timeout: patience.statement,
    query_timeout: patience.answer,
    idle_in_transaction_session_timeout: patience.idleInTransaction,
    application_name: name,
    keepAlive: true,
    ...(role !== undefined && { options: `-c role=${role}` }),
  } as pg.PoolConfig)
  pool.on('error', report)
  // The pool listens to a connection while it is idle only; one that breaks in use would end the process.
  pool.on('connect', (client) => client.on('error', report))
  return pool
}

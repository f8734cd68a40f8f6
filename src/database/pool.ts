import pg from 'pg'
import { DomainError } from '../errors.ts'

/**
 * Milliseconds: how long a connection may take to be made, a statement may run, its answer may take (a server that froze
 * ends no statement), and a transaction may idle. */
const patience = { connect: 5_000, statement: 15_000, answer: 20_000, idleInTransaction: 10_000 }

/** What a pool is called on the server, and the role that its sessions start as in place of the login's own. */
export interface PoolOptions {
  name?: string
  role?: string
  /** Whether a statement may take as long as it needs: for what a person waits for at a command line. */
  patient?: boolean
}

/**
 * Milliseconds that a request waits while others use every connection: as long as none is given back at all, and where they
 * are, so that its turn comes nearer.
 */
const longestWait = { stuck: 500, moving: 2_000 }

/** The connections of the service. A request comes by one through `take` or `use`, never by `connect` or `query`, which wait. */
export class ConnectionPool extends pg.Pool {
  #made = 0
  #given = 0

  constructor(config: pg.PoolConfig) {
    super(config)
    this.on('connect', () => {
      this.#made += 1
    })
    this.on('remove', () => {
      this.#made -= 1
    })
    this.on('acquire', () => {
      this.#given += 1
    })
  }

  /**
   * A connection to be released, at once or as soon as there is one. Where all are in use and none comes back, a request
   * waits for half a second; behind others whose turn comes, somewhat longer. While connections are being made, as in a
   * burst after the start, it waits for them, which may take longer still on a server that is cold or far away.
   * @throws DomainError service_unavailable
   */
  async take(): Promise<pg.PoolClient> {
    const taken = this.connect()
    const isServed = this.idleCount >= this.waitingCount
    const client = isServed ? await unlessOutOfReach(taken) : await this.#within(taken)
    if (client.getTransactionStatus() === 'I') return client
    // Somebody gave it back in the middle of a transaction: its role and scope must reach nobody else.
    client.release(true)
    return this.take()
  }

  /** Lends a connection to `work`; one on which it failed is not used again. @throws as `take` */
  async use<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    const client = await this.take()
    try {
      const result = await work(client)
      client.release()
      return result
    } catch (error) {
      client.release(true)
      throw error
    }
  }

  async #within(taken: Promise<pg.PoolClient>): Promise<pg.PoolClient> {
    const { promise: exhausted, reject } = withReject()
    const since = performance.now()
    let given = this.#given
    const giveUp = () => {
      const isStuck = this.#given === given || performance.now() - since >= longestWait.moving
      given = this.#given
      if (isStuck && this.#made >= this.totalCount) reject(new DomainError('service_unavailable', { retryAfter: 1 }))
    }
    // After what has arrived meanwhile has been read: a busy process is not a stuck database.
    const timer = setInterval(() => setImmediate(giveUp), longestWait.stuck)
    try {
      return await Promise.race([unlessOutOfReach(taken), exhausted])
    } catch (error) {
      // It still has its place in the queue: whatever it gets goes to the next.
      taken.then((client) => client.release()).catch(() => {})
      throw error
    } finally {
      clearInterval(timer)
    }
  }
}

function withReject(): { promise: Promise<never>; reject: (error: Error) => void } {
  let reject: (error: Error) => void = () => {}
  const promise = new Promise<never>((_resolve, refuse) => {
    reject = refuse
  })
  return { promise, reject }
}

async function unlessOutOfReach(taken: Promise<pg.PoolClient>): Promise<pg.PoolClient> {
  try {
    return await taken
  } catch (error) {
    throw new DomainError('service_unavailable', {}, [], { cause: error })
  }
}

/**
 * Connections that send statements without waiting for the answer of the one before (`pipeline`).
 * A broken idle connection is reported and replaced; it never brings the process down.
 */
export function createPool(
  url: string,
  size: number,
  report: (error: Error) => void,
  { name = 'waspada', role, patient = false }: PoolOptions = {},
): ConnectionPool {
  const pool = new ConnectionPool({
    connectionString: url,
    max: size,
    pipeline: true,
    connectionTimeoutMillis: patience.connect,
    ...(!patient && { statement_timeout: patience.statement, query_timeout: patience.answer }),
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

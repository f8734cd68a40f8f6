import pg from 'pg'

/** Any number of Waspada's own, apart from other users of advisory locks in this database. */
const lockSpace = 7_461_738

/** Milliseconds: how long a connection may take, and an answer. */
const patience = { connect: 5_000, answer: 10_000 }

/** When the machine of a session vanishes, the server notices within half a minute, and its locks are free. */
const keepalives = `SET tcp_keepalives_idle = 15; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3;
  SET idle_session_timeout = 0`

/**
 * A connection of its own that holds named locks, each by one session of all processes, until it is closed or its process
 * dies. When the connection breaks the locks are gone, and are asked for again by the next `hold`.
 */
export class LockSession {
  readonly #url: string
  readonly #report: (error: Error) => void
  readonly #held = new Set<string>()
  #client: Promise<pg.Client> | undefined

  constructor(url: string, report: (error: Error) => void) {
    this.#url = url
    this.#report = report
  }

  /** Whether this session holds the lock, which it takes if it is free. Locks that are held cost no question. */
  async hold(name: string): Promise<boolean> {
    if (this.#held.has(name)) return true
    const connecting = this.#connection()
    const client = await connecting
    const { rows } = await client.query('SELECT pg_try_advisory_lock($1, hashtext($2)) AS held', [lockSpace, name])
    if (rows[0].held && this.#client === connecting) this.#held.add(name)
    return this.#held.has(name)
  }

  async release(name: string): Promise<void> {
    if (!this.#held.delete(name)) return
    const client = await this.#connection()
    await client.query('SELECT pg_advisory_unlock($1, hashtext($2))', [lockSpace, name])
  }

  /** Frees every lock. */
  async close(): Promise<void> {
    const connecting = this.#client
    const client = await connecting?.catch(() => undefined)
    this.#forget(connecting)
    await client?.end()
  }

  #connection(): Promise<pg.Client> {
    this.#client ??= this.#connect()
    return this.#client
  }

  #connect(): Promise<pg.Client> {
    const client = new pg.Client({
      connectionString: this.#url,
      application_name: 'waspada worker lock',
      connectionTimeoutMillis: patience.connect,
      query_timeout: patience.answer,
      keepAlive: true,
    })
    const connecting = open(client)
    client.on('error', (error) => {
      this.#forget(connecting)
      this.#report(error)
    })
    client.on('end', () => this.#forget(connecting))
    connecting.catch(() => this.#forget(connecting))
    return connecting
  }

  /** A connection tells its end more than once, and late: by then another one may be in its place. */
  #forget(connecting: Promise<pg.Client> | undefined): void {
    if (this.#client !== connecting) return
    this.#client = undefined
    this.#held.clear()
  }
}

async function open(client: pg.Client): Promise<pg.Client> {
  try {
    await client.connect()
    await client.query(keepalives)
    return client
  } catch (error) {
    // Not awaited: a connection that never was may never say that it has ended.
    client.end().catch(() => {})
    throw error
  }
}

/** True of the name of a lock that no session holds, for as long as the transaction lasts. */
export function isFree(name: string): string {
  return `pg_try_advisory_xact_lock(${lockSpace}, hashtext(${name}))`
}

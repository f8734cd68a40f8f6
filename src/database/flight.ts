import pg from 'pg'
import { type Statement, type Values, valuesOf } from './statement.ts'

export interface Planned {
  statement: Statement
  values: Values
}

/** What we use of the driver's connection beside its public interface. */
interface Wire {
  parsedStatements: Record<string, string | undefined>
  sync(): void
}

/**
 * Whether each statement is prepared on this connection already. A first run must go the usual way: the driver notes one
 * statement for a query.
 */
export function canFly(client: pg.PoolClient, plan: readonly Planned[]): boolean {
  const { parsedStatements } = wireOf(client)
  return plan.every(({ statement: { name, text } }) => name !== undefined && parsedStatements[name] === text)
}

/**
 * Runs prepared statements under one Sync: PostgreSQL makes them one transaction of its own, which commits when all went well and
 * leaves no trace otherwise, and it answers them in one write. BEGIN and COMMIT, and an answer on its own for each statement, cost
 * as much as a read by id itself.
 */
export function fly(client: pg.PoolClient, plan: readonly Planned[]): Promise<pg.QueryResult[]> {
  return new Promise((resolve, reject) => {
    const answered = (error: Error | undefined, results: unknown) =>
      error ? reject(error) : resolve(results as pg.QueryResult[])
    const queries = plan.map(
      ({ statement, values }) =>
        new pg.Query({
          name: statement.name,
          text: statement.text,
          values: valuesOf(statement, values),
        } as pg.QueryConfig),
    )
    client.query(new Flight(queries, answered))
  })
}

/** Collects the results of all its queries, as the driver does for a text of several statements. */
class Flight extends pg.Query {
  readonly #queries: readonly pg.Query[]

  constructor(queries: readonly pg.Query[], answered: (error: Error | undefined, results: unknown) => void) {
    super('', answered)
    this.#queries = queries
  }

  override submit = (connection: pg.Connection): void => {
    const { stream } = connection
    stream.cork()
    const unsynced = Object.create(connection, { sync: { value: () => {} } })
    for (const query of this.#queries) query.submit(unsynced)
    ;(connection as unknown as Wire).sync()
    stream.uncork()
  }
}

function wireOf(client: pg.PoolClient): Wire {
  return (client as unknown as { connection: Wire }).connection
}

import pg from 'pg'
import type { Api } from '../../support/start-api.ts'

const tables = ['releases', 'release_audiences', 'events']

/** The second belt away: no policy binds anybody while `work` is under way. */
export async function withoutPolicies<T>({ admin }: Api, work: () => Promise<T>): Promise<T> {
  const alter = (how: string) => admin.query(tables.map((table) => `ALTER TABLE ${table} ${how}`).join('; '))
  await alter('NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY')
  try {
    return await work()
  } finally {
    await alter('ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY')
  }
}

/** What `reached` of `src/access/scope.ts` says in SQL. */
const predicate =
  /\((?=coalesce\((?:"releases"\."handling"|"release_audiences"\."handling"|"events"\."agency_handling") <= )/g

interface Parse {
  text: string
}

/** The first belt away: every statement that the service sends leaves out to whom something is addressed and who is cleared for it. */
export async function withoutPredicate<T>(api: Api, work: () => Promise<T>): Promise<{ result: T; unbelted: number }> {
  const wire = pg.Connection.prototype as unknown as { parse(query: Parse, ...more: unknown[]): void }
  const { parse } = wire
  let unbelted = 0
  wire.parse = function send(query, ...more) {
    const text = query.text.replaceAll(predicate, '(true OR ')
    if (text !== query.text) unbelted += 1
    Reflect.apply(parse, this, [{ ...query, text }, ...more])
  }
  try {
    await connectAnew(api)
    return { result: await work(), unbelted }
  } finally {
    wire.parse = parse
    await connectAnew(api)
  }
}

/** What was prepared on a connection stays as it was: all are ended, and the service makes others. */
async function connectAnew({ admin, as }: Api): Promise<void> {
  await admin.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND usename <> current_user`,
  )
  for (let inARow = 0; inARow < 10; ) inARow = (await as('bssn').get('/v1/me')).statusCode === 200 ? inARow + 1 : 0
}

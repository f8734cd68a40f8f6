import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { pino } from 'pino'
import { TokenVerifier } from '../src/access/verify-token.ts'
import { createApp } from '../src/app.ts'
import { Database } from '../src/database/database.ts'
import { ConnectionPool } from '../src/database/pool.ts'
import { WaitingRoom } from '../src/events/waiting-room.ts'
import { openApiText } from '../src/http/contract/document.ts'
import type { Reference } from '../src/reference/store.ts'
import { type Deadlines, parseDeadlines } from '../src/reports/deadlines.ts'

/** Writes openapi/openapi.json from the routes, and what the outbox of the client checks; with --check, only compares. */
const file = fileURLToPath(new URL('../openapi/openapi.json', import.meta.url))
const schemaFile = fileURLToPath(new URL('../clients/typescript/src/outbox/submit-report-schema.ts', import.meta.url))

const settings = { issuer: '', publicUrl: '', audience: '', builtInIssuer: true, trustedIssuers: [] }

/** The application with nothing behind it: routes are registered, none is called. */
async function documentOfRoutes(): Promise<string> {
  const absent = (): never => {
    throw new Error('Nothing is called while the contract is written')
  }
  const pool = new ConnectionPool({})
  const db = new Database<Reference>(pool, { current: absent, refresh: absent })
  const app = await createApp({
    pool,
    db,
    verifier: new TokenVerifier([]),
    issuers: settings,
    issuer: { ...settings, db, tokenLifetime: 900, keys: {} as never, nobodysKey: {} as never },
    keys: { cursorKey: new Uint8Array(32) },
    clock: absent,
    reportSettings: { lateAfterHours: 24, deadlines: parseDeadlines('') as Deadlines },
    statisticsSettings: { smallestCount: 5 },
    edge: { rateQuotas: { client: null, unauthenticated: null }, corsOrigins: [], trustedProxies: [] },
    files: { spool: {} as never, store: {} as never, scanner: null, uploadTime: 1, openUploads: 1 },
    room: new WaitingRoom(absent),
    logger: pino({ level: 'silent' }),
  })
  await app.ready()
  const text = openApiText(app)
  await app.close()
  return text
}

/** The JSON Schema of a report that is posted, with all that it refers to. */
function submitReportSchemaText(document: string): string {
  const { schemas } = JSON.parse(document).components
  const named: Record<string, unknown> = {}
  const inner = (schema: unknown): unknown =>
    JSON.parse(JSON.stringify(schema), (member, value) => {
      if (member !== '$ref') return value
      const name = value.split('/').at(-1)
      named[name] ??= inner(schemas[name])
      return `#/$defs/${name}`
    })
  const schema = { ...(inner(schemas.SubmitReport) as object), $defs: named }
  return `// Written by npm run contract.\nexport const submitReportSchema = ${JSON.stringify(schema, null, 2)}\n`
}

const text = await documentOfRoutes()
const written = { [file]: text, [schemaFile]: submitReportSchemaText(text) }
for (const [name, wanted] of Object.entries(written)) {
  if (!process.argv.includes('--check')) {
    await writeFile(name, wanted)
  } else if ((await readFile(name, 'utf8').catch(() => '')) !== wanted) {
    console.error(`${name} is not what the routes promise: run npm run contract, and commit it`)
    process.exitCode = 1
  }
}

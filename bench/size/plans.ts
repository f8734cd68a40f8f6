import { createRequire } from 'node:module'
import pg from 'pg'
import type { Recorded } from '../record.ts'
import type { Subject } from './measure.ts'
import type { SizeOperation } from './operations.ts'

/** How pg writes a value on the wire. */
const { prepareValue } = createRequire(import.meta.url)('pg/lib/utils.js') as {
  prepareValue(value: unknown): string | Buffer | null
}

/** Requests of each operation that are explained. */
const explained = 3

/** How the server runs the statements of an operation: as prepared ones with a generic plan, under the role and scope of the caller. */
export async function plansOf({ database, world, recorder }: Subject, operation: SizeOperation): Promise<string> {
  const client = new pg.Client({ connectionString: database.serviceUrl })
  await client.connect()
  try {
    const texts = []
    for (const request of spread(operation.requests(world, 1), explained)) {
      const { statements } = await recorder.record(request)
      texts.push(`-- ${operation.name}: ${request.path}`, ...(await explain(client, statements)))
    }
    return `${texts.join('\n')}\n\n`
  } finally {
    await client.end()
  }
}

function spread<T>(list: readonly T[], count: number): T[] {
  const every = Math.max(1, Math.floor(list.length / count))
  return list.filter((_, index) => index % every === 0).slice(0, count)
}

/** Whatever the statements do is undone. */
async function explain(client: pg.Client, statements: readonly Recorded[]): Promise<string[]> {
  const lines: string[] = []
  for (const { name, text, values } of statements) {
    if (text === 'COMMIT') continue
    if (name === undefined || name.startsWith('enter_scope')) {
      await client.query(text, values)
      continue
    }
    await client.query(`SET LOCAL plan_cache_mode = force_generic_plan; PREPARE explained AS ${text}`)
    const given = values.length === 0 ? '' : `(${values.map(literal).join()})`
    const { rows } = await client.query(`EXPLAIN (ANALYZE, BUFFERS) EXECUTE explained${given}`)
    lines.push(...rows.map((row) => String(row['QUERY PLAN'])))
    await client.query('DEALLOCATE explained')
  }
  await client.query('ROLLBACK')
  return lines
}

function literal(value: unknown): string {
  const wire = prepareValue(value)
  if (wire === null) return 'NULL'
  return pg.escapeLiteral(Buffer.isBuffer(wire) ? `\\x${wire.toString('hex')}` : String(wire))
}

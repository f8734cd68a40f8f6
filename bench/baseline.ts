import { decodeJwt } from 'jose'
import type { Office } from './offices.ts'
import type { Operation } from './options.ts'
import { type PgbenchScript, pgbenchScript } from './pgbench-script.ts'
import { recordStatements } from './record.ts'
import { requestsOf } from './requests.ts'
import { seededIds } from './seed-statements.ts'

export interface Plan {
  serviceUrl: string
  dataDir: string
  offices: Office[]
  reports: number
  regencies: number
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const firstSequence = '10000000'

/** The pgbench script of an operation, from the statements that the application sends for one request just now. */
export async function baselineOf(operation: Operation, plan: Plan, round: number): Promise<PgbenchScript> {
  const [office] = plan.offices
  const load = { ...plan, operation, round, address: '', seconds: 1 }
  const [request] = requestsOf({ ...load, round: -round }, 0)
  if (!office || !request) throw new Error('There is no office that calls')
  const { statements, answer } = await recordStatements(plan, request)
  const varying = new Map([
    [office.code, ':place'],
    [office.code.slice(0, 2), ':province'],
  ])
  if (operation === 'find') varying.set(JSON.parse(answer).id, seededIdSql)
  if (operation === 'post')
    varyPost(
      varying,
      JSON.parse(answer),
      // The token is the same in each transaction, and its id is text.
      statements.flatMap(({ values }) => values).filter((value) => value !== decodeJwt(office.token).jti),
    )
  const script = pgbenchScript(statements, [...officeLines(plan.offices), ...linesOf[operation](plan, round)], varying)
  return { ...script, defines: { ...script.defines, sequence: firstSequence } }
}

const seededIdSql = `('${seededIds(1).prefix}' || :high || :low)::uuid`

/** Each new id begins with today's time as a version 7 one does, and goes up; the rest is digits from chance. */
function varyPost(
  varying: Map<string, string>,
  report: { id: string; clientReference: string },
  values: readonly unknown[],
): void {
  const prefix = Date.now().toString(16).padStart(12, '0').slice(0, 8)
  const ids = new Set(values.filter((value) => typeof value === 'string' && uuid.test(value)))
  for (const id of ids)
    varying.set(String(id), `('${prefix}' || :sequence || ${id === report.id ? ':chance' : ':other'})::uuid`)
  varying.set(report.clientReference, ':reference')
}

/** A random office as a number, found in as few steps as there are bits. */
function officeLines(offices: readonly Office[]): string[] {
  const choose = (from: number, to: number): string => {
    if (to - from === 1) return String(offices[from]?.code)
    const middle = (from + to) >> 1
    return `CASE WHEN :office < ${middle} THEN ${choose(from, middle)} ELSE ${choose(middle, to)} END`
  }
  return [
    `\\set office random(0, ${offices.length - 1})`,
    `\\set place ${choose(0, offices.length)}`,
    '\\set province int(:place - 0.5)',
  ]
}

const linesOf: Record<Operation, (plan: Plan, round: number) => string[]> = {
  page: () => [],
  find: ({ reports, regencies }) => {
    const { highBase, step, lowBase } = seededIds(reports)
    const inTurn = `random(0, ${Math.floor(reports / regencies) - 1})`
    return [
      `\\set n ${inTurn} * ${regencies} + :office`,
      `\\set high ${highBase} + :n * ${step}`,
      `\\set low ${lowBase} + :n`,
    ]
  },
  post: (_plan, round) => [
    // A variable lives as long as its connection.
    '\\set sequence :sequence + 1',
    `\\set reference (${round} * 100 + :client_id) * 1000000000000 + :sequence`,
    '\\set chance random(8000000000000000, 8999999999999999)',
    '\\set other random(8000000000000000, 8999999999999999)',
  ],
}

import { createHash } from 'node:crypto'
import { is, Param, Placeholder, type SQL, type SQLWrapper } from 'drizzle-orm'
import { PgDialect } from 'drizzle-orm/pg-core'
import { type Tier, tiers } from '../access/vocabulary.ts'

const dialect = new PgDialect()

/** Names of prepared statements live as long as a connection: past this many distinct texts a statement is sent unnamed. */
const mostPrepared = 400
const prepared = { names: new Set<string>() }

/** SQL text with its placeholders, compiled once. A named one is prepared on each connection that runs it. */
export interface Statement {
  readonly name: string | undefined
  readonly text: string
  /** Names of the placeholders, or the fixed values, in the order of $1, $2, ... */
  readonly parameters: readonly (string | { value: unknown })[]
}

export type Values = Readonly<Record<string, unknown>>

/** Compiles SQL built with drizzle; `sql.placeholder('x')` takes `x` of the values at each run. */
export function statement(label: string, query: SQLWrapper | SQL): Statement {
  const { sql: text, params } = dialect.sqlToQuery(query.getSQL())
  return { name: nameFor(label, text), text, parameters: params.map(parameterOf) }
}

/** One statement for each tier: plans depend on the role that row-level security sees, so tiers never share one. */
export function statementByTier(label: string, build: (tier: Tier) => SQLWrapper | SQL): Record<Tier, Statement> {
  const entries = tiers.map((tier) => [tier, statement(`${label}_${tier}`, build(tier))])
  return Object.fromEntries(entries)
}

/** The values of a run, in the order of the text. @throws when a placeholder has no value: never sent as null. */
export function valuesOf(query: Statement, values: Values): unknown[] {
  return query.parameters.map((parameter) => {
    if (typeof parameter !== 'string') return parameter.value
    const value = values[parameter]
    if (value === undefined) throw new Error(`Statement ${query.name ?? query.text} has no value for ${parameter}`)
    // The driver would write a Date in the zone of this machine, whose offset of a century ago had seconds that it drops.
    return value instanceof Date ? value.toISOString() : value
  })
}

function parameterOf(parameter: unknown): string | { value: unknown } {
  if (is(parameter, Placeholder)) return parameter.name
  if (is(parameter, Param)) return parameterOf(parameter.value)
  return { value: parameter }
}

function nameFor(label: string, text: string): string | undefined {
  const name = `${label.slice(0, 40)}_${createHash('sha256').update(text).digest('hex').slice(0, 16)}`
  if (!prepared.names.has(name)) {
    if (prepared.names.size >= mostPrepared) return undefined
    prepared.names.add(name)
  }
  return name
}

const remembered = new Map<string, Statement>()

/** A statement whose shapes are without number: neither prepared nor remembered. */
export function passingStatement(query: SQLWrapper | SQL): Statement {
  const { sql: text, params } = dialect.sqlToQuery(query.getSQL())
  return { name: undefined, text, parameters: params.map(parameterOf) }
}

/** A statement whose text depends on what is asked: built once for each shape, as long as there are not too many of them. */
export function rememberedStatement(label: string, shape: string, build: () => SQLWrapper | SQL): Statement {
  const key = `${label} ${shape}`
  const known = remembered.get(key)
  if (known) return known
  const built = statement(label, build())
  if (built.name !== undefined) remembered.set(key, built)
  return built
}

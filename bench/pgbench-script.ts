import { createRequire } from 'node:module'
import type { Recorded } from './record.ts'

/** How pg writes a value on the wire. */
const { prepareValue } = createRequire(import.meta.url)('pg/lib/utils.js') as {
  prepareValue(value: unknown): string | Buffer | null
}

export interface PgbenchScript {
  text: string
  /** Variables that stand for the values that are the same in each transaction, for `--define`. */
  defines: Record<string, string>
}

/**
 * Recorded statements as a pgbench script: the very texts, `$1` being replaced by a variable. A value named in `varying`
 * becomes its expression, null is written into the text (pgbench cannot send one), and every other value is a constant variable.
 * @param preamble `\set` lines that give the variables of the expressions in `varying`
 */
export function pgbenchScript(
  recorded: readonly Recorded[],
  preamble: string[],
  varying: ReadonlyMap<string, string>,
): PgbenchScript {
  const defines: Record<string, string> = {}
  const names = new Map<string, string>()
  const nameOf = (text: string) => {
    const name = names.get(text) ?? `v${names.size + 1}`
    names.set(text, name)
    defines[name] = text
    return `:${name}`
  }
  const expressionOf = (value: unknown) => {
    const wire = prepareValue(value)
    if (wire === null) return 'NULL'
    const text = Buffer.isBuffer(wire) ? `\\x${wire.toString('hex')}` : String(wire)
    return varying.get(text) ?? nameOf(text)
  }
  const statements = recorded.map(({ text, values }) => {
    return withoutColonsInLiterals(text).replaceAll(/\$(\d+)/g, (_, number) => expressionOf(values[Number(number) - 1]))
  })
  return { text: `${[...preamble, ...statements.map((statement) => `${statement};`)].join('\n')}\n`, defines }
}

/** pgbench takes `:MI` for a variable inside a literal too; an escape says the same to PostgreSQL. */
function withoutColonsInLiterals(text: string): string {
  return text.replaceAll(/'(?:[^']|'')*'/g, (literal) => {
    if (!/:[A-Za-z_]/.test(literal)) return literal
    return `E${literal.replaceAll('\\', '\\\\').replaceAll(':', '\\x3A')}`
  })
}

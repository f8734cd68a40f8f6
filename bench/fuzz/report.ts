import { type Outcome, unreachedOf, type Violation } from './campaign.ts'
import type { Contract } from './contract.ts'
import type { World } from './world.ts'

/** Why a campaign did not pass, in a line each; none when it did. */
export function complaintsOf(contract: Contract, { statuses, broken }: Outcome): string[] {
  const unreached = unreachedOf(contract, statuses).map(({ id }) => `${id} was never answered 2xx`)
  return [...(broken > 0 ? [`${broken} answers broke the contract`] : []), ...unreached]
}

/** Counts by operation and status. */
export function statusTable({ statuses }: Outcome): string {
  const all = [...new Set([...statuses.values()].flatMap((counts) => [...counts.keys()]))].sort((a, b) => a - b)
  const rows = [...statuses].map(([operation, counts]) => [operation, ...all.map((status) => counts.get(status) ?? '')])
  return [['operation', ...all], ['---', ...all.map(() => '--:')], ...rows]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n')
}

/** The request and the answer, for people. Tokens go by the name of their caller. */
export function describe({ fault, attempt, answer }: Violation, world: World): string {
  const { method, target, headers, body, raw, changes } = attempt
  const named = (text: string) =>
    world.callers.reduce((said, { name, token }) => said.replaceAll(token, `<token of ${name}>`), text)
  const request =
    raw === undefined
      ? [
          `${method} ${target}`,
          ...headers.map(([name, value]) => `${name}: ${value}`),
          ...(body ? ['', shown(body)] : []),
        ]
      : [JSON.stringify(raw.text)]
  const answered = answer
    ? [
        `${answer.status}`,
        ...Object.entries(answer.headers).map(([name, value]) => `${name}: ${value}`),
        '',
        shown(answer.body),
      ]
    : ['(nothing)']
  const lines = [
    ...[`FAULT: ${fault}`, `spoilt by: ${changes.join(', ') || 'nothing'}`, '--- request'],
    ...[...request.map((line) => shortened(named(line))), '--- answer', ...answered, ''],
  ]
  return lines.join('\n')
}

function shown(bytes: Buffer): string {
  return shortened(JSON.stringify(bytes.toString('latin1')).slice(1, -1).replaceAll('\\"', '"'))
}

function shortened(text: string): string {
  return text.length <= 600 ? text : `${text.slice(0, 600)}... (${text.length} characters)`
}

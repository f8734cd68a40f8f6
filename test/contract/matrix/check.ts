import type { LightMyRequestResponse } from 'fastify'
import { startApi } from '../../support/start-api.ts'
import type { Cell, Operation } from './cells.ts'
import { type Caller, refusal } from './model.ts'
import { createWorld, type World } from './world.ts'

type Test = Parameters<typeof startApi>[0] & {
  same(found: unknown, wanted: unknown, message: string): unknown
  comment(text: string): unknown
}

/** Asks every caller about every thing in a world of their own, and compares the answers with the model. */
export async function checkOperations(t: Test, operations: Record<string, Operation>): Promise<void> {
  const world = await createWorld(await startApi(t, { rateQuotas: { client: null, unauthenticated: null } }))
  let cells = 0
  for (const [name, operation] of Object.entries(operations)) {
    for (const caller of world.callers) {
      const checked = await check(operation, caller, world)
      t.same(checked.wrong, [], `${name} by ${caller.name}: ${checked.cells} cells`)
      cells += checked.cells
    }
  }
  t.comment(`${cells} cells`)
}

/** All cells of one operation for one caller; the wrong ones are named. */
async function check({ needs, cells }: Operation, caller: Caller, world: World) {
  const wrong: string[] = []
  const refused = refusal(caller, needs)
  const asked = cells(caller, world)
  // What one may not see must answer as what nobody has, to the last byte.
  const missing = new Map<number, string>()
  for (const cell of asked) {
    const answer = await world.ask(caller, cell.request)
    const fault = refused === null ? faultOf(cell, answer) : answer.statusCode === refused ? null : 'not refused'
    if (fault) wrong.push(`${cell.what}: ${answer.statusCode} in place of ${refused ?? cell.status}, ${fault}`)
    if (![401, 403, 404].includes(answer.statusCode)) continue
    const said = bytesOf(answer)
    const first = missing.get(answer.statusCode) ?? said
    missing.set(answer.statusCode, first)
    if (said !== first) wrong.push(`${cell.what}: ${answer.statusCode} can be told from another`)
  }
  return { cells: asked.length, wrong }
}

function faultOf({ status, wrong }: Cell, answer: LightMyRequestResponse): string | null {
  if (answer.statusCode !== status) return answer.body.slice(0, 200)
  return (status === 200 && wrong?.(answer)) || null
}

/** All that a caller can compare; the moment and the counting of requests say nothing about the thing. */
function bytesOf({ headers, body }: LightMyRequestResponse): string {
  const { date: _date, ratelimit: _counted, ...others } = headers
  return JSON.stringify([others, body])
}

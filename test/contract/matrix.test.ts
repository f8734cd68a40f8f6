import { readFile } from 'node:fs/promises'
import t from 'tap'
import { operationsBesideReports } from './matrix/beside-reports.ts'
import { checkOperations } from './matrix/check.ts'
import { operations } from './matrix/operations.ts'

interface Documented {
  operationId: string
  security?: { bearer?: string[] }[]
}

const contract = JSON.parse(await readFile(new URL('../../openapi/openapi.json', import.meta.url), 'utf8')) as {
  paths: Record<string, Record<string, Documented>>
}
const documented = Object.values(contract.paths).flatMap((methods) => Object.values(methods))

const all = { ...operations, ...operationsBesideReports }

function neededBy({ security }: Documented): string {
  const bearer = security?.[0]?.bearer
  if (bearer === undefined) return 'public'
  return bearer[0] ?? 'authenticated'
}

t.test('the model knows every operation of the contract, and no other', (t) => {
  t.same(documented.map(({ operationId }) => operationId).sort(), Object.keys(all).sort())
  for (const each of documented) t.equal(neededBy(each), all[each.operationId]?.needs, each.operationId)
  t.end()
})

t.test('every operation on reports and all before them answers every caller about every thing as the model says', (t) =>
  checkOperations(t, operations),
)

import { readFile } from 'node:fs/promises'
import { scopesOf } from '../../../src/access/vocabulary.ts'

interface Operation {
  operationId: string
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE' | 'PUT'
  path: string
  /** The scope that it needs; null: any valid token; `public`: none. */
  needs: string | null
  /** Names of the parameters of the query. */
  parameters: string[]
}

interface Documented {
  operationId: string
  security: { bearer: string[] }[]
  parameters?: { name: string; in: string }[]
}

const document = JSON.parse(await readFile(new URL('../../../openapi/openapi.json', import.meta.url), 'utf8')) as {
  paths: Record<string, Record<string, Documented>>
}

/** Every operation of the contract. */
export const operations: readonly Operation[] = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, { operationId, security, parameters = [] }]) => ({
    ...{ operationId, path, method: method.toUpperCase() as Operation['method'] },
    needs: security[0] ? (security[0].bearer[0] ?? null) : 'public',
    parameters: parameters.filter((each) => each.in === 'query').map(({ name }) => name),
  })),
)

const ofAgencies: readonly (string | null)[] = [...scopesOf('agency'), null, 'public']
/** Those that an agency may call, and those that are for offices alone. */
export const forAgencies = operations.filter(({ needs }) => ofAgencies.includes(needs))
export const forOffices = operations.filter(({ needs }) => !ofAgencies.includes(needs))

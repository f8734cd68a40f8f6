import fc from 'fast-check'
import { arbitraryOf, type Known } from './arbitrary.ts'
import type { Contract, Operation, Parameter } from './contract.ts'
import type { World } from './world.ts'

/** A request before it is written down: still in parts, so that each part can be spoilt. */
export interface Draft {
  operation: Operation
  /** Whose token it carries; empty for none. */
  caller: string
  /** What was spoilt; empty for a request that follows the document. */
  changes: readonly string[]
  method: string
  /** As written, percent-encoded. */
  path: string
  /** As written: `name=value`. */
  query: readonly string[]
  headers: readonly (readonly [name: string, value: string])[]
  body: Body | undefined
}

/** A value while it still is one, then its text, then its bytes. */
export type Body = { value: unknown } | { text: string } | { bytes: Buffer }

/** The members of a value as a form. */
export function formOf(value: unknown): string {
  const pairs = Object.entries(value ?? {}).map(([name, each]): [string, string] => [name, String(each)])
  return new URLSearchParams(pairs).toString()
}

/** More of what has most to go wrong. */
const weights: Record<string, number> = {
  ...{ submitReport: 6, listReports: 4, findReport: 2, listRegions: 2 },
  ...{ grantToken: 3, addClient: 2, changeClient: 2, rotateCredentials: 2, openBreakGlass: 2, closeBreakGlass: 2 },
  ...{ correctReport: 6, withdrawReport: 2, escalateReport: 2, returnReport: 2, closeReport: 2, reopenReport: 2 },
}

/** Requests as the document has them, of every operation or of some. */
export function validDrafts(
  contract: Contract,
  world: World,
  operations: readonly Operation[] = contract.operations,
): fc.Arbitrary<Draft> {
  const each = operations.map((operation) => ({
    weight: weights[operation.id] ?? 1,
    arbitrary: draftsOf(contract, world, operation),
  }))
  return fc.oneof(...each)
}

function draftsOf(contract: Contract, world: World, operation: Operation): fc.Arbitrary<Draft> {
  const known: Known = (name) => world.known[`${operation.id}.${name}`] ?? world.known[name]
  const madeFor = ({ name, schema }: Parameter) => arbitraryOf(contract, schema, known, name)
  const fresh = fc
    .record({
      caller: callerOf(operation, world),
      path: parametersIn(operation, 'path', madeFor),
      query: parametersIn(operation, 'query', madeFor),
      headers: parametersIn(operation, 'header', madeFor),
      body: bodiesOf(contract, operation, known),
    })
    .map(({ caller, path, query, headers, body }) => ({
      ...draftOf(operation, caller),
      path: operation.template.replaceAll(/\{([^}]+)\}/g, (_, name) => encodeURIComponent(String(path.get(name)))),
      query: [...query].map(([name, value]) => `${encodeURIComponent(name)}=${listed(value)}`),
      headers: [
        ...[...headers].map(([name, value]) => [name, String(value)] as const),
        ...(operation.body && body !== undefined ? [['Content-Type', operation.body.mediaType] as const] : []),
      ],
      body: body === undefined ? undefined : { value: body },
    }))
  const pages = world.continued.filter((page) => page.operation === operation.id)
  if (pages.length === 0) return fresh
  const continued = fc.constantFrom(...pages).map(({ caller, target }) => {
    const [path = '', query = ''] = target.split('?')
    return { ...draftOf(operation, caller), path, query: query.split('&') }
  })
  return fc.oneof({ weight: 8, arbitrary: fresh }, { weight: 1, arbitrary: continued })
}

function bodiesOf(contract: Contract, { body }: Operation, known: Known): fc.Arbitrary<unknown> {
  if (!body) return fc.constant(undefined)
  const made = arbitraryOf(contract, body.schema, known)
  return body.required ? made : fc.option(made, { nil: undefined })
}

/** Whoever may call it; nobody, mostly, where no token is asked for. */
function callerOf({ scopes: needed }: Operation, { callers }: World): fc.Arbitrary<string> {
  const able = callers.filter(({ scopes }) => needed?.every((scope) => scopes.includes(scope)) ?? true)
  const some = fc.constantFrom(...able.map(({ name }) => name))
  return needed ? some : fc.oneof({ weight: 5, arbitrary: fc.constant('') }, { weight: 1, arbitrary: some })
}

function draftOf(operation: Operation, caller: string): Draft {
  const { method, template } = operation
  const nothing = { changes: [], query: [], headers: [], body: undefined }
  return { operation, caller, method, path: template, ...nothing }
}

/** Documented as optional, since it has an answer of its own (428) to be left out. */
const asGoodAsRequired = 'If-Match'

/** All that are required, and at most four others: with more, a filter seldom finds anything. */
function parametersIn(
  { parameters }: Operation,
  place: Parameter['in'],
  madeFor: (parameter: Parameter) => fc.Arbitrary<unknown>,
): fc.Arbitrary<Map<string, unknown>> {
  const here = parameters
    // A cursor that is made up is for the mutations.
    .filter((parameter) => parameter.in === place && parameter.name !== 'cursor')
    .map(({ name, required, ...rest }) => ({
      required: required || name === asGoodAsRequired,
      pair: fc.tuple(fc.constant(name), madeFor({ name, required, ...rest })),
    }))
  const required = here.filter((each) => each.required)
  const optional = here.filter((each) => !each.required)
  return fc
    .subarray(optional, { maxLength: Math.min(4, optional.length) })
    .chain((chosen) => fc.tuple(...[...required, ...chosen].map(({ pair }) => pair)))
    .map((pairs) => new Map(pairs))
}

function listed(value: unknown): string {
  return [value]
    .flat()
    .map((each) => encodeURIComponent(String(each)))
    .join(',')
}

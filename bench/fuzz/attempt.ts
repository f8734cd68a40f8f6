import fc from 'fast-check'
import type { Contract, Operation } from './contract.ts'
import { type Body, type Draft, formOf, validDrafts } from './draft.ts'
import { bodyMutations } from './mutate-body.ts'
import { parameterMutations } from './mutate-parameters.ts'
import { requestMutations } from './mutate-request.ts'
import type { Mutation } from './mutation.ts'
import { rawAttempts } from './raw-attempts.ts'
import type { World } from './world.ts'

/** A request as it is sent. */
export interface Attempt {
  /** What it was made from; undefined for one that is written by hand. */
  operation: Operation | undefined
  changes: readonly string[]
  method: string
  /** Path and query as written. */
  target: string
  headers: readonly (readonly [name: string, value: string])[]
  body: Buffer | undefined
  /** What no client would send; all but the changes is for people then. */
  raw: Raw | undefined
}

/** A whole request as bytes (latin1). */
export interface Raw {
  text: string
  /** Nothing more comes behind it, and the service is told so: otherwise it would wait for the rest. */
  cutOff: boolean
}

/** Requests of every kind: as the document has them, spoilt once or twice, and such as no client sends. */
export function attempts(contract: Contract, world: World): fc.Arbitrary<Attempt> {
  const valid = validDrafts(contract, world)
  const [ofRequest, ofBody] = [requestMutations(world), [...bodyMutations, ...parameterMutations(world)]]
  const spoilt = (draft: Draft): fc.Arbitrary<Draft> =>
    fc.oneof(...[ofRequest, ofBody].flatMap((mutations) => spoiltBy(mutations, draft)))
  const once = valid.chain(spoilt)
  const drafts = fc.oneof(
    { weight: 30, arbitrary: valid },
    { weight: 50, arbitrary: once },
    { weight: 18, arbitrary: once.chain(spoilt) },
  )
  return fc.oneof(
    { weight: 98, arbitrary: drafts.map((draft) => written(draft, world)) },
    { weight: 2, arbitrary: rawAttempts(world) },
  )
}

/** Requests of these operations alone, as the document has them. */
export function unspoiltAttempts(
  contract: Contract,
  world: World,
  operations: readonly Operation[],
): fc.Arbitrary<Attempt> {
  return validDrafts(contract, world, operations).map((draft) => written(draft, world))
}

/** The request spoilt in one of these ways; none when none fits. */
function spoiltBy(mutations: readonly Mutation[], draft: Draft): fc.Arbitrary<Draft>[] {
  const fitting = mutations.filter(({ fits }) => fits?.(draft) ?? true)
  if (fitting.length === 0) return []
  const chosen = fc.constantFrom(...fitting)
  return [
    chosen.chain(({ name, spoil }) =>
      spoil(draft).map((changed) => ({ ...draft, ...changed, changes: [...draft.changes, name] })),
    ),
  ]
}

function written(draft: Draft, world: World): Attempt {
  const { operation, changes, method, path, query } = draft
  const body = draft.body && bytesOf(draft.body, operation)
  const caller = world.callers.find(({ name }) => name === draft.caller)
  const given = new Set(draft.headers.map(([name]) => name.toLowerCase()))
  const own = [
    ['Host', new URL(world.address).host],
    ...(caller ? [['Authorization', `Bearer ${caller.token}`]] : []),
    // Without it Node.js would send an empty body in chunks, which is a body all the same.
    ...(body || method !== 'GET' ? [['Content-Length', String(body?.length ?? 0)]] : []),
  ] as [string, string][]
  return {
    operation,
    changes,
    method,
    target: query.length === 0 ? path : `${path}?${query.join('&')}`,
    headers: [...own.filter(([name]) => !given.has(name.toLowerCase())), ...draft.headers],
    body,
    raw: undefined,
  }
}

function bytesOf(body: Body, operation: Operation): Buffer {
  if ('bytes' in body) return body.bytes
  if ('text' in body) return Buffer.from(body.text)
  if (operation.body?.mediaType !== 'application/x-www-form-urlencoded')
    return Buffer.from(JSON.stringify(body.value) ?? '')
  return Buffer.from(formOf(body.value))
}

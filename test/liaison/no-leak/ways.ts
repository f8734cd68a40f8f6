import type { LightMyRequestResponse } from 'fastify'
import type { Ask } from './ask.ts'
import type { Caller } from './callers.ts'
import type { Release, Seen } from './model.ts'
import type { World } from './world.ts'

/** What an answer says of each release, by its id. */
export type Told = Map<string, unknown>

/** A question about one release. */
export interface OfOne {
  name: string
  /** Of which releases it can be asked; of all without it. */
  of?(release: Release): boolean
  one(ask: Ask, release: Release, world: World): Promise<unknown>
  expected(seen: Seen, release: Release, caller: Caller, world: World): unknown
}

/** A question about all: what it says of each, and of nothing else. */
export interface OfAll {
  name: string
  all(ask: Ask, world: World): Promise<Told>
  /** Undefined where nothing may be said. */
  expected(seen: Seen, release: Release, caller: Caller, world: World): unknown
}

/** A question whose answer names no release, such as a count. */
export interface Whole {
  name: string
  whole(ask: Ask, world: World, caller: Caller): Promise<unknown>
  expected(caller: Caller, world: World): unknown
}

export type Way = OfOne | OfAll | Whole

/** All that agencies can learn by one operation. */
export interface Outlet {
  /** The scope that it needs; null: any valid token; `public`: none. */
  needs: string | null
  ways: readonly Way[]
}

/** The status with the code of a refusal. */
export const refusal = (answer: LightMyRequestResponse) => `${answer.statusCode} ${answer.json().code}`

/** What each state of a release answers where it is asked for by its id and is not there. */
export const missing: Record<Exclude<Seen['state'], 'here'>, string> = {
  gone: '410 release_retracted',
  nothing: '404 release_not_found',
}

export function toldBy(items: readonly { id: string }[]): Told {
  return new Map(items.map((item) => [item.id, item]))
}

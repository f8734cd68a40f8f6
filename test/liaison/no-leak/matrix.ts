import { isDeepStrictEqual } from 'node:util'
import { type Ask, asks, type Findings, Refused } from './ask.ts'
import { type Caller, callers } from './callers.ts'
import { type Release, seenBy } from './model.ts'
import type { OfAll, OfOne, Outlet, Way, Whole } from './ways.ts'
import type { World } from './world.ts'

/** What the whole matrix found: each cell is one caller, one way of asking, and where the answer tells of releases one release. */
export interface Found extends Findings {
  cells: number
  wrong: string[]
}

/** What stands in every cell of a caller who may not ask at all. */
function refusedWith({ fault, scopes }: Caller, { needs }: Outlet): number | null {
  if (needs === 'public') return null
  if (fault) return 401
  return needs === null || scopes.includes(needs) ? null : 403
}

class Asking {
  readonly found: Found = { cells: 0, wrong: [], leaks: [], refusals: new Map() }
  readonly #world: World

  constructor(world: World) {
    this.#world = world
  }

  /** Every way of an outlet by one caller. */
  async outlet(outlet: Outlet, caller: Caller, ways: readonly Way[] = outlet.ways): Promise<void> {
    const ask = asks(this.#world, caller, this.found)
    const refused = refusedWith(caller, outlet)
    for (const way of ways) {
      if ('one' in way) await this.#one(way, ask, caller, refused)
      else if ('all' in way) await this.#all(way, ask, caller, refused)
      else await this.#whole(way, ask, caller, refused)
    }
  }

  async #one(way: OfOne, ask: Ask, caller: Caller, refused: number | null): Promise<void> {
    for (const release of askedOf(way, this.#world)) {
      const got = await answerOf(way.one(ask, release, this.#world))
      const expected = refused ?? way.expected(seenBy(caller, release), release, caller, this.#world)
      this.#compare(`${caller.name}: ${way.name}: ${release.name}`, got, expected)
    }
  }

  async #all(way: OfAll, ask: Ask, caller: Caller, refused: number | null): Promise<void> {
    const told = await answerOf(way.all(ask, this.#world))
    const where = `${caller.name}: ${way.name}`
    for (const release of this.#world.releases) {
      const got = told instanceof Map ? told.get(release.id) : told
      const expected = refused ?? way.expected(seenBy(caller, release), release, caller, this.#world)
      this.#compare(`${where}: ${release.name}`, got, expected)
    }
    const known = new Set(this.#world.releases.map(({ id }) => id))
    const strange = told instanceof Map ? [...told.keys()].filter((id) => !known.has(id)) : []
    if (strange.length > 0) this.found.wrong.push(`${where} tells of ${strange}`)
  }

  async #whole(way: Whole, ask: Ask, caller: Caller, refused: number | null): Promise<void> {
    const got = await answerOf(way.whole(ask, this.#world, caller))
    this.#compare(`${caller.name}: ${way.name}`, got, refused ?? way.expected(caller, this.#world))
  }

  #compare(where: string, got: unknown, expected: unknown): void {
    this.found.cells += 1
    if (isDeepStrictEqual(got, expected)) return
    this.found.wrong.push(`${where}:\n    got      ${JSON.stringify(got)}\n    expected ${JSON.stringify(expected)}`)
  }
}

/** What was answered, or the status of whoever may not even try. */
async function answerOf(answered: Promise<unknown>): Promise<unknown> {
  try {
    return await answered
  } catch (error) {
    if (error instanceof Refused) return error.status
    return String(error)
  }
}

function askedOf(way: OfOne | OfAll, { releases }: World): Release[] {
  return releases.filter((release) => !('of' in way) || way.of?.(release))
}

/** Asks every cell: each caller by each way of each outlet. */
export async function askAll(world: World, outlets: Readonly<Record<string, Outlet>>, who = callers): Promise<Found> {
  const asking = new Asking(world)
  for (const outlet of Object.values(outlets)) for (const caller of who) await asking.outlet(outlet, caller)
  return asking.found
}

/** How many cells there are: the product. */
export function cellsOf(world: World, outlets: Readonly<Record<string, Outlet>>, who = callers): number {
  const ways = Object.values(outlets).flatMap((outlet) => outlet.ways)
  return who.length * ways.reduce((sum, way) => sum + ('whole' in way ? 1 : askedOf(way, world).length), 0)
}

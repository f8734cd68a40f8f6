import fc from 'fast-check'
import { type Attempt, attempts, unspoiltAttempts } from './attempt.ts'
import { faultsOf, operationOf } from './check.ts'
import type { Contract, Operation } from './contract.ts'
import { type Answer, Sender } from './send.ts'
import type { World } from './world.ts'

export interface CampaignOptions {
  requests: number
  seed: number
  /** Requests under way at once. */
  inFlight: number
}

/** A broken promise, with the request that broke it made as small as it will go. */
export interface Violation {
  fault: string
  attempt: Attempt
  answer: Answer | undefined
}

export interface Outcome {
  requests: number
  /** Answers by operation, or by `(none)`, and by status. */
  statuses: Map<string, Map<number, number>>
  /** How often each way to spoil a request was used. */
  changes: Map<string, number>
  /** Answers that broke something, all counted. */
  broken: number
  /** The least spoilt of each kind. */
  violations: Violation[]
  seconds: number
}

interface Broken {
  fault: string
  made: fc.Arbitrary<Attempt>
  batch: number
  index: number
  attempt: Attempt
}

const batchSize = 250
/** Batches more, of the operations alone that never went well: by chance some need more requests than others. */
const mostFurther = 20
const mostKinds = 12
/** Milliseconds for making one violation smaller. */
const shrinkTime = 10_000

/** Sends so many requests of a seed, and checks every answer. */
export async function fuzz(contract: Contract, world: World, options: CampaignOptions): Promise<Outcome> {
  const sender = new Sender(world.address, options.inFlight)
  const made = attempts(contract, world)
  const outcome = { requests: options.requests, statuses: new Map(), changes: new Map(), broken: 0 }
  const kinds = new Map<string, Broken>()
  const look = (
    attempt: Attempt,
    answer: Answer | undefined,
    faults: readonly string[],
    at: Omit<Broken, 'fault' | 'attempt'>,
  ) => {
    const operation = operationOf(contract, attempt)?.id ?? '(none)'
    count(
      of(outcome.statuses, operation, () => new Map()),
      answer?.status ?? 0,
    )
    for (const change of attempt.changes) count(outcome.changes, change)
    if (faults.length > 0) outcome.broken += 1
    for (const fault of faults) {
      const kind = `${operation} ${kindOf(fault)}`
      const known = kinds.get(kind)
      const lessSpoilt = known !== undefined && attempt.changes.length < known.attempt.changes.length
      if (lessSpoilt || (!known && kinds.size < mostKinds)) kinds.set(kind, { fault, attempt, ...at })
    }
  }
  const began = performance.now()
  try {
    const send = async (made: fc.Arbitrary<Attempt>, batch: number, size: number) => {
      const chosen = fc.sample(made, { seed: seedOf(options.seed, batch), numRuns: size })
      await inTurn(chosen, options.inFlight, async (attempt, index) => {
        const { answer, faults } = await tried(contract, world, sender, attempt)
        look(attempt, answer, faults, { made, batch, index })
      })
    }
    const planned = Math.ceil(options.requests / batchSize)
    for (let batch = 0; batch < planned; batch += 1)
      await send(made, batch, Math.min(batchSize, options.requests - batch * batchSize))
    for (let batch = planned; batch < planned + mostFurther; batch += 1) {
      const unreached = unreachedOf(contract, outcome.statuses)
      if (unreached.length === 0) break
      await send(unspoiltAttempts(contract, world, unreached), batch, batchSize)
    }
    const seconds = (performance.now() - began) / 1000
    const violations: Violation[] = []
    for (const broken of kinds.values()) violations.push(await smallest(contract, world, sender, options.seed, broken))
    return { ...outcome, violations, seconds }
  } finally {
    sender.close()
  }
}

async function tried(
  contract: Contract,
  world: World,
  sender: Sender,
  attempt: Attempt,
): Promise<{ answer: Answer | undefined; faults: string[] }> {
  try {
    const answer = await sender.send(attempt)
    return { answer, faults: faultsOf(contract, world, attempt, answer) }
  } catch (error) {
    return { answer: undefined, faults: [`no answer: ${(error as Error).message}`] }
  }
}

/** Runs the same request again, and smaller ones, as long as they break the same. */
async function smallest(
  contract: Contract,
  world: World,
  sender: Sender,
  seed: number,
  { made, batch, index, fault, attempt }: Broken,
): Promise<Violation> {
  let found: Violation = { fault, attempt, answer: undefined }
  const property = fc.asyncProperty(made, async (smaller) => {
    const { answer, faults } = await tried(contract, world, sender, smaller)
    const same = faults.find((each) => kindOf(each) === kindOf(fault))
    if (same !== undefined) found = { fault: same, attempt: smaller, answer }
    return same === undefined
  })
  await fc.check(property, {
    seed: seedOf(seed, batch),
    path: String(index),
    numRuns: 1,
    interruptAfterTimeLimit: shrinkTime,
  })
  return found
}

/** The operations that were never answered 2xx. */
export function unreachedOf(contract: Contract, statuses: Outcome['statuses']): Operation[] {
  const went = (id: string) => [...(statuses.get(id)?.keys() ?? [])].some((status) => status >= 200 && status < 300)
  return contract.operations.filter(({ id }) => !went(id))
}

/** A fault without what differs from one request to the next. */
function kindOf(fault: string): string {
  return fault.split(':')[0] ?? fault
}

function seedOf(seed: number, batch: number): number {
  return (Math.imul(seed, 1_000_003) + batch) | 0
}

async function inTurn<Item>(
  items: readonly Item[],
  workers: number,
  work: (item: Item, index: number) => Promise<void>,
): Promise<void> {
  const waiting = items.entries()
  const worker = async () => {
    for (const [index, item] of waiting) await work(item, index)
  }
  await Promise.all(Array.from({ length: workers }, worker))
}

function of<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const held = map.get(key) ?? make()
  map.set(key, held)
  return held
}

function count<Key>(map: Map<Key, number>, key: Key): void {
  map.set(key, (map.get(key) ?? 0) + 1)
}

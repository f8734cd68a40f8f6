import { eventTypes } from '../../../src/events/append-event.ts'
import type { Ask } from './ask.ts'
import type { Caller } from './callers.ts'
import { heardBy } from './model.ts'
import { type OfAll, type Outlet, refusal, type Told, type Whole } from './ways.ts'
import { eventsFor, type World } from './world.ts'

interface Event {
  id: string
  sequence: number
  type: string
  subject: { id: string; version: number }
}

const walked: Whole = {
  name: 'the log, page by page',
  async whole(ask) {
    const events: Event[] = []
    for (let url = '/v1/events?limit=7'; url !== ''; ) {
      const answer = await ask({ url })
      events.push(...answer.json().items)
      url = /<(.*)>/.exec(String(answer.headers.link ?? ''))?.[1] ?? ''
    }
    return events
  },
  expected: eventsFor,
}

async function readAll(ask: Ask, query = ''): Promise<{ items: Event[]; next: number }> {
  const answer = await ask({ url: `/v1/events?limit=200${query}` })
  if (answer.statusCode !== 200) throw new Error(answer.payload)
  return answer.json()
}

/** How the events of each release are told. */
const ofEach: OfAll = {
  name: 'the events of each release',
  async all(ask) {
    const told: Told = new Map()
    for (const { type, subject } of (await readAll(ask)).items)
      told.set(subject.id, [...((told.get(subject.id) as string[]) ?? []), `${type} v${subject.version}`])
    return told
  },
  expected: (_seen, release, caller, { happened }) => {
    const own = happened.filter((each) => each.release === release).flatMap((each) => heardBy(caller, each))
    return own.length > 0 ? own.map(({ type, version }) => `${type} v${version}`) : undefined
  },
}

const ofType = (type: string): Whole => ({
  name: `events of ${type}`,
  whole: async (ask) => (await readAll(ask, `&types=${type}`)).items,
  expected: (caller, world) => eventsFor(caller, world).filter((event) => event.type === type),
})

/** The numbers of others' events are passed over in steps. */
const stepBefore = (number: number) => number - (number % 100)
const endOf = (caller: Caller, world: World) =>
  Math.max(stepBefore(world.head), ...eventsFor(caller, world).map(({ sequence }) => sequence ?? 0))

const next: Whole = {
  name: 'the position to go on from, at once and after waiting for what does not happen',
  async whole(ask, world, caller) {
    const { next: position } = await readAll(ask)
    return [position, await readAll(ask, `&after=${endOf(caller, world)}&wait=1`)]
  },
  expected: (caller, world) => [endOf(caller, world), { items: [], next: endOf(caller, world) }],
}

/** A number says of itself neither that something of others' stands there, nor that the log came to it. */
const positions: Whole = {
  name: 'positions around the end of the log',
  async whole(ask, { head }) {
    const around = [head - 2, head - 1, head, head + 1, head + 2, head + 1_000]
    const answers = []
    for (const after of around) answers.push(await ask({ url: `/v1/events?after=${after}` }))
    return answers.map((answer) => (answer.statusCode === 200 ? `200 ${answer.json().next}` : refusal(answer)))
  },
  expected: (caller, world) => {
    const own = eventsFor(caller, world).map(({ sequence }) => sequence)
    const around = [-2, -1, 0, 1, 2, 1_000].map((by) => world.head + by)
    const holds = (after: number) => after <= stepBefore(world.head) || own.includes(after)
    return around.map((after) => (holds(after) ? `200 ${endOf(caller, world)}` : '409 events_position_unknown'))
  },
}

const head: Whole = {
  name: 'HEAD of the log',
  async whole(ask) {
    const { statusCode, payload } = await ask({ url: '/v1/events?limit=200', method: 'HEAD' })
    return `${statusCode} ${payload}`
  },
  expected: () => '200 ',
}

export const listEvents: Outlet = {
  needs: 'events:read',
  ways: [walked, ofEach, ...eventTypes.map(ofType), next, positions, head],
}

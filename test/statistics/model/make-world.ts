import { isDeepStrictEqual } from 'node:util'
import type { Api } from '../../support/start-api.ts'
import type { Dice } from './dice.ts'
import { type Drawn, drawMoment, drawRegion, drawReports, momentText, type Told } from './draw-reports.ts'
import { done, judges, posterOf, registerAskers } from './live.ts'
import { type Document, handlings, type ModelReport } from './model-report.ts'
import { dayAt, offices, zoneOf } from './places.ts'
import { words } from './words.ts'

/** A report on its way through its life, as it must stand by what was done to it. */
interface Living extends Drawn {
  id: string
  receivedAt: number
  status: string
  level: string
  verified: boolean
  isDuplicate: boolean
}

const hour = 3_600_000
const levels = ['regency', 'province', 'national']
const inFlight = 6
const nation = posterOf('00')
const because = 'Diperiksa bersama Bawaslu setempat.'

/**
 * Posts reports through the API and leads them through their lives.
 * @returns what the model knows of each; what the service keeps of them has been compared with what was done
 */
export async function makeWorld(api: Api, dice: Dice, many: number): Promise<ModelReport[]> {
  await registerAskers(api)
  const districts = await districtsOf(api)
  const living = await postAll(api, dice, drawReports(dice, many, districts))
  // What is done with each is drawn before anything is done, so that a seed does the same whatever comes first.
  const steps = living.map((report) => ({ report, act: drawLife(dice, report, districts) }))
  for (const receivedAt of new Set(living.map((report) => report.receivedAt))) {
    // All of a batch at one moment, whichever is done first.
    api.time.now = new Date(receivedAt + 1 + dice.below(30 * hour))
    const together = steps.filter(({ report }) => report.receivedAt === receivedAt)
    await inTurns(together, ({ report, act }) => act(api, report))
  }
  await linkSome(api, dice, living)
  return compareStored(living, await everyDocument(api))
}

async function districtsOf(api: Api): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>()
  for (const office of new Set(offices.filter((code) => code.length === 5))) {
    const page = await done(api, nation, { url: `/v1/regions?level=district&within=${office}&limit=3` })
    found.set(
      office,
      page.json().items.map(({ code }: { code: string }) => code),
    )
  }
  return found
}

/** Each office posts what happened in the order in which it did, some reports at a time. */
async function postAll(api: Api, dice: Dice, drawn: readonly Drawn[]): Promise<Living[]> {
  const living: Living[] = []
  for (const office of new Set(offices)) {
    const own = drawn.filter((each) => each.office === office)
    own.sort((a, b) => Date.parse(a.told.occurredAt) - Date.parse(b.told.occurredAt))
    while (own.length > 0) {
      const batch = own.splice(0, 5 + dice.below(40))
      const newest = Date.parse((batch.at(-1) as Drawn).told.occurredAt)
      api.time.now = new Date(newest + dice.below(40 * hour))
      living.push(...(await postBatch(api, office, batch)))
    }
  }
  return living
}

interface ItemResult {
  result: string
  report?: { id: string }
}

async function postBatch(api: Api, office: string, batch: readonly Drawn[]): Promise<Living[]> {
  const body = batch.map(({ told }) => told)
  const answer = await done(api, posterOf(office), { method: 'POST', url: '/v1/reports/batch', body })
  const level = levels[office === '00' ? 2 : office.length === 2 ? 1 : 0] as string
  const receivedAt = api.time.now.getTime()
  return answer.json().items.map((item: ItemResult, index: number) => {
    if (item.result !== 'created' || !item.report) throw new Error(JSON.stringify(item))
    const standing = { status: 'submitted', level, verified: false, isDuplicate: false }
    return { ...(batch[index] as Drawn), ...standing, id: item.report.id, receivedAt }
  })
}

type Act = (api: Api, report: Living) => Promise<void>

/** What becomes of a report: a correction or none, and then a way through the table of its life. */
function drawLife(dice: Dice, drawn: Living, districts: Map<string, string[]>): Act {
  const patch = dice.oneIn(10) ? drawPatch(dice, drawn, districts) : undefined
  const verbs = dice.pick(lives)
  return async (api, report) => {
    if (patch) await correct(api, report, patch)
    for (const verb of verbs) await move(api, report, verb)
  }
}

type Verb = 'withdraw' | 'verify' | 'reject' | 'escalate' | 'return' | 'close' | 'reopen'
const lives: readonly (readonly Verb[])[] = [
  ...Array.from({ length: 18 }, () => []),
  ...Array.from({ length: 7 }, (): Verb[] => ['verify']),
  ['reject'],
  ['reject'],
  ['withdraw'],
  ['withdraw'],
  ['reject', 'reopen'],
  ['verify', 'escalate'],
  ['verify', 'escalate'],
  ['verify', 'escalate', 'escalate'],
  ['verify', 'escalate', 'return'],
  ['verify', 'escalate', 'close'],
  ['verify', 'close'],
  ['verify', 'close', 'reopen'],
]

function drawPatch(dice: Dice, { office, told }: Living, districts: Map<string, string[]>): Partial<Told> {
  const { location } = told
  const regionCode = drawRegion(dice, office, districts)
  return dice.pick<Partial<Told>>([
    { severity: dice.pick(words.severity) },
    { location: { ...location, regionCode } },
    { occurredAt: momentText(dice, drawMoment(dice, location.regionCode), location.regionCode) },
    { handling: handlings[Math.min(3, handlings.indexOf(told.handling as 'secret') + 1)] as string },
  ])
}

async function correct(api: Api, report: Living, patch: Partial<Told>): Promise<void> {
  const request = {
    method: 'PATCH',
    url: `/v1/reports/${report.id}`,
    body: patch,
    headers: { 'if-match': '*' },
  } as const
  await done(api, posterOf(report.office), request)
  report.told = { ...report.told, ...patch }
}

/** Does what a verb says, where it leads anywhere. */
async function move(api: Api, report: Living, verb: Verb): Promise<void> {
  const rank = levels.indexOf(report.level)
  const posted = levels.indexOf(
    report.office === '00' ? 'national' : report.office.length === 2 ? 'province' : 'regency',
  )
  if (verb === 'escalate' && rank === 2) return
  if (verb === 'return' && (rank === posted || report.status !== 'escalated')) return
  const holder = [report.office, report.office.slice(0, 2), '00'][rank] as string
  const by = {
    withdraw: report.office,
    verify: '00',
    reject: '00',
    reopen: '00',
    escalate: holder,
    return: holder,
    close: holder,
  }
  const judge = verb === 'verify' || verb === 'reject' ? judges : posterOf(by[verb])
  const body = verb === 'close' ? { outcome: because } : { reason: because }
  const url = `/v1/reports/${report.id}/${verb}`
  await done(api, judge, { method: 'POST', url, body, headers: { 'if-match': '*' } })
  report.verified ||= verb === 'verify'
  report.level = levels[rank + (verb === 'escalate' ? 1 : verb === 'return' ? -1 : 0)] as string
  const next: Record<Verb, string> = {
    ...{ withdraw: 'withdrawn', verify: 'verified', reject: 'rejected', escalate: 'escalated', return: 'escalated' },
    ...{ close: 'closed', reopen: report.verified ? 'verified' : 'submitted' },
  }
  report.status = next[verb]
}

/** Some are duplicates, others a part of something; some are found to be neither again. */
async function linkSome(api: Api, dice: Dice, living: readonly Living[]): Promise<void> {
  const originals = new Set<Living>()
  const links: { report: Living; body: { type: string; target: string } }[] = []
  const rank = ({ told }: Living) => (handlings as readonly string[]).indexOf(told.handling)
  for (const report of dice.some(living, living.length / 8)) {
    const fits = (other: Living) =>
      other !== report && other.verified && !other.isDuplicate && other.told.exercise === report.told.exercise
    const candidates = living.filter((other) => fits(other) && rank(other) <= rank(report))
    if (originals.has(report) || candidates.length === 0) continue
    const original = dice.pick(candidates)
    const type = dice.oneIn(5) ? 'part_of' : 'duplicate_of'
    links.push({ report, body: { type, target: original.id } })
    if (type === 'duplicate_of') report.isDuplicate = true
    if (type === 'duplicate_of') originals.add(original)
  }
  await inTurns(links, async ({ report, body }) => {
    const url = `/v1/reports/${report.id}/links`
    await done(api, nation, { method: 'POST', url, body, headers: { 'if-match': '*' } })
  })
}

async function everyDocument(api: Api): Promise<Map<string, Document>> {
  const found = new Map<string, Document>()
  let cursor = ''
  do {
    const page = (await done(api, nation, { url: `/v1/reports?fields=*&limit=200${cursor}` })).json()
    for (const document of page.items) found.set(document.id, document)
    cursor = page.next === null ? '' : `&cursor=${page.next}`
  } while (cursor !== '')
  return found
}

/** @throws where a report is not kept as it was told and led: nothing could be compared with it */
function compareStored(living: readonly Living[], documents: Map<string, Document>): ModelReport[] {
  if (documents.size !== living.length) throw new Error(`${living.length} were posted, ${documents.size} are listed`)
  return living.map(({ id, told, receivedAt, status, level, isDuplicate }) => {
    const document = documents.get(id)
    if (!document) throw new Error(`${id} is not listed`)
    const region = told.location.regionCode
    const occurredAt = Date.parse(told.occurredAt)
    const day = dayAt(region, occurredAt)
    const place = document.classification.region
    const kept = { ...told, occurredAt: new Date(occurredAt).toISOString(), status, level }
    const shown = Object.fromEntries(Object.keys(kept).map((name) => [name, document[name]]))
    const times = [place.localDate, place.timeZone, Date.parse(document.receivedAt)]
    if (!isDeepStrictEqual(shown, kept) || !isDeepStrictEqual(times, [day, zoneOf(region), receivedAt]))
      throw new Error(`${JSON.stringify({ kept, day })} is kept as ${JSON.stringify(document)}`)
    const dueAt = document.dueAt === null ? null : Date.parse(document.dueAt)
    return { document, region, occurredAt, receivedAt, dueAt, day, isDuplicate }
  })
}

async function inTurns<Item>(items: readonly Item[], act: (item: Item) => Promise<void>): Promise<void> {
  const left = [...items]
  const one = async () => {
    for (let item = left.shift(); item; item = left.shift()) await act(item)
  }
  await Promise.all(Array.from({ length: inFlight }, one))
}

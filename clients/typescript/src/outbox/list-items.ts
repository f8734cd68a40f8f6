import { OutboxError } from './errors.ts'
import { type Folders, type Place, type Placed, type State, states } from './folders.ts'
import { Damaged, type Item, itemIn } from './item.ts'
import { traceOf } from './names.ts'

/** A file in which no item can be read. */
export interface DamagedFile {
  file: string
  reason: string
}

export interface Listing extends Record<State, Item[]> {
  /** Set aside, or about to be. */
  damaged: DamagedFile[]
}

export type Found = { state: State; item: Item } | DamagedFound

/** A file in which no item can be read, and where it lies. */
export interface DamagedFound extends DamagedFile {
  state: 'damaged'
  place: Place
  text: string
}

export async function listItems(folders: Folders): Promise<Listing> {
  const listing: Listing = { waiting: [], attaching: [], refused: [], discarded: [], sent: [], damaged: [] }
  for (const state of states) {
    const { names, strange } = await folders.list(state)
    // What was discarded stays as it is.
    if (state !== 'discarded')
      listing.damaged.push(...strange.map((file) => ({ file, reason: 'it is no file of the outbox' })))
    for (const { id } of names) await readInto(listing, folders, { state, id })
  }
  for (const file of await folders.damaged()) {
    const found = await readDamaged(folders, 'damaged', file)
    if (found) listing.damaged.push({ file, reason: found.reason })
  }
  const { sent, discarded, refused, attaching } = listing
  const moved = new Set([...sent, ...discarded, ...refused, ...attaching].map(({ id }) => id))
  return { ...listing, waiting: listing.waiting.filter(({ id }) => !moved.has(id)) }
}

async function readInto(listing: Listing, folders: Folders, { state, id }: { state: State; id: string }) {
  try {
    const item = await folders.read(state, id)
    if (item) listing[state].push(item)
  } catch (error) {
    if (!(error instanceof Damaged)) throw error
    // Somebody discarded it as it was.
    if (state !== 'discarded') listing.damaged.push({ file: `${id}.json`, reason: error.message })
  }
}

/** @returns undefined when it is not there any more; without text where that cannot be read */
async function readDamaged(folders: Folders, place: Place, file: string): Promise<DamagedFound | undefined> {
  const found = { state: 'damaged', place, file } as const
  try {
    const text = await folders.textIn(place, file)
    return text === undefined ? undefined : { ...found, text, reason: reasonOf(file, text) }
  } catch (error) {
    if (!(error instanceof Damaged)) throw error
    return { ...found, text: '', reason: error.message }
  }
}

/** What is wrong with a file that was set aside. */
function reasonOf(file: string, text: string): string {
  try {
    itemIn(file, text)
    return 'it was set aside, and can be read'
  } catch (error) {
    if (!(error instanceof Damaged)) throw error
    return error.message
  }
}

export async function findItem(folders: Folders, given: string): Promise<Found> {
  const { placed } = await folders.all()
  const ids = new Set(placed.filter((name) => isMeant(name, given)).map(({ id }) => id))
  if (ids.size > 1) throw ambiguous(given, ids)
  const [id] = ids.size === 1 ? ids : await idsOfReference(folders, placed, given)
  if (id !== undefined) {
    // The most final file of an item comes last.
    for (const state of [...states].reverse()) {
      const found = await readPlaced(folders, state, id)
      if (found) return found
    }
  }
  for (const file of await folders.damaged()) {
    if (file !== given && file !== `${given}.json` && Number(/^\d{9}/.exec(file)?.[0]) !== Number(given)) continue
    const found = await readDamaged(folders, 'damaged', file)
    if (found) return found
  }
  throw new OutboxError('item_unknown', `There is no item ${given} in this outbox`)
}

/** Its id, or its place in the queue as a number. */
function isMeant({ id, sequence }: Placed, given: string): boolean {
  return id === given || `${id}.json` === given || (/^\d{1,9}$/.test(given) && sequence === Number(given))
}

async function idsOfReference(folders: Folders, placed: readonly Placed[], reference: string): Promise<string[]> {
  const ids = new Set<string>()
  const trace = traceOf(reference)
  for (const { state, id } of placed.filter((one) => one.trace === trace)) {
    const found = await readPlaced(folders, state, id)
    if (found?.state !== 'damaged' && found?.item.clientReference === reference) ids.add(id)
  }
  if (ids.size > 1) throw ambiguous(reference, ids)
  return [...ids]
}

async function readPlaced(folders: Folders, state: State, id: string): Promise<Found | undefined> {
  try {
    const item = await folders.read(state, id)
    return item && { state, item }
  } catch (error) {
    if (!(error instanceof Damaged)) throw error
    const found = await readDamaged(folders, state, `${id}.json`)
    return found && { ...found, reason: error.message }
  }
}

function ambiguous(given: string, ids: Iterable<string>): OutboxError {
  return new OutboxError('item_ambiguous', `${given} is several items, say which: ${[...ids].join(', ')}`)
}

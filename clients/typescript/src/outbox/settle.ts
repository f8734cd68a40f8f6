import { unlessUnwritable } from './errors.ts'
import { type Folders, type Placed, type State, states } from './folders.ts'
import { Damaged } from './item.ts'
import { type Run, setAside } from './run.ts'

const day = 86_400_000

/** Which of two files of one item tells the truth: each move writes the new file before it removes the old one. */
const finality: Record<State, number> = { waiting: 0, refused: 1, discarded: 2, attaching: 3, sent: 4 }

/**
 * Ends what crashes left between two steps, and clears what has had its time.
 * @returns what the disk would not let go although it is over, by folder and id: it must not be sent
 */
export async function settle(
  folders: Folders,
  { now, keepDays }: { now: Date; keepDays: number },
): Promise<Set<string>> {
  const over = new Set<string>()
  const drop = async ({ state, id }: Placed) => {
    await folders.remove(state, id).catch((error: unknown) => {
      unlessUnwritable(error)
      over.add(`${state}/${id}`)
    })
  }
  const { placed, highest } = await folders.all()
  const rest = await removeReplaced(folders, await removeDoubles(folders, placed, drop), drop)
  await prune(folders, { placed: rest, highest, before: now.getTime() - keepDays * day }).catch(unlessUnwritable)
  await clear(folders, rest, now.getTime()).catch(unlessUnwritable)
  return over
}

type Drop = (one: Placed) => Promise<void>

async function removeDoubles(folders: Folders, placed: Placed[], dropped: Drop): Promise<Placed[]> {
  const last = new Map<string, Placed>()
  for (const one of placed) {
    const other = last.get(one.id)
    const [keep, drop] = other && finality[other.state] > finality[one.state] ? [other, one] : [one, other]
    if (drop && (await isWhole(folders, keep))) await dropped(drop)
    last.set(one.id, keep)
  }
  return [...last.values()]
}

/** Items that were edited or queued again and still have their old file: those of one reference, which are few. */
async function removeReplaced(folders: Folders, placed: Placed[], drop: Drop): Promise<Placed[]> {
  const traces = new Map<string, Placed[]>()
  for (const one of placed) traces.set(one.trace, [...(traces.get(one.trace) ?? []), one])
  const gone = new Set<Placed>()
  for (const same of traces.values()) {
    if (same.length < 2) continue
    for (const { state, id } of same) {
      const { replaces } = (await folders.read(state, id).catch(unlessDamaged)) ?? {}
      const old = same.find((other) => other.id === replaces)
      // What had arrived after all stands, and its files follow.
      if (!old || (await folders.read(old.state, old.id).catch(unlessDamaged))?.sent) continue
      await drop(old)
      gone.add(old)
    }
  }
  return placed.filter((one) => !gone.has(one))
}

interface Pruning {
  placed: Placed[]
  highest: number
  before: number
}

/** Archives end after a time, but the highest place in the queue is kept so that none is given twice. */
async function prune(folders: Folders, { placed, highest, before }: Pruning): Promise<void> {
  const filesIn = (of: State) =>
    placed.filter(({ state, sequence }) => state === of && sequence !== highest).map(({ id }) => `${id}.json`)
  const isOld = async (state: State, file: string) => ((await folders.changedAt(state, file)) ?? before) < before
  for (const file of [...filesIn('discarded'), ...(await folders.list('discarded')).strange])
    if (await isOld('discarded', file)) await folders.removeFile('discarded', file)
  for (const file of filesIn('sent')) {
    // They were sent in their order, so that none behind is older.
    if (!(await isOld('sent', file))) break
    await folders.removeFile('sent', file)
  }
}

/** Bytes belong to items that are not sent, be they damaged. */
async function clear(folders: Folders, placed: readonly Placed[], now: number): Promise<void> {
  const owners = new Set(placed.filter(({ state }) => state !== 'sent').map(({ id }) => id))
  for (const file of await folders.damaged()) owners.add(file.replace(/\.json.*$/, ''))
  await folders.files.clear(now, (id) => owners.has(id))
}

async function isWhole(folders: Folders, { state, id }: Placed): Promise<boolean> {
  return (await folders.read(state, id).catch(unlessDamaged)) !== undefined
}

function unlessDamaged(error: unknown): undefined {
  if (!(error instanceof Damaged)) throw error
}

/** Sets aside the files that nobody here named. */
export async function setStrangeAside(run: Pick<Run, 'folders' | 'stuck' | 'tell'>): Promise<void> {
  for (const state of states) {
    if (state === 'discarded') continue
    for (const file of (await run.folders.list(state)).strange)
      await setAside(run, state, file, 'it is no file of the outbox')
  }
}

import type { Folders } from './folders.ts'
import type { Item } from './item.ts'
import type { Found } from './list-items.ts'
import type { Queued } from './queue-report.ts'

type Standing = Exclude<Found, { state: 'damaged' }>

/** An item whose report has arrived, and not all of its files. */
export function standingIn(found: Found): Standing | undefined {
  return found.state !== 'damaged' && found.state !== 'sent' && found.item.sent ? found : undefined
}

/** Sends the files that were refused once more. */
export async function attachAgain(folders: Folders, { item, state }: Standing): Promise<Queued> {
  if (state === 'attaching') return { item, state, isNew: false }
  const files = item.files?.map(({ refused: _refused, ...file }) => file)
  const again = { ...item, ...(files && { files }) }
  await folders.put('attaching', again)
  await folders.remove(state, item.id)
  return { item: again, state: 'attaching', isNew: true }
}

/** Sends no more of its files. */
export async function giveUpFiles(folders: Folders, { item, state }: Standing, now: Date): Promise<void> {
  const refused = { at: now.toISOString(), reason: 'discarded' as const }
  const files = item.files?.map((file) => (file.sent ? file : { ...file, refused }))
  const { to, item: ended } = endOfAttaching({ ...item, ...(files && { files }) })
  if (to === state) return
  await folders.put(to, ended)
  await folders.remove(state, item.id)
  await folders.files.remove(item.id, files?.length ?? 0)
}

/** Where the way of an item ends of whose files all is known: with one that was refused it waits aside for a person. */
export function endOfAttaching(item: Item): { to: 'refused' | 'sent'; item: Item } {
  const { files = [] } = item
  if (files.some(({ refused }) => refused && refused.reason !== 'discarded')) return { to: 'refused', item }
  // A name may tell as much as a text does.
  return { to: 'sent', item: { ...item, files: files.map(({ name: _name, ...file }) => file) } }
}

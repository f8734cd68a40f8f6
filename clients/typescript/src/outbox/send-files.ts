import { createHash } from 'node:crypto'
import { endOfAttaching } from './attaching.ts'
import { unlessUnwritable } from './errors.ts'
import { readingFailed } from './folders.ts'
import { Damaged, type FileRefusal, type Item, isPending, type QueuedFile } from './item.ts'
import { judgeFile } from './judge.ts'
import { endOf, mayNotGoOn, namesToSend, noteOutcome, type Run, type RunEnd, readOrSetAside } from './run.ts'

/**
 * Sends the files of reports that have arrived, oldest first. A report that is queued meanwhile goes first, in the middle of a
 * file: what has arrived of that stays, and the rest follows.
 * @returns why the run ends; undefined when there is a report to be sent
 */
export async function sendFiles(run: Run): Promise<RunEnd | undefined> {
  const { names } = await run.folders.list('attaching')
  for (const { id } of names) {
    if (run.done.has(`attaching/${id}`)) continue
    const item = run.unwritten.of('attaching', id) ?? (await readOrSetAside(run, 'attaching', id))
    const end = item && (await sendFilesOf(run, item))
    if (end === 'overtaken') return undefined
    if (end) return end
    if (await isOvertaken(run)) return undefined
  }
  return { end: 'empty' }
}

async function sendFilesOf(run: Run, item: Item): Promise<RunEnd | 'overtaken' | undefined> {
  const files = [...(item.files ?? [])]
  for (const [at, file] of files.entries()) {
    if (!isPending(file)) continue
    const end = await mayNotGoOn(run)
    if (end) return end
    const outcome = await sendFile(run, item, { ...file, at })
    if (outcome === 'overtaken' || 'end' in outcome) return outcome
    files[at] = { ...file, ...outcome }
    const noted = await noteOutcome(run, { from: 'attaching', to: 'attaching', item: { ...item, files } })
    run.tell({ became: 'sent' in outcome ? 'attached' : 'file_refused', item, file: files[at], ...noted })
  }
  const { to, item: ended } = endOfAttaching({ ...item, files })
  const { unwritten } = await noteOutcome(run, { from: 'attaching', to, item: ended })
  if (to === 'sent' && !unwritten) await run.folders.files.remove(item.id, files.length).catch(unlessUnwritable)
}

type Outcome = Pick<Required<QueuedFile>, 'sent'> | Pick<Required<QueuedFile>, 'refused'>

async function sendFile(
  run: Run,
  item: Item,
  { name = 'file', sha256, at }: QueuedFile & { at: number },
): Promise<Outcome | RunEnd | 'overtaken'> {
  const { folders, service, call, signal, now } = run
  const refusal = (why: Omit<FileRefusal, 'at'>) => ({ refused: { at: now().toISOString(), ...why } })
  const bytes = await readBytes(run, item.id, at)
  if (bytes === 'unreadable') return refusal({ reason: 'file_unreadable' })
  if (bytes === undefined) return refusal({ reason: 'file_missing' })
  if (createHash('sha256').update(bytes).digest('hex') !== sha256) return refusal({ reason: 'file_changed' })
  const overtaking = new AbortController()
  const stops = signal ? AbortSignal.any([signal, overtaking.signal]) : overtaking.signal
  try {
    const { attachmentId } = await service.attachments.upload(item.sent?.reportId ?? '', bytes, {
      ...call,
      signal: stops,
      fileName: name,
      resumeStore: folders.files.uploads,
      onProgress: (arrived) => {
        run.moved(sha256, arrived)
        isOvertaken(run).then(
          (is) => is && overtaking.abort(),
          () => {},
        )
      },
    })
    return { sent: { at: now().toISOString(), attachmentId } }
  } catch (error) {
    if (signal?.aborted) return { end: 'aborted' }
    if (overtaking.signal.aborted) return 'overtaken'
    const judgement = judgeFile(error)
    if (judgement.means !== 'refused') return endOf(judgement)
    const { means: _means, ...why } = judgement
    return refusal(why)
  }
}

async function readBytes({ folders }: Run, id: string, at: number): Promise<Buffer | 'unreadable' | undefined> {
  try {
    return await folders.files.read(id, at)
  } catch (error) {
    if (readingFailed(error) instanceof Damaged) return 'unreadable'
    throw error
  }
}

async function isOvertaken(run: Run): Promise<boolean> {
  return (await namesToSend(run)).length > 0
}

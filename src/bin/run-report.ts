import { randomUUID } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { SubmitReport } from 'waspada-client'
import { keepSending, Outbox, type Queued, type RunEnd, type Sent } from 'waspada-client/outbox'
import type { OutboxPlace, ReportOptions } from './commands/report.ts'
import { EndedWith } from './ended-with.ts'
import { itemInWords, statusInWords, unwrittenInWords } from './outbox-in-words.ts'
import { flagOf, type MemberOptions, membersIn } from './report-members.ts'
import { toStderr } from './say.ts'
import { writeSecretFile } from './secret-file.ts'

type Asked = MemberOptions & ReportOptions

export async function composeReport(options: Asked): Promise<void> {
  const { report, attach } = await composed(options)
  const text = `${JSON.stringify(attach.length > 0 ? { ...report, attach } : report, null, 2)}\n`
  if (options.out === undefined) print(text)
  else await writeSecretFile(options.out, text)
}

export async function queueReport(options: Asked): Promise<void> {
  const { report, attach } = await composed(options)
  tellQueued(await (await open(options)).queue(report, { attach }), options.json)
}

export async function sendReports(options: ReportOptions): Promise<void> {
  // What only queues needs no client of the service.
  const { serviceOf } = await import('./report-service.ts')
  const service = await serviceOf(options)
  const outbox = await open(options)
  const counts = { sent: 0, refused: 0, attached: 0, file_refused: 0, damaged: 0 }
  const stop = new AbortController()
  const onSignal = () => stop.abort()
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, onSignal)
  const sending = {
    signal: stop.signal,
    tell: (sent: Sent) => {
      counts[sent.became] += 1
      print(`${itemInWords(sent)}\n`)
    },
  }
  const waiting = (end: RunEnd, ms: number) => {
    if (end.end === 'unreachable' || end.end === 'unwritten')
      toStderr(`${end.reason}; again in ${Math.ceil(ms / 1000)} s`)
  }
  try {
    const end = options.watch
      ? await keepSending(outbox, service, { ...sending, waiting })
      : await outbox.send(service, sending)
    endWith(end, counts)
  } finally {
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.off(name, onSignal)
  }
}

/** @throws EndedWith unless all that waited is sent */
function endWith(
  end: RunEnd,
  { sent, refused, attached, file_refused, damaged }: Record<Sent['became'], number>,
): void {
  const files = attached + file_refused > 0 ? `; files: ${attached} sent, ${file_refused} refused` : ''
  toStderr(`${sent} sent, ${refused} refused, ${damaged} damaged${files}`)
  if (end.end === 'stopped') throw new EndedWith(1, `Nothing can be sent, and nothing is lost: ${end.reason}`)
  if (end.end === 'unreachable') throw new EndedWith(1, `${end.reason}; what waits is kept, send again later`)
  if (end.end === 'unwritten') throw new EndedWith(1, unwrittenInWords(end))
  if (end.end === 'busy') throw new EndedWith(1, 'Another process is sending from this outbox')
  if (refused + file_refused + damaged > 0)
    throw new EndedWith(3, 'Not everything was taken: waspada report status tells what was not')
}

export async function tellStatus(options: ReportOptions): Promise<void> {
  const outbox = await open(options)
  const listing = await outbox.list()
  print(options.json ? `${JSON.stringify(listing, null, 2)}\n` : statusInWords(outbox.folder, listing))
}

export async function showItem(given: string, options: OutboxPlace): Promise<void> {
  const found = await (await open(options)).find(given)
  if (found.state === 'damaged') toStderr(`${found.file} is damaged: ${found.reason}`)
  print(
    found.state === 'damaged'
      ? `${found.text}\n`
      : `${JSON.stringify({ state: found.state, ...found.item }, null, 2)}\n`,
  )
}

export async function editItem(given: string, options: Asked): Promise<void> {
  const outbox = await open(options)
  const found = await outbox.find(given)
  const base = found.state === 'damaged' ? {} : (found.item.report ?? {})
  const { attach: inFile, ...members } = await membersIn(options, base)
  const attach = await attachedBy(options, inFile)
  tellQueued(
    await outbox.edit(given, await checked(members), { attach, ...(options.detach && { detach: options.detach }) }),
  )
}

export async function requeueItems(items: string[], options: OutboxPlace): Promise<void> {
  const outbox = await open(options)
  for (const item of items) tellQueued(await outbox.requeue(item))
}

export async function discardItems(items: string[], options: OutboxPlace): Promise<void> {
  const outbox = await open(options)
  for (const item of items) {
    const { id, mayHaveArrived } = await outbox.discard(item)
    print(`Discarded ${id}.${mayHaveArrived ? ' If it was under way, it may have arrived all the same.' : ''}\n`)
  }
}

/** A report that has a reference was composed before, and stays as it is: queued again, it is the same report. */
async function composed(options: Asked): Promise<{ report: SubmitReport; attach: string[] }> {
  const { attach: inFile, ...given } = await membersIn(options)
  if (Object.keys(given).length === 0)
    throw new EndedWith(2, 'There is no report: say it by --file, or by its members, which --help names')
  const attach = await attachedBy(options, inFile)
  if (given.clientReference !== undefined && given.clientReference !== null)
    return { report: await checked(given), attach }
  const made = { clientReference: `outbox-${randomUUID()}`, composedAt: new Date().toISOString() }
  return { report: await checked({ ...made, ...given, clientReference: made.clientReference }), attach }
}

/**
 * The files that a composed report names, and those of flags.
 * @throws Error in words for a file that is not there, or cannot be sent by its size
 */
async function attachedBy(options: Asked, inFile: unknown = []): Promise<string[]> {
  if (!Array.isArray(inFile) || inFile.some((file) => typeof file !== 'string'))
    throw new Error('attach in the report is no list of files')
  const files: string[] = [...inFile, ...(options.attach ?? [])]
  for (const file of files) {
    const found = await stat(file).catch(() => undefined)
    if (!found?.isFile()) throw new Error(`${file} is no file`)
    if (found.size < 1 || found.size > 26_214_400)
      throw new Error(`${file} has ${found.size} bytes, and a file has 1 to 26214400`)
  }
  return files.map((file) => resolve(file))
}

/** @throws Error that names each bad member */
async function checked(report: Record<string, unknown>): Promise<SubmitReport> {
  // The validator takes longer to load than all the rest.
  const { faultsOf } = await import('waspada-client/check-report')
  const faults = faultsOf(report).map(({ pointer, detail }) => {
    const flag = flagOf(pointer)
    return `\n  ${pointer || 'the report'} ${detail}${flag ? ` (${flag})` : ''}`
  })
  if (faults.length > 0) throw new Error(`The report is not what the service takes:${faults.join('')}`)
  return report as unknown as SubmitReport
}

function tellQueued({ item, state, isNew }: Queued, asJson?: true): void {
  const { id, clientReference } = item
  if (asJson) print(`${JSON.stringify({ id, clientReference, state, isNew })}\n`)
  else
    print(
      isNew ? `Queued as ${id}, reference ${clientReference}.\n` : `${id} is this very report already (${state}).\n`,
    )
}

async function open({ outbox, keepDays }: OutboxPlace & { keepDays?: number }): Promise<Outbox> {
  try {
    return await Outbox.open(outbox, keepDays === undefined ? {} : { keepDays })
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (['EEXIST', 'ENOTDIR'].includes(code)) throw new Error(`${outbox} is no folder: name one by --outbox`)
    if (['EACCES', 'EPERM', 'EROFS'].includes(code)) throw new Error(`This account may not write in ${outbox}`)
    throw error
  }
}

function print(text: string): void {
  process.stdout.write(text)
}

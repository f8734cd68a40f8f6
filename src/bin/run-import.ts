import { readFile } from 'node:fs/promises'
import { FileRefused } from '../import/columns.ts'
import { checkFile, importFile } from '../import/import-file.ts'
import { atStart, type Progress, ProgressFile, sha256Of } from '../import/progress-file.ts'
import { readRows } from '../import/read-file.ts'
import { RefusedFile } from '../import/refused-file.ts'
import { Service } from '../import/service.ts'
import { csvTemplate, xlsxTemplate } from '../import/template.ts'
import { ClientCredentials, fixedToken, type TokenSource } from '../import/tokens.ts'
import { loadIncidentTypes } from '../incident-types/incident-type.ts'
import type { ImportOptions } from './commands/import.ts'
import { ProgressLine } from './progress-line.ts'
import type { toStderr } from './say.ts'

interface Surroundings {
  /** WASPADA_TOKEN. */
  token: string | undefined
  say: typeof toStderr
}

/** @throws Error when any row was refused, or the import could not go on */
export async function runImport(file: string, options: ImportOptions, { token, say }: Surroundings): Promise<void> {
  const url = options.url.replace(/\/+$/, '')
  const tokens = await tokenSource(options, url, token)
  const line = new ProgressLine(process.stderr)
  const { language, attempts } = options
  const waiting = (reason: string, seconds: number) => line.note(`${reason}; again in ${Math.ceil(seconds)} s`)
  const service = new Service({ url, tokens, language, attempts, waiting })
  try {
    if (options.dryRun) await check(file, options, service, line)
    else await store(file, options, { service, url, line, say })
  } catch (error) {
    throw error instanceof FileRefused ? new Error(`${file}: ${error.message}`, { cause: error.cause }) : error
  } finally {
    line.end()
  }
}

async function tokenSource(options: ImportOptions, url: string, token: string | undefined): Promise<TokenSource> {
  const { clientId, secretFile, tokenFile } = options
  if (clientId !== undefined && secretFile !== undefined)
    return new ClientCredentials(url, clientId, (await readFile(secretFile, 'utf8')).trim())
  return fixedToken((tokenFile === undefined ? (token ?? '') : await readFile(tokenFile, 'utf8')).trim())
}

async function check(file: string, options: ImportOptions, service: Service, line: ProgressLine): Promise<void> {
  await service.office()
  const onRefused = ({ row, column, problem }: { row: number; column: string; problem: string }) =>
    process.stdout.write(`row ${row}${column === '' ? '' : `, column ${column}`}: ${problem}\n`)
  const onProgress = (row: number) => line.show(`row ${row} is checked`)
  const { rows, refused } = await checkFile(readRows(file, options), { service, onRefused, onProgress })
  if (refused > 0) throw new Error(`${refused} of ${rows} rows would be refused; nothing was stored`)
  line.note(`all ${rows} rows would be stored; nothing was stored`)
}

interface Storing {
  service: Service
  url: string
  line: ProgressLine
  say: typeof toStderr
}

async function store(file: string, options: ImportOptions, { service, url, line, say }: Storing): Promise<void> {
  const office = await service.office()
  const { sheet = null, offset = null, delimiter = null } = options
  const reading = { sheet, offset, delimiter }
  const progressFile = new ProgressFile(file, { sha256: await sha256Of(file), url, office, reading })
  const stopped = options.fromStart ? atStart : await progressFile.read()
  // Whoever took the file of refused rows away would miss those before: they are told again.
  const from = (await RefusedFile.holds(file, stopped.refusedBytes)) ? stopped : atStart
  if (from.row > 0) say(`goes on behind row ${from.row}, where an import of this file stopped`)
  const refusals = new RefusedFile(file, from.refusedBytes)
  const onProgress = (progress: Progress) => line.show(`row ${progress.row}: ${inWords(progress)}`)
  const done = await importFile(readRows(file, options), from, { service, progressFile, refusals, onProgress }).finally(
    () => refusals.close(),
  )
  await progressFile.remove()
  line.end()
  say(inWords(done))
  if (done.counts.refused > 0) throw new Error(`${done.counts.refused} rows were refused; they are in ${refusals.path}`)
}

function inWords({ counts: { created, replayed, refused } }: Progress): string {
  return `${created} stored, ${replayed} stood already, ${refused} refused`
}

/** Onto standard output: a header with an example. */
export async function writeTemplate({ template, delimiter }: ImportOptions): Promise<void> {
  if (template !== 'xlsx') return void process.stdout.write(csvTemplate(delimiter ?? ','))
  const types = await loadIncidentTypes()
  process.stdout.write(await xlsxTemplate([...types.values()].map(({ code }) => code)))
}

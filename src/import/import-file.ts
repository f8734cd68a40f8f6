import { batchesOf } from './batches.ts'
import type { Progress, ProgressFile } from './progress-file.ts'
import { refusedCells } from './refused-cells.ts'
import type { RefusedCell } from './refused-file.ts'
import type { FileRow } from './row.ts'
import { SeenReferences } from './seen-references.ts'
import type { LineResult, Service } from './service.ts'

/** Batches under way at once: while one travels, another is stored. */
const underWay = 3

/** Where refused rows are told. */
export interface Refusals {
  add(cells: readonly RefusedCell[]): Promise<void>
  readonly bytes: number
}

interface Import {
  service: Service
  progressFile: ProgressFile
  refusals: Refusals
  /** Told after each batch. */
  onProgress(progress: Progress): void
}

/**
 * Sends the rows of a file that come after those that were answered before. Rows are answered in their order, whatever the network
 * does, so that the progress file never claims a row that was not. A refused row stops no other.
 */
export async function importFile(
  rows: AsyncIterable<FileRow>,
  from: Progress,
  { service, progressFile, refusals, onProgress }: Import,
): Promise<Progress> {
  let progress = from
  const settle = async ({ batch, answers }: Sent) => {
    const results = await answers
    const cells = batch.flatMap((row) => refusedCells(row, results.get(row)))
    await refusals.add(cells)
    progress = advanced(progress, batch, results, refusals.bytes)
    await progressFile.write(progress)
    onProgress(progress)
  }
  await inOrder(batchesOf(after(rows, from.row)), (batch) => answersTo(service, batch), settle)
  return progress
}

/** Names every bad cell of a file and stores nothing. @returns how many rows were read and how many refused */
export async function checkFile(
  rows: AsyncIterable<FileRow>,
  {
    service,
    onRefused,
    onProgress,
  }: { service: Service; onRefused(cell: RefusedCell): void; onProgress(row: number): void },
): Promise<{ rows: number; refused: number }> {
  const counts = { rows: 0, refused: 0 }
  const seen = new SeenReferences()
  await inOrder(
    batchesOf(rows),
    async (batch) =>
      pairs(
        batch,
        await service.submit(
          batch.map(({ line }) => line),
          true,
        ),
      ),
    async ({ batch, answers }) => {
      const results = await answers
      for (const row of batch) {
        const cells = [...refusedCells(row, results.get(row)), ...seen.again(row, results.get(row))]
        counts.rows += 1
        if (cells.length > 0) counts.refused += 1
        for (const cell of cells) onRefused(cell)
        onProgress(row.row)
      }
    },
  )
  return counts
}

type Answers = Map<FileRow, LineResult>
interface Sent {
  batch: FileRow[]
  answers: Promise<Answers>
}

/** Some are under way at once; each is settled in its turn. */
async function inOrder(
  batches: AsyncIterable<FileRow[]>,
  send: (batch: FileRow[]) => Promise<Answers>,
  settle: (sent: Sent) => Promise<void>,
): Promise<void> {
  const sent: Sent[] = []
  for await (const batch of batches) {
    const answers = send(batch)
    // Heard of in its turn.
    answers.catch(() => {})
    sent.push({ batch, answers })
    const [first] = sent
    if (first && sent.length >= underWay) await settle(first).then(() => sent.shift())
  }
  for (const each of sent) await settle(each)
}

/** A row with a fault of its own is not sent: what the service cannot see it would store. */
async function answersTo(service: Service, batch: readonly FileRow[]): Promise<Answers> {
  const sendable = batch.filter(({ notes }) => notes.size === 0)
  if (sendable.length === 0) return new Map()
  return pairs(
    sendable,
    await service.submit(
      sendable.map(({ line }) => line),
      false,
    ),
  )
}

function pairs(rows: readonly FileRow[], results: readonly LineResult[]): Answers {
  return new Map(rows.map((row, index) => [row, results[index] as LineResult]))
}

async function* after(rows: AsyncIterable<FileRow>, last: number): AsyncGenerator<FileRow> {
  for await (const row of rows) if (row.row > last) yield row
}

function advanced(
  { counts, row }: Progress,
  batch: readonly FileRow[],
  results: Answers,
  refusedBytes: number,
): Progress {
  const sum = { ...counts }
  for (const each of batch) {
    const result = results.get(each)?.result
    if (result === 'created' || result === 'replayed') sum[result] += 1
    else sum.refused += 1
  }
  return { row: batch.at(-1)?.row ?? row, refusedBytes, counts: sum }
}

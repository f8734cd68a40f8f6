import type { Item, Listing, QueuedFile, Refusal, Sent } from 'waspada-client/outbox'

/** Receipts shown; the rest is counted. */
const shown = 5

export function itemInWords(sent: Sent): string {
  if (sent.became === 'damaged') return `damaged  ${sent.file}: ${sent.reason}`
  return `${outcomeInWords(sent)}${sent.unwritten ? '  (not written down: the disk takes nothing)' : ''}`
}

/** Why the outbox cannot write, and what that means for what was sent. */
export function unwrittenInWords({ reason, count }: { reason: string; count: number }): string {
  if (count === 0) return `${reason}; nothing is lost, make room and send again`
  return `${reason}: of ${count} it is not written down what became of them. Nothing is lost; make room and send again, which doubles nothing`
}

function outcomeInWords(sent: Exclude<Sent, { became: 'damaged' }>): string {
  const { id, clientReference, sent: receipt, refused } = sent.item
  if (sent.became === 'attached' || sent.became === 'file_refused')
    return `${sent.became === 'attached' ? 'attached' : 'refused '} ${id}  ${clientReference}${fileInWords(sent.file)}`
  if (refused) return `refused  ${id}  ${clientReference}\n${refusalInWords(refused)}`
  return `sent     ${id}  ${clientReference}  ${receipt?.number}${receipt?.replayed ? ' (stood already)' : ''}`
}

export function statusInWords(
  folder: string,
  { waiting, attaching, refused, discarded, sent, damaged }: Listing,
): string {
  const receipts = sent.slice(-shown).map(({ id, sent: receipt }) => `  ${id}  ${receipt?.number}  ${receipt?.at}`)
  const lines = [
    `${waiting.length} waiting`,
    ...waiting.flatMap(linesOf),
    ...(attaching.length > 0 ? [`${attaching.length} sent, with files that wait`, ...attaching.flatMap(linesOf)] : []),
    `${refused.length} refused`,
    ...refused.flatMap((item) => [...linesOf(item), ...(item.refused ? [refusalInWords(item.refused)] : [])]),
    `${damaged.length} damaged`,
    ...damaged.map(({ file, reason }) => `  ${file}: ${reason}`),
    `${sent.length} sent${sent.length > shown ? `, the last ${shown}:` : ''}`,
    ...receipts,
    `${discarded.length} discarded`,
    `in ${folder}`,
  ]
  return `${lines.join('\n')}\n`
}

function linesOf({ id, clientReference, queuedAt, report, sent, files = [] }: Item): string[] {
  const line = `  ${id}  ${clientReference}  ${queuedAt}  ${report?.subject ?? `stands as ${sent?.number}`}`
  return [line, ...files.map((file) => `  ${fileInWords(file)}`)]
}

function fileInWords({ name, size, sent, refused }: QueuedFile): string {
  const why = refused?.problem ? `${refused.reason}: ${refused.problem.detail}` : refused?.reason
  return `  ${name ?? ''} (${size} bytes)${sent ? ' sent' : ''}${refused ? ` refused: ${why}` : ''}`
}

function refusalInWords({ problem }: Refusal): string {
  const { status, code, title, detail, errors, existingId } = problem
  const faults = Array.isArray(errors) ? errors : []
  return [
    `    ${status} ${code}: ${title}. ${detail}`,
    ...faults.map(({ pointer, detail: fault }) => `    ${pointer ?? ''} ${fault}`),
    ...(existingId === undefined ? [] : [`    report ${existingId} stands under this reference`]),
  ].join('\n')
}

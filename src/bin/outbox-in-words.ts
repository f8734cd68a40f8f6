import type { Item, Listing, Refusal, Sent } from 'waspada-client/outbox'

/** Receipts shown; the rest is counted. */
const shown = 5

export function itemInWords(sent: Sent): string {
  if (sent.became === 'damaged') return `damaged  ${sent.file}: ${sent.reason}`
  const { id, clientReference, sent: receipt, refused } = sent.item
  if (refused) return `refused  ${id}  ${clientReference}\n${refusalInWords(refused)}`
  return `sent     ${id}  ${clientReference}  ${receipt?.number}${receipt?.replayed ? ' (stood already)' : ''}`
}

export function statusInWords(folder: string, { waiting, refused, discarded, sent, damaged }: Listing): string {
  const receipts = sent.slice(-shown).map(({ id, sent: receipt }) => `  ${id}  ${receipt?.number}  ${receipt?.at}`)
  const lines = [
    `${waiting.length} waiting`,
    ...waiting.map(lineOf),
    `${refused.length} refused`,
    ...refused.flatMap((item) => [lineOf(item), item.refused ? refusalInWords(item.refused) : '']),
    `${damaged.length} damaged`,
    ...damaged.map(({ file, reason }) => `  ${file}: ${reason}`),
    `${sent.length} sent${sent.length > shown ? `, the last ${shown}:` : ''}`,
    ...receipts,
    `${discarded.length} discarded`,
    `in ${folder}`,
  ]
  return `${lines.join('\n')}\n`
}

function lineOf({ id, clientReference, queuedAt, report }: Item): string {
  return `  ${id}  ${clientReference}  ${queuedAt}  ${report?.subject ?? ''}`
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

import { sql } from 'drizzle-orm'
import type { Actor } from '../audit/append-audit.ts'
import { statement } from '../database/statement.ts'
import type { Transaction } from '../database/transaction.ts'
import { appendReleaseEvent } from '../events/append-event.ts'
import type { ReportActors } from './queries.ts'

const { placeholder } = sql

type Content = Record<string, unknown>

interface Released extends Record<string, unknown> {
  id: string
  version: number
  status: string
  agencies: string[] | null
  releaseHandling: number
  contentHandling: number
  content: Content
}

const list = statement(
  'list_released_contents',
  sql`SELECT release_id AS id, version, status, agencies, release_handling AS "releaseHandling", content_handling AS "contentHandling", content
  FROM release_versions WHERE report_id = ${placeholder('reportId')} AND content IS NOT NULL ORDER BY release_id, version`,
)
const set = statement(
  'set_released_content',
  sql`UPDATE release_versions SET content = ${placeholder('content')}::jsonb
  WHERE release_id = ${placeholder('id')} AND version = ${placeholder('version')}`,
)

/**
 * Takes erased persons out of what was released of a report: versions that ended lose their content, and what is proposed or in
 * force each passage that says what the description of an erased person said. Agencies that read it are told that it changed.
 * @param descriptions of the erased persons
 * @returns of how many versions
 */
export async function eraseReleased(
  tx: Transaction,
  by: Actor,
  report: ReportActors,
  descriptions: readonly string[],
): Promise<number> {
  const released = await tx.run<Released>(list, { reportId: report.id })
  let touched = 0
  for (const version of released) {
    const { id, content, status } = version
    const stands = status === 'proposed' || status === 'published'
    const erased = stands ? withoutPassages(content, descriptions) : null
    if (erased === content) continue
    await tx.run(set, { id, version: version.version, content: erased && JSON.stringify(erased) })
    if (status === 'published') await tellAgencies(tx, by, report, version)
    touched += 1
  }
  return touched
}

async function tellAgencies(tx: Transaction, by: Actor, report: ReportActors, released: Released): Promise<void> {
  const { officeCode, provinceCode, regencyCode, id: reportId } = report
  const { id, version, agencies, releaseHandling, contentHandling: handling } = released
  await appendReleaseEvent(tx, {
    type: 'release.changed',
    subject: { id, version, officeCode, provinceCode, regencyCode, handling, reportId },
    audience: { agencies, handling: releaseHandling },
    caller: by,
    occurredAt: by.now,
  })
}

/** Members that are free text, and how short each may be. */
const shortest: Record<string, number> = {
  subject: 5,
  facts: 20,
  analysis: 1,
  prediction: 1,
  actionsTaken: 1,
  recommendation: 1,
  place: 1,
}
const mark = '[…]'

/**
 * The same content with a mark in place of each passage, in large or small letters; without a member of which too little is left.
 * A shorter description than the mark says nothing of a person.
 */
function withoutPassages(content: Content, descriptions: readonly string[]): Content {
  const passages = descriptions.map((text) => text.trim()).filter((text) => text.length >= mark.length)
  if (passages.length === 0) return content
  const longestFirst = passages.toSorted((one, other) => other.length - one.length).map(literally)
  const passage = new RegExp(`(?<![\\p{L}\\p{N}])(?:${longestFirst.join('|')})(?![\\p{L}\\p{N}])`, 'giu')
  const members = Object.entries(content).flatMap(([name, value]): [string, unknown][] => {
    const least = shortest[name]
    if (least === undefined || typeof value !== 'string') return [[name, value]]
    const left = value.replace(passage, mark)
    return left.length >= least ? [[name, left]] : []
  })
  const erased = Object.fromEntries(members)
  return JSON.stringify(erased) === JSON.stringify(content) ? content : erased
}

/** Any run of blanks stands for any other. */
function literally(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`).replaceAll(/\s+/g, String.raw`\s+`)
}

import { createHash } from 'node:crypto'
import { and, eq, isNotNull, isNull, sql } from 'drizzle-orm'
import { callerFor } from '../access/caller.ts'
import type { Context } from '../access/context.ts'
import { reached } from '../access/scope.ts'
import { handlingOf } from '../access/vocabulary.ts'
import { statement } from '../database/statement.ts'
import { DomainError } from '../errors.ts'
import type { ReleasedContent } from './content.ts'
import { releaseAudiences as a, releases as r } from './table.ts'

const { placeholder } = sql

/** A release as an agency reads it. */
export interface FoundRelease {
  id: string
  version: number
  /** JSON text of the wire. */
  document: string
  content: ReleasedContent
  /** Strong: erasure changes a release without a new version. */
  etag: string
}

interface Row extends Record<string, unknown> {
  id: string
  version: number
  handling: number
  releasedAt: Date
  firstReleasedAt: Date
  content: ReleasedContent
}

/** Whoever receives something is told to the audit with it, in one statement: at every handling, which version, and which agency. */
const find = statement(
  'find_release',
  sql`WITH found AS MATERIALIZED (
    SELECT ${r.id}, ${r.version}, ${r.handling}, ${r.releasedAt}, ${r.firstReleasedAt}, ${r.content} FROM ${r}
    WHERE ${and(eq(r.id, placeholder('id')), isNull(r.retractedAt), isNotNull(r.content), reached(r.agencies, r.handling))}
  ), told AS (
    INSERT INTO audit_entries (id, occurred_at, action, operation, client_id, actor, agency, request_id, resource_type, resource_id,
      resource_version, handling, details)
    SELECT gen_random_uuid(), ${placeholder('now')}::timestamptz, ${placeholder('action')}::text, ${placeholder('operation')}::text,
      current_setting('waspada.client'), current_setting('waspada.actor'), current_setting('waspada.agency'),
      ${placeholder('requestId')}::text, 'release', id::text, version, handling,
      CASE WHEN ${placeholder('file')}::text IS NOT NULL THEN json_build_object('attachment', ${placeholder('file')}::text) END
    FROM found WHERE ${placeholder('file')}::text IS NULL
      OR content -> 'attachments' @> jsonb_build_array(jsonb_build_object('id', ${placeholder('file')}::text))
  ) SELECT id, version, handling, released_at AS "releasedAt", first_released_at AS "firstReleasedAt", content FROM found`,
)

const wasReached = statement(
  'was_reached_by_release',
  sql`SELECT true FROM ${a} WHERE ${and(eq(a.releaseId, placeholder('id')), reached(a.agencies, a.handling))} LIMIT 1`,
)

/**
 * A release that reaches the calling agency, in the version in force.
 * @param file id of the attachment that is read, null for the release itself
 * @throws DomainError release_retracted for an agency that a version reached and none does now, release_not_found for others
 */
export async function findRelease(context: Context, id: string, file: string | null = null): Promise<FoundRelease> {
  const { db, now, trace } = context
  const caller = callerFor(context.caller, 'releases:read')
  const whose = { id, agency: caller.agency, clearance: caller.scope.clearance }
  const told = { now, operation: trace.operation, requestId: trace.requestId }
  const action = file === null ? 'release.read' : 'release.file_read'
  return db.transaction(caller, async (tx) => {
    const [row] = await tx.run<Row>(find, { ...whose, ...told, action, file: file?.toLowerCase() ?? null })
    if (row) return foundRelease(row)
    const before = await tx.run(wasReached, whose)
    throw new DomainError(before.length > 0 ? 'release_retracted' : 'release_not_found', { id })
  })
}

function foundRelease({ id, version, handling, releasedAt, firstReleasedAt, content }: Row): FoundRelease {
  const view = { id, version, handling: handlingOf(handling), releasedAt, firstReleasedAt, content }
  const document = JSON.stringify(view)
  const digest = createHash('sha256').update(document).digest('hex').slice(0, 16)
  return { id, version, document, content, etag: `"${id}.${version}.${digest}"` }
}

import { callerFor } from '../access/caller.ts'
import type { Context } from '../access/context.ts'
import { actorOf, appendAudit } from '../audit/append-audit.ts'
import { tellNotFound } from '../audit/tell-not-found.ts'
import type { Transaction } from '../database/transaction.ts'
import { DomainError } from '../errors.ts'
import { once } from '../idempotency/once.ts'
import { changeReport, changeStatement } from '../reports/change-report.ts'
import { assertLink, assertMayLink } from './link-rules.ts'
import { lockBoth } from './lock-both.ts'
import { findLink, findLinksBetween, insertLink, type LinkRow } from './queries.ts'
import type { LinkReport } from './schemas.ts'

/** A link of the report in the version that the caller has read. */
export interface NewLink extends LinkReport {
  /** The report that is the duplicate, the part or the follower. */
  id: string
  /** ETag of its version, or `*`. */
  ifMatch: string
  idempotencyKey: string | undefined
}

/** A link, and the version of its report that it made; null where it had been made before. */
export interface Made {
  link: LinkRow
  version: number | null
}

/** Sets `is_duplicate`, by which statistics leave the report out. */
export const markDuplicate = changeStatement('mark_duplicate', ['isDuplicate'])

/**
 * Links a report to another that the caller sees as well. The new version of the report does not name the other: whoever sees
 * the one need not see the other. A duplicate leaves the statistics.
 * @throws DomainError report_not_found, version_stale, body_invalid, not_in_charge, link_not_allowed, idempotency_conflict
 */
export async function linkReport(context: Context, given: NewLink): Promise<{ made: Made; replayed: boolean }> {
  const { type, reason = null, ifMatch, idempotencyKey } = given
  const [id, target] = [given.id.toLowerCase(), given.target.toLowerCase()]
  const by = { ...context, caller: callerFor(context.caller, 'reports:verify') }
  const linking = once<Made>(by, {
    operation: 'linkReport',
    key: idempotencyKey,
    content: { id, type, target, reason },
    create: (tx, _reference, linkId) => makeLink(tx, by, { linkId, id, type, target, reason, ifMatch }),
    async find(tx, linkId) {
      const link = await findLink(tx, by.caller.scope, linkId)
      return link && { link, version: null }
    },
  })
  return linking.catch(async (refusal) => {
    if (isUnknownTarget(refusal)) await tellNotFound(by, new DomainError('report_not_found'), { target })
    throw refusal
  })
}

/** The edge tells the audit what was asked for in the path and not found; this id stands in the body. */
function isUnknownTarget(refusal: unknown): boolean {
  return refusal instanceof DomainError && refusal.faults.some(({ code }) => code === 'report_unknown')
}

type Given = Pick<NewLink, 'id' | 'type' | 'target' | 'ifMatch'> & { linkId: string; reason: string | null }

async function makeLink(tx: Transaction, context: Context, given: Given): Promise<Made> {
  const { caller, now } = context
  const { linkId, type, reason } = given
  const { report, target } = await lockBoth(tx, caller, given)
  assertMayLink(caller.scope, report)
  const ends = { type, reportId: report.id, targetId: target.id }
  assertLink(type, report, target, await findLinksBetween(tx, caller.scope, ends))
  const link: LinkRow = { ...ends, id: linkId, reason, linkedAt: now, officeCode: caller.scope.region }
  const inserted = insertLink(tx, { ...link, report, target, clientId: caller.clientId, actor: caller.subject })
  const told = appendAudit(tx, actorOf(context), {
    action: 'link.added',
    resource: { type: 'link', id: linkId, handling: Math.max(report.handling, target.handling) },
    details: { ...ends },
  })
  const isDuplicate = report.isDuplicate || type === 'duplicate_of'
  const change = { action: 'linked', statement: markDuplicate, values: { isDuplicate }, reason: null } as const
  const [{ version }] = await Promise.all([changeReport(context, tx, report, change), inserted, told])
  return { link, version }
}

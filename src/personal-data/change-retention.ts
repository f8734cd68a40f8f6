import { handlingOf } from '../access/vocabulary.ts'
import { type Actor, appendAudit } from '../audit/append-audit.ts'
import type { WorkDoor } from '../database/work-door.ts'
import { listRetentionRules, setRetentionRule } from './queries.ts'
import type { RetentionKind, RetentionRule } from './retention.ts'

type Administrator = Actor & { clientId: `system:${string}` }

/** A rule of retention is set, or taken away: what it covered is kept from then on. */
export async function changeRetention(
  db: WorkDoor,
  by: Administrator,
  rule: { kind: RetentionKind; handling: number; keepDays: number | null },
): Promise<void> {
  await db.workAs('administrator', { client: by.clientId, actor: by.subject }, async (tx) => {
    await setRetentionRule(tx, rule)
    const { kind, handling, keepDays } = rule
    await appendAudit(tx, by, {
      action: 'retention.changed',
      resource: { type: 'retention_rule', id: `${kind}/${handlingOf(handling)}` },
      details: { keepDays },
    })
  })
}

/** The rules in force. */
export async function readRetention(db: WorkDoor, by: Administrator): Promise<RetentionRule[]> {
  return db.workAs('administrator', { client: by.clientId, actor: by.subject }, listRetentionRules)
}

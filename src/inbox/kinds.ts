import type { InboxKind } from './kind.ts'
import { escalation } from './kinds/escalation.ts'
import { flash } from './kinds/flash.ts'
import { overdue } from './kinds/overdue.ts'
import { question } from './kinds/question.ts'

/** What waits for an office, the most urgent kind first. */
export const inboxKinds = { flash, overdue, escalation, question } satisfies Record<string, InboxKind>
export type KindName = keyof typeof inboxKinds
export const kindNames = Object.keys(inboxKinds) as [KindName, ...KindName[]]

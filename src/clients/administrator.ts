import { callerFor } from '../access/caller.ts'
import type { Context } from '../access/context.ts'
import { handlingRank } from '../access/vocabulary.ts'
import { type Actor, actorOf } from '../audit/append-audit.ts'
import type { Database } from '../database/database.ts'
import type { Transaction } from '../database/transaction.ts'
import type { Office } from '../offices/office.ts'
import type { Reference } from '../reference/store.ts'
import { everything, type Reach } from './grants.ts'

/** What is in force during a transaction. */
export interface Standing {
  offices: ReadonlyMap<string, Office>
  reach: Reach
}

/** Who administers clients, by which door, and how far they reach. */
export interface Administrator {
  /** The client that they call with; null at the console. */
  clientId: string | null
  actor: Actor
  now: Date
  transaction<T>(work: (tx: Transaction, standing: Standing) => Promise<T>): Promise<T>
}

/** A national administrator who calls the API. Both the token and the row of their client bound what they may grant. */
export function administratorOf(context: Context): Administrator {
  const { db, now } = context
  const caller = callerFor(context.caller, 'clients:manage')
  return {
    clientId: caller.clientId,
    actor: actorOf({ ...context, caller }),
    now,
    transaction: (work) =>
      db.transaction(caller, async (tx, { offices }) => {
        const { scopes: granted } = await tx.entry()
        const held = granted?.split(' ') ?? []
        const scopes = new Set([...caller.scopes].filter((scope) => held.includes(scope)))
        return work(tx, { offices, reach: { clearance: handlingRank(caller.clearance), scopes } })
      }),
  }
}

/** Whoever runs a command with the database at hand; nothing bounds what they may grant. */
export function administratorAtConsole(
  db: Database<Reference>,
  actor: Actor & { clientId: 'system:console' },
): Administrator {
  const { clientId: client, subject, now } = actor
  return {
    clientId: null,
    actor,
    now,
    transaction: (work) =>
      db.workAs('administrator', { client, actor: subject }, (tx) =>
        work(tx, { offices: db.held.offices, reach: everything }),
      ),
  }
}

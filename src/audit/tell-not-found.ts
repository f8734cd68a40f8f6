import type { Context } from '../access/context.ts'
import type { DomainError } from '../errors.ts'
import { actorOf, appendAudit } from './append-audit.ts'

/**
 * Tells the audit that something was asked for by its id and not found, with that id: whether it exists elsewhere is for
 * the reader of the audit to know. The answer leaves after this has been committed.
 * @param asked the parameters of the path
 * @throws DomainError token_invalid when the client has fallen out meanwhile
 */
export async function tellNotFound(context: Context, { code }: DomainError, asked: unknown): Promise<void> {
  const type = code.replace(/_not_found$/, '')
  const id = Object.values((asked ?? {}) as Record<string, unknown>).join('/')
  await context.db.transaction(context.caller, async (tx) => {
    const told = appendAudit(tx, actorOf(context), { action: `${type}.not_found`, resource: { type, id } })
    await Promise.all([told, tx.commit()])
  })
}

import { setTimeout } from 'node:timers/promises'
import type { Context } from '../access/context.ts'
import { DomainError } from '../errors.ts'

export const batchSize = 500
/** How often, a second apart, a batch asks for a connection when others use all of them. */
const mostTries = 20

/** Where the last item that was given stands: the values of the order and the id. */
export type Position = readonly unknown[]

/** A page of a list, its items as JSON texts; `last` is null at the end. */
interface Page {
  rows: readonly { document: string }[]
  last: Position | null
}

/** Reads a page in a transaction of its own. */
export type ReadPage = (context: Context, place: { after: Position | null; size: number }) => Promise<Page>

/**
 * A list from its first page to its end, page by page as they are taken: each under the caller's scope anew, in a short transaction
 * of its own, so that no connection waits for a slow reader and a client that was disabled gets no more.
 */
export async function* walkPages(context: Context, first: Page, read: ReadPage): AsyncGenerator<readonly string[]> {
  const begun = performance.now()
  let page = first
  for (;;) {
    yield page.rows.map(({ document }) => document)
    if (!page.last) return
    page = await nextPage(at(context, performance.now() - begun), page.last, read)
  }
}

/** The same request some milliseconds later: a break-glass grant must be in force still. */
function at(context: Context, later: number): Context {
  const { caller } = context
  if (caller.breakGlass === null) return context
  const moment = new Date(caller.breakGlass.at.getTime() + later)
  return { ...context, caller: { ...caller, breakGlass: { ...caller.breakGlass, at: moment } } }
}

async function nextPage(context: Context, after: Position, read: ReadPage): Promise<Page> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await read(context, { after, size: batchSize })
    } catch (error) {
      const isBusy = error instanceof DomainError && error.code === 'service_unavailable'
      if (!isBusy || tries === mostTries) throw error
      await setTimeout(1_000)
    }
  }
}

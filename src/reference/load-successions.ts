import { ReferenceDataError } from '../regions/reference-data-error.ts'
import { readSuccessions } from '../regions/successions.ts'
import { followSuccessions } from './follow-successions.ts'
import { changed, inReferenceTransaction } from './load.ts'
import { upsertSuccessions } from './queries.ts'
import { regionsInForce } from './regions-in-force.ts'

export interface LoadedSuccessions {
  /** How many former codes the file names. */
  codes: number
  /** How many of them were not known so before; 0 where all was. */
  news: number
}

/**
 * Adds former codes of regions, or says anew what followed them; running services use them from their next request on.
 * @param url a role that owns the tables
 * @throws ReferenceDataError naming everything that does not hold; nothing is written then
 */
export async function loadSuccessions(url: string, document: unknown, now: Date): Promise<LoadedSuccessions> {
  return inReferenceTransaction(url, async (client) => {
    const successions = readSuccessions(document, await regionsInForce(client))
    const codes = successions.length
    const news = await upsertSuccessions(client, successions)
    if (news === 0) return { codes, news }
    const regions = await regionsInForce(client)
    // What the file says and what was there before may form a ring together.
    const lost = successions.filter(({ code }) => !regions.today(code))
    if (lost.length > 0) {
      throw new ReferenceDataError(
        'region successions',
        lost.map(({ code }) => `${code}: with what is in force already, leads to no region of today`),
      )
    }
    await followSuccessions(
      client,
      successions.map(({ code }) => code),
      now,
    )
    const details = { codes, news, laws: [...new Set(successions.map(({ law }) => law))] }
    await changed(client, { operation: 'reference successions', now, details })
    return { codes, news }
  })
}

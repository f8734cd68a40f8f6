import { issueToken } from '../src/access/issue-token.ts'
import { openKeys } from '../src/access/signing-keys.ts'
import { readConfig } from '../src/config.ts'
import { administer } from './database.ts'

/** Where the readers of events belong: few see everything, most their own regency. */
const places = (regencies: readonly string[]) => [
  ...Array.from({ length: 4 }, () => '00'),
  ...regencies.slice(0, 4).map((code) => code.slice(0, 2)),
  ...regencies.slice(0, 12),
]

/** Registers twenty clients that may read events. @returns their tokens */
export async function registerReaders(
  adminUrl: string,
  regencies: readonly string[],
  dataDir: string,
): Promise<string[]> {
  const keys = await openKeys(dataDir)
  const trusted = readConfig({})
  return Promise.all(
    places(regencies).map(async (region, number) => {
      const clientId = `reader-${number}`
      const scopes = ['reports:read', 'events:read']
      await administer(
        adminUrl,
        `INSERT INTO clients (client_id, office_code, scopes, clearance, created_at) VALUES ($1, $2, $3, 2, now())`,
        [clientId, region, scopes],
      )
      const caller = { clientId, subject: 'official-1', place: { region }, scopes, clearance: 'secret' as const }
      return issueToken(keys, trusted, { ...caller, lifetime: 8 * 3600, now: new Date() })
    }),
  )
}

/** Follows the log from its end on, with `wait`, until it is told to stop. */
export function startReaders(address: string, tokens: readonly string[]) {
  const stopping = new AbortController()
  const read = { pages: 0, events: 0 }
  const follow = async (token: string) => {
    for (let after: number | undefined; !stopping.signal.aborted; ) {
      const position = after === undefined ? '' : `&after=${after}`
      const answer = await fetch(`${address}/v1/events?limit=200&wait=30${position}`, {
        headers: { authorization: `Bearer ${token}` },
        signal: stopping.signal,
      })
      if (answer.status !== 200) throw new Error(`A reader was answered ${answer.status}`)
      const { items, next } = (await answer.json()) as { items: unknown[]; next: number }
      read.pages += 1
      read.events += items.length
      after = next
    }
  }
  const readers = Promise.all(tokens.map(follow)).catch((error) => {
    if (!stopping.signal.aborted) throw error
  })
  readers.catch(() => {})
  return {
    /** @returns what they got. @throws when a reader failed */
    async stop() {
      stopping.abort()
      await readers
      return read
    },
  }
}

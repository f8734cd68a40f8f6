import { once, setMaxListeners } from 'node:events'
import { Agent, get, type IncomingMessage } from 'node:http'
import { setTimeout } from 'node:timers/promises'
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

interface Page {
  items: unknown[]
  next: number
}

/** Readers that keep their positions from round to round. */
export function openReaders(address: string, tokens: readonly string[]) {
  // Cheaper than fetch: what readers cost is for their own machines, and here they share one with the service.
  const agent = new Agent({ keepAlive: true })
  const positions = tokens.map(() => 0)
  const read = { pages: 0, events: 0 }
  /** @returns undefined where the service was busy, after the time that it named */
  const ask = async (reader: number, query: string, signal?: AbortSignal): Promise<Page | undefined> => {
    const asked = get(`${address}/v1/events?limit=200&after=${positions[reader]}${query}`, {
      agent,
      headers: { authorization: `Bearer ${tokens[reader]}` },
      ...(signal && { signal }),
    })
    const [answer] = (await once(asked, 'response')) as [IncomingMessage]
    const text = Buffer.concat(await answer.toArray()).toString()
    if (answer.statusCode === 503) {
      await setTimeout(Number(answer.headers['retry-after']) * 1000, undefined, signal && { signal })
      return undefined
    }
    if (answer.statusCode !== 200) throw new Error(`A reader was answered ${answer.statusCode}`)
    const page = JSON.parse(text) as Page
    positions[reader] = page.next
    read.pages += 1
    read.events += page.items.length
    return page
  }
  const each = (work: (reader: number) => Promise<void>) => Promise.all(tokens.map((_, reader) => work(reader)))
  return {
    /** Everybody reads to the end of the log, one after the other. */
    async catchUp() {
      for (const reader of tokens.keys()) while ((await ask(reader, ''))?.items.length !== 0);
    },
    /** Everybody follows. @returns what ends it, and tells what they got. It throws when a reader failed */
    follow() {
      const stopping = new AbortController()
      const { signal } = stopping
      setMaxListeners(tokens.length, signal)
      const before = { ...read }
      const following = each(async (reader) => {
        while (!signal.aborted) await ask(reader, '&wait=30', signal)
      }).catch((error) => {
        if (!signal.aborted) throw error
      })
      following.catch(() => {})
      return async () => {
        stopping.abort()
        await following
        return { pages: read.pages - before.pages, events: read.events - before.events }
      }
    },
  }
}

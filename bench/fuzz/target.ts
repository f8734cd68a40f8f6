import type { Keys } from '../../src/access/signing-keys.ts'

/** The service to be fuzzed, and who may change what it stands on. */
export interface Target {
  address: string
  adminUrl: string
  keys: Keys
  trusted: { issuer: string; audience: string }
  now: Date
  /** Resolves when what was done until now stands in the audit. */
  chained(): Promise<void>
}

export interface Caller {
  name: string
  token: string
  scopes: readonly string[]
}

/** What is good is answered; its shape is for the campaign to check. */
export interface Good {
  // biome-ignore lint/suspicious/noExplicitAny: JSON of any shape
  body: any
  headers: Headers
}

/** A GET, or with a body a POST. @throws when the answer is not good */
export async function ask(
  { address }: Pick<Target, 'address'>,
  { token }: Caller,
  path: string,
  { given, headers: more = {} }: { given?: unknown; headers?: Record<string, string> } = {},
): Promise<Good> {
  const headers = {
    authorization: `Bearer ${token}`,
    ...(given !== undefined && { 'content-type': 'application/json' }),
    ...more,
  }
  const sent = given === undefined ? {} : { method: 'POST', body: JSON.stringify(given) }
  const answer = await fetch(`${address}${path}`, { headers, ...sent })
  if (!answer.ok) throw new Error(`${path} was answered ${answer.status}: ${await answer.text()}`)
  return { body: await answer.json(), headers: answer.headers }
}

/** The caller of a name. */
export function callerNamed(callers: readonly Caller[], wanted: string): Caller {
  const caller = callers.find(({ name }) => name === wanted)
  if (!caller) throw new Error(`Nobody is called ${wanted}`)
  return caller
}

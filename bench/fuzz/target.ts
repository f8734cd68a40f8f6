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

/** What is asked beside an address. */
export interface Asked {
  method?: 'POST' | 'PATCH'
  /** A body of JSON. */
  given?: unknown
  /** A body of another kind, which the headers name. */
  bytes?: Buffer
  headers?: Record<string, string>
}

/** A GET, or with a body of JSON a POST, unless said. @throws when the answer is not good */
export async function ask(
  { address }: Pick<Target, 'address'>,
  { token }: Caller,
  path: string,
  { given, bytes, method = given === undefined ? undefined : 'POST', headers: more = {} }: Asked = {},
): Promise<Good> {
  const headers = {
    authorization: `Bearer ${token}`,
    ...(given !== undefined && { 'content-type': 'application/json' }),
    ...more,
  }
  const body = given === undefined ? bytes : JSON.stringify(given)
  const answer = await fetch(`${address}${path}`, {
    headers,
    ...(method && { method }),
    ...(body !== undefined && { body }),
  })
  if (!answer.ok) throw new Error(`${path} was answered ${answer.status}: ${await answer.text()}`)
  const text = await answer.text()
  return { body: text === '' ? null : JSON.parse(text), headers: answer.headers }
}

/** The caller of a name. */
export function callerNamed(callers: readonly Caller[], wanted: string): Caller {
  const caller = callers.find(({ name }) => name === wanted)
  if (!caller) throw new Error(`Nobody is called ${wanted}`)
  return caller
}

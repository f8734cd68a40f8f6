import { CredentialsError } from '../errors.ts'

/** Where access tokens come from. */
export interface TokenSource {
  /**
   * A token that holds.
   * @param refused one that the service has refused: another is wanted
   * @throws CredentialsError, UnreachableError, or the reason of the signal
   */
  token(refused: string | undefined, signal: AbortSignal): Promise<string>
}

/** Tokens that somebody else keeps. */
export function givenTokens(give: (refused?: string) => Promise<string>): TokenSource {
  return { token: async (refused) => usable(await give(refused)) }
}

/** A header with a line break in it would be told in an error message, secret and all. */
export function usable(token: unknown): string {
  if (typeof token === 'string' && /^[\w.~+/-]+=*$/.test(token)) return token
  throw new CredentialsError('What was given as an access token is none')
}

/** Waits for what goes on whether or not this caller still wants it. @throws the reason of the signal */
export async function unlessAborted<Value>(value: Promise<Value>, signal: AbortSignal): Promise<Value> {
  const { promise, reject } = rejection()
  const abort = () => reject(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  try {
    return await Promise.race([value, promise])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

function rejection(): { promise: Promise<never>; reject: (reason: unknown) => void } {
  let reject: (reason: unknown) => void = () => {}
  const promise = new Promise<never>((_resolve, refuse) => {
    reject = refuse
  })
  return { promise, reject }
}

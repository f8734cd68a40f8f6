import { createWaspada, type WaspadaOptions } from 'waspada-client'

/** A client that never waits and tells how long it would have. */
export function impatient(baseUrl: string, options: Partial<WaspadaOptions> = {}) {
  const slept: number[] = []
  const sleep = async (ms: number) => {
    slept.push(ms)
  }
  const credentials = { token: async () => 'a.good.token' }
  const waspada = createWaspada({ baseUrl, credentials, sleep, random: () => 0.5, ...options })
  return { waspada, slept }
}

import { once } from 'node:events'
import { createServer } from 'node:net'
import { createWaspada, type WaspadaOptions } from 'waspada-client'
import { type CallerName, callers } from '../support/callers.ts'
import { startApi } from '../support/start-api.ts'

/** The service on an address that it knows itself by, as whoever looks for its token endpoint needs it. */
export async function serveApi(t: Parameters<typeof startApi>[0]) {
  const port = await freePort()
  const baseUrl = `http://127.0.0.1:${port}`
  const api = await startApi(t, { publicUrl: baseUrl })
  await api.app.listen({ host: '127.0.0.1', port })
  const clientOf = (name: CallerName, options: Partial<WaspadaOptions> = {}) =>
    createWaspada({
      baseUrl,
      credentials: { token: () => api.tokenOf(callers[name]) },
      clock: () => api.time.now,
      sleep: async () => {},
      ...options,
    })
  return { ...api, baseUrl, clientOf }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('No port')
  return address.port
}

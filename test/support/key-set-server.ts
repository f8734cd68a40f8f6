import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

interface Teardown {
  teardown(end: () => Promise<void> | void): unknown
}

/** An issuer's key set on loopback: `answer` gives what is published at each request, or answers by itself. */
export async function serveKeySet(t: Teardown, answer: (response: ServerResponse) => unknown) {
  const asked = { times: 0 }
  const server = createServer((_request, response) => {
    asked.times += 1
    const published = answer(response)
    if (published !== undefined) response.end(JSON.stringify(published))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return { uri: `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`, asked }
}

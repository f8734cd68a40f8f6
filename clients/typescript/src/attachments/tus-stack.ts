import type { HttpRequest, HttpResponse, HttpStack } from 'tus-js-client'
import type { Transport } from '../transport/transport.ts'

/** Lets tus-js-client send through the client's own transport: its tokens, its patience, its limits of time. */
export function tusStack(transport: Transport, options: StackOptions): HttpStack {
  return { createRequest: (method, url) => requestOf(transport, { method, url, ...options }), getName: () => 'waspada' }
}

interface StackOptions {
  retries: number | undefined
  /** Of an upload, by what an answer says where it is. */
  addressOf: (location: string) => string
}

interface Asked extends StackOptions {
  method: string
  url: string
}

function requestOf(transport: Transport, { method, url, retries, addressOf }: Asked): HttpRequest {
  const headers = new Headers()
  const ending = new AbortController()
  return {
    getMethod: () => method,
    getURL: () => url,
    setHeader: (name, value) => headers.set(name, value),
    getHeader: (name) => headers.get(name) ?? undefined,
    // Progress is told by the piece: what has left this machine has not arrived.
    setProgressHandler: () => {},
    async send(body) {
      const bytes = body instanceof Uint8Array ? new Uint8Array(body) : null
      const request = new Request(url, { method, headers, body: bytes, signal: ending.signal })
      const response = await transport(Object.assign(request, retries !== undefined && { retries }))
      return responseOf(response, await response.text(), addressOf)
    },
    async abort() {
      ending.abort()
    },
    getUnderlyingObject: () => undefined,
  }
}

function responseOf(response: Response, text: string, addressOf: StackOptions['addressOf']): HttpResponse {
  const location = response.headers.get('location')
  const address = location === null ? undefined : addressOf(location)
  return {
    getStatus: () => response.status,
    getHeader: (name) => (/^location$/i.test(name) ? address : (response.headers.get(name) ?? undefined)),
    getBody: () => text,
    getUnderlyingObject: () => response,
  }
}

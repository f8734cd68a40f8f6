import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

interface Teardown {
  teardown(end: () => Promise<void> | void): unknown
}

export interface Asked {
  method: string
  url: string
  headers: IncomingMessage['headers']
  body: string
}

/** What becomes of one request. */
export type Step = (response: ServerResponse, asked: Asked) => void

export const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Step =>
  (response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))

export const problem = (status: number, code: string, headers: Record<string, string> = {}, more = {}): Step =>
  json(
    status,
    { type: `/problems/${code}`, title: code, status, detail: `It is ${code}.`, instance: 'r-1', code, ...more },
    { 'content-type': 'application/problem+json', ...headers },
  )

/** The request arrives, and the line breaks before any answer. */
export const cut: Step = (response) => response.destroy()

/** Half of an answer, with or without its length announced. */
export const half =
  (body: string, announced: boolean): Step =>
  (response) => {
    const length = announced ? { 'content-length': String(body.length) } : {}
    response.useChunkedEncodingByDefault = false
    response.writeHead(200, { 'content-type': 'application/json', connection: 'close', ...length })
    response.write(body.slice(0, Math.floor(body.length / 2)), () => {
      if (announced) response.destroy()
      // Without a length and without chunks, the end of the line is the end of the body.
      else response.socket?.end()
    })
  }

/** No answer, ever. */
export const silence: Step = () => {}

/** A service that does what the script says, request by request; the last step stands for all that follow. */
export async function scriptedServer(t: Teardown, script: Step[]) {
  const asked: Asked[] = []
  const server = createServer(async (request, response) => {
    try {
      const body = (await buffer(request)).toString()
      const one = { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body }
      asked.push(one)
      const step = script.length > 1 ? script.shift() : script[0]
      step?.(response, one)
    } catch {
      response.destroy()
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return { baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, script, server }
}

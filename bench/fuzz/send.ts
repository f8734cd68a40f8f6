import { Agent, type IncomingHttpHeaders, request } from 'node:http'
import { connect } from 'node:net'
import type { Attempt, Raw } from './attempt.ts'

export interface Answer {
  status: number
  headers: IncomingHttpHeaders
  body: Buffer
}

/** Milliseconds: longer than whoever asks for events may wait. */
const patience = 40_000

/** Sends requests over connections that are kept, or raw ones each over its own. */
export class Sender {
  readonly #address: URL
  readonly #agent: Agent

  constructor(address: string, inFlight: number) {
    this.#address = new URL(address)
    this.#agent = new Agent({ keepAlive: true, maxSockets: inFlight })
  }

  /** @throws when there is no answer */
  send(attempt: Attempt): Promise<Answer> {
    return attempt.raw === undefined ? this.#send(attempt) : this.#sendRaw(attempt.raw)
  }

  close(): void {
    this.#agent.destroy()
  }

  #send({ method, target, headers, body }: Attempt): Promise<Answer> {
    const { hostname, port } = this.#address
    return new Promise((resolve, reject) => {
      const options = {
        hostname,
        port,
        method,
        path: target,
        agent: this.#agent,
        headers: headers.flat(),
        timeout: patience,
      }
      const sent = request(options, (response) => {
        const { statusCode: status = 0, headers } = response
        const chunks: Buffer[] = []
        response.on('data', (chunk) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () => resolve({ status, headers, body: Buffer.concat(chunks) }))
      })
      sent.on('timeout', () => sent.destroy(new Error(`no answer in ${patience} ms`)))
      sent.on('error', reject)
      sent.end(body)
    })
  }

  #sendRaw({ text, cutOff }: Raw): Promise<Answer> {
    const { hostname, port } = this.#address
    return new Promise((resolve, reject) => {
      const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true })
      const chunks: Buffer[] = []
      socket.setTimeout(patience, () => socket.destroy(new Error(`no answer in ${patience} ms`)))
      socket.on('data', (chunk) => chunks.push(chunk))
      socket.on('error', (error) => (chunks.length > 0 ? resolve(answerIn(Buffer.concat(chunks))) : reject(error)))
      socket.on('close', () => {
        if (chunks.length === 0) reject(new Error('the connection was closed without an answer'))
        else resolve(answerIn(Buffer.concat(chunks)))
      })
      socket.on('end', () => socket.end())
      if (cutOff) socket.end(text, 'latin1')
      else socket.write(text, 'latin1')
    })
  }
}

/** The first answer in what came over a connection, past any 100. */
function answerIn(bytes: Buffer): Answer {
  const end = bytes.indexOf('\r\n\r\n')
  const [line = '', ...fields] = bytes.subarray(0, end).toString('latin1').split('\r\n')
  const status = Number(line.split(' ')[1])
  const rest = bytes.subarray(end + 4)
  if (status === 100) return answerIn(rest)
  const headers = Object.fromEntries(
    fields.map((field) => [
      field.slice(0, field.indexOf(':')).toLowerCase(),
      field.slice(field.indexOf(':') + 1).trim(),
    ]),
  )
  const length = Number(headers['content-length'] ?? rest.length)
  return { status, headers, body: rest.subarray(0, length) }
}

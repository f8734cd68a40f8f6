import { type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import {
  type FastifyHttpOptions,
  type FastifyReply,
  type FastifyRequest,
  LogController,
  type RawServerDefault,
} from 'fastify'
import { v7 as uuidv7 } from 'uuid'
import { DomainError, type ErrorCode } from '../errors.ts'
import { sendProblem } from './error-handlers.ts'
import { problemMediaType, problemOf } from './problem.ts'

const requestIdShape = /^[A-Za-z0-9._-]{1,128}$/

/** The caller's X-Request-Id where it is fit for logs and headers, else a new one. */
export function requestIdOf(request: Pick<IncomingMessage, 'headers'>): string {
  const given = request.headers['x-request-id']
  return typeof given === 'string' && requestIdShape.test(given) ? given : uuidv7()
}

/** What Fastify must be told when it is made, so that no answer leaves in Node's or Fastify's own form. */
export const serverOptions = {
  genReqId: requestIdOf,
  requestIdHeader: false,
  // One line a request, see request-log.ts, in place of two.
  logController: new LogController({ disableRequestLogging: true }),
  bodyLimit: 256 * 1024,
  requestTimeout: 30_000,
  // In-flight connections are drained; a bare 503 of Fastify's own form would be no problem+json.
  return503OnClosing: false,
  // The error handlers refuse a missing Host themselves.
  http: { requireHostHeader: false, connectionsCheckingInterval: 5_000 },
  frameworkErrors: (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
    sendProblem(request, reply, error)
  },
  clientErrorHandler(error: NodeJS.ErrnoException, socket: Socket) {
    answerSocket(error, socket)
  },
} satisfies FastifyHttpOptions<RawServerDefault>

const ofParser: Record<string, ErrorCode> = {
  HPE_HEADER_OVERFLOW: 'headers_too_large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
}

/** A request that Node's parser gave up on: there is no request or reply, only the socket. */
function answerSocket(
  error: NodeJS.ErrnoException,
  socket: Socket & { _httpMessage?: { headersSent: boolean } },
): void {
  if (error.code === 'ECONNRESET' || !socket.writable || socket._httpMessage?.headersSent) {
    socket.destroy()
    return
  }
  const requestId = uuidv7()
  const problem = problemOf(new DomainError(ofParser[error.code ?? ''] ?? 'request_malformed'), 'id', requestId)
  const body = JSON.stringify(problem)
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
    `Content-Type: ${problemMediaType}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Content-Language: id',
    `X-Request-Id: ${requestId}`,
    `Date: ${new Date().toUTCString()}`,
    'Connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}

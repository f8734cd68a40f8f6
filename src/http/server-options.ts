import type { IncomingMessage } from 'node:http'
import {
  type FastifyHttpOptions,
  type FastifyReply,
  type FastifyRequest,
  LogController,
  type RawServerDefault,
} from 'fastify'
import { v7 as uuidv7 } from 'uuid'
import { sendProblem } from './error-handlers.ts'
import { answerParserError } from './socket-problem.ts'

const requestIdShape = /^[A-Za-z0-9._-]{1,128}$/

/** The caller's X-Request-Id where it is fit for logs and headers, else a new one. */
export function requestIdOf(request: Pick<IncomingMessage, 'headers'>): string {
  const given = request.headers['x-request-id']
  return typeof given === 'string' && requestIdShape.test(given) ? given : uuidv7()
}

const second = 1000

/** What Node does with a connection before Fastify sees a request. */
const nodeOptions = {
  // A URL and header fields of ours are a tenth of it; Node's own default, which a command line could change.
  maxHeaderSize: 16 * 1024,
  // Header fields come in one packet or a few. Whoever drips them holds no more than a socket, and not for long.
  headersTimeout: 10 * second,
  connectionsCheckingInterval: 5 * second,
  // Repeated Host, Authorization or Content-Type: joined, so that they are seen and refused; Node would drop all but one.
  joinDuplicateHeaders: true,
  // The error handlers refuse a missing Host themselves.
  requireHostHeader: false,
}

/** The address without scheme and host, which RFC 9112 (3.2.2) lets any request carry. */
function originForm({ url = '/' }: { url?: string | undefined }): string {
  if (url.startsWith('/')) return url
  const path = url.replace(/^https?:\/\/[^/?#]*/i, '')
  return path === url || path.startsWith('/') ? path : `/${path}`
}

/** What Fastify must be told when it is made, so that no answer leaves in Node's or Fastify's own form. */
export const serverOptions = {
  genReqId: requestIdOf,
  requestIdHeader: false,
  rewriteUrl: originForm,
  // One line a request, see request-log.ts, in place of two.
  logController: new LogController({ disableRequestLogging: true }),
  // The longest report fits, in the widest script; a route that takes more says so.
  bodyLimit: 256 * 1024,
  // Headers and body together: a body at the limit arrives at 9 kB a second. Fastify's own default is none.
  requestTimeout: 30 * second,
  // A socket on which nothing moves, not even our answer to a reader who stopped reading.
  connectionTimeout: 60 * second,
  // Longer than the minute for which proxies keep an idle connection, or they would send on one that is being closed.
  keepAliveTimeout: 72 * second,
  // None: a proxy's connection may serve for days, and past a limit Node answers a bare 503.
  maxRequestsPerSocket: 0,
  // In-flight connections are drained; a bare 503 of Fastify's own form would be no problem+json.
  return503OnClosing: false,
  http: nodeOptions,
  frameworkErrors: (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
    sendProblem(request, reply, error)
  },
  clientErrorHandler: answerParserError,
} satisfies FastifyHttpOptions<RawServerDefault>

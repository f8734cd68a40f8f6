import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { v7 as uuidv7 } from 'uuid'
import { DomainError, type ErrorCode } from '../errors.ts'
import { headersOf, problemMediaType, problemOf } from './problem.ts'
import { securityHeaders } from './security-headers.ts'

const ofParser: Record<string, ErrorCode> = {
  HPE_HEADER_OVERFLOW: 'headers_too_large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'body_too_large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
}

/** What Node tells of a request that its parser gave up on. */
interface ParserError extends NodeJS.ErrnoException {
  /** The bytes that it read last; Fastify's type has them in another form. */
  rawPacket?: unknown
}

/** A socket, with the answer that is under way on it. */
type Connection = Duplex & { _httpMessage?: { headersSent: boolean; req?: { method?: string } } }

/** Answers a request that Node's parser gave up on: there is no request or reply, only the socket. */
export function answerParserError(error: ParserError, socket: Connection): void {
  if (error.code === 'ECONNRESET' || !socket.writable || socket._httpMessage?.headersSent) {
    socket.destroy()
    return
  }
  const problem = new DomainError(ofParser[error.code ?? ''] ?? 'request_malformed')
  endWithProblem(socket, problem, { head: isHead(error, socket) })
}

/**
 * Whether the answer is one to HEAD, which has no body. A request whose line came in an earlier packet than its fault cannot
 * be told, and is answered with one: the connection ends behind it.
 */
function isHead({ rawPacket }: ParserError, { _httpMessage: underWay }: Connection): boolean {
  if (underWay?.req) return underWay.req.method === 'HEAD'
  return rawPacket instanceof Buffer && /^[\r\n]*HEAD /.test(rawPacket.toString('latin1', 0, 20))
}

/**
 * Sends a problem in Indonesian, for nobody has read what language is wanted, and closes.
 * @param head whether HEAD asked: its answer has the header fields alone
 */
export function endWithProblem(socket: Duplex, error: DomainError, { head = false } = {}): void {
  const requestId = uuidv7()
  const problem = problemOf(error, 'id', requestId)
  const body = JSON.stringify(problem)
  const headers = {
    ...securityHeaders,
    ...headersOf(error),
    'content-type': problemMediaType,
    'content-length': Buffer.byteLength(body),
    'content-language': 'id',
    'x-request-id': requestId,
    date: new Date().toUTCString(),
    connection: 'close',
  }
  const fields = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.end(`HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\n${fields.join('')}\r\n${head ? '' : body}`)
}

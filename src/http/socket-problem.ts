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

/** Answers a request that Node's parser gave up on: there is no request or reply, only the socket. */
export function answerParserError(
  error: NodeJS.ErrnoException,
  socket: Duplex & { _httpMessage?: { headersSent: boolean } },
): void {
  if (error.code === 'ECONNRESET' || !socket.writable || socket._httpMessage?.headersSent) {
    socket.destroy()
    return
  }
  endWithProblem(socket, new DomainError(ofParser[error.code ?? ''] ?? 'request_malformed'))
}

/** Sends a problem in Indonesian, for nobody has read what language is wanted, and closes. */
export function endWithProblem(socket: Duplex, error: DomainError): void {
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
  socket.end(`HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\n${fields.join('')}\r\n${body}`)
}

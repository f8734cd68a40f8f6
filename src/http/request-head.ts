import type { IncomingMessage } from 'node:http'
import { DomainError, type FaultCode } from '../errors.ts'

/** Header fields of a request at most. Node is told to show one more, so that too many are refused and none vanishes. */
export const mostHeaders = 100

const hostShape = /^(?:[\w.~%!$&'()*+;=-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i

/**
 * What a request says about itself before anyone looks at what it wants: one Host, one Authorization, a transfer coding
 * that is ours, not too many fields. The server joins repeated fields by a comma, so that none hides behind another.
 * @throws DomainError naming the header
 */
export function refuseHead(request: IncomingMessage): void {
  const { headers, rawHeaders, httpVersion } = request
  if (rawHeaders.length > 2 * mostHeaders) throw new DomainError('headers_too_large')
  const { host, authorization, 'transfer-encoding': coding } = headers
  if (host === undefined) {
    if (httpVersion === '1.1') refuse('Host', 'required')
  } else if (!hostShape.test(host))
    refuse('Host', timesSent(request, 'host') > 1 ? 'repeated_parameter' : 'format_invalid')
  if (authorization?.includes(',') && timesSent(request, 'authorization') > 1)
    refuse('Authorization', 'repeated_parameter')
  if (coding !== undefined && coding.toLowerCase() !== 'chunked')
    refuse('Transfer-Encoding', 'not_allowed', { allowed: 'chunked' })
}

function refuse(header: string, code: FaultCode, params: Record<string, string> = {}): never {
  throw new DomainError('parameter_invalid', {}, [{ header, code, params }])
}

function timesSent({ rawHeaders }: IncomingMessage, name: string): number {
  return rawHeaders.filter((field, index) => index % 2 === 0 && field.toLowerCase() === name).length
}

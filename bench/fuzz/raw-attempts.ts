import fc from 'fast-check'
import type { Attempt } from './attempt.ts'
import type { World } from './world.ts'

/** Requests that no client sends, by what is wrong with them. CRLF is written as a line break, `$` stands for the good headers. */
const requests: Record<string, string> = {
  'no Host': 'GET /v1/me HTTP/1.1\nConnection: close\n\n',
  'two hosts': 'GET /v1/me HTTP/1.1\n$Host: other.test\n\n',
  'HTTP/1.0': 'GET /v1/me HTTP/1.0\n$\n',
  'HTTP/2 preface': 'PRI * HTTP/2.0\n\nSM\n\n',
  'unknown version': 'GET /v1/me HTTP/9.9\n$\n',
  'no version': 'GET /v1/me\n$\n',
  'lower-case method': 'get /v1/me HTTP/1.1\n$\n',
  'unknown method': 'FOO /v1/me HTTP/1.1\n$\n',
  'absolute form': 'GET http://other.test/v1/me HTTP/1.1\n$\n',
  'asterisk form': 'OPTIONS * HTTP/1.1\n$\n',
  'blank in path': 'GET /v1/regions/7 4 HTTP/1.1\n$\n',
  'bytes in path': 'GET /v1/regions/\xff\xfe\xe2\x82 HTTP/1.1\n$\n',
  'NUL in path': 'GET /v1/me\0 HTTP/1.1\n$\n',
  'no path': 'GET  HTTP/1.1\n$\n',
  'header without colon': 'GET /v1/me HTTP/1.1\n$Broken\n\n',
  'blank before colon': 'GET /v1/me HTTP/1.1\n$X-Blank : 1\n\n',
  'folded header': 'GET /v1/me HTTP/1.1\n$X-Folded: a\n b\n\n',
  'NUL in header': 'GET /v1/me HTTP/1.1\n$X-Nul: a\0b\n\n',
  'bytes in header': 'GET /v1/reports HTTP/1.1\n$If-None-Match: \xff\xfe\n\n',
  'many headers': `GET /v1/me HTTP/1.1\n$${Array.from({ length: 1500 }, (_, n) => `X-${n}: 1\n`).join('')}\n`,
  'huge headers': `GET /v1/me HTTP/1.1\n$X-Long: ${'a'.repeat(100_000)}\n\n`,
  'HEAD with huge headers': `HEAD /v1/me HTTP/1.1\n$X-Long: ${'a'.repeat(100_000)}\n\n`,
  'HEAD with a blank before a colon': 'HEAD /v1/me HTTP/1.1\n$X-Blank : 1\n\n',
  'two lengths':
    'POST /v1/reports HTTP/1.1\n$Content-Type: application/json\nContent-Length: 2\nContent-Length: 3\n\n{} ',
  'length and chunks':
    'POST /v1/reports HTTP/1.1\n$Content-Type: application/json\nContent-Length: 2\nTransfer-Encoding: chunked\n\n2\n{}\n0\n\n',
  'negative length': 'POST /v1/reports HTTP/1.1\n$Content-Type: application/json\nContent-Length: -1\n\n{}',
  'huge length':
    'POST /v1/reports HTTP/1.1\n$Content-Type: application/json\nContent-Length: 99999999999999999999\n\n{}',
  'length above the limit': 'POST /v1/reports HTTP/1.1\n$Content-Type: application/json\nContent-Length: 5000000\n\n{}',
  'no length': 'POST /v1/reports HTTP/1.1\n$Content-Type: application/json\n\n{}',
  chunks: 'POST /v1/reports HTTP/1.1\n$Content-Type: application/json\nTransfer-Encoding: chunked\n\n1\n{\n1\n}\n0\n\n',
  'bad chunk':
    'POST /v1/reports HTTP/1.1\n$Content-Type: application/json\nTransfer-Encoding: chunked\n\nzz\n{}\n0\n\n',
  'unknown coding': 'POST /v1/reports HTTP/1.1\n$Content-Type: application/json\nTransfer-Encoding: gzip\n\n{}',
  'body cut off': 'POST /v1/reports HTTP/1.1\n$Content-Type: application/json\nContent-Length: 100\n\n{"product":',
  'form cut off':
    'POST /oauth/token HTTP/1.1\nHost: x\nContent-Type: application/x-www-form-urlencoded\nContent-Length: 100\n\ngrant_type',
  'form in chunks':
    'POST /oauth/token HTTP/1.1\nHost: x\nConnection: close\nContent-Type: application/x-www-form-urlencoded\nTransfer-Encoding: chunked\n\n3\na=b\n0\n\n',
  'head cut off': 'GET /v1/me HTTP/1.1\nHost: x',
  'expects 100':
    'POST /v1/reports HTTP/1.1\n$Content-Type: application/json\nExpect: 100-continue\nContent-Length: 2\n\n{}',
  'two at once': 'GET /v1/regions/74 HTTP/1.1\n$\nGET /v1/me HTTP/1.1\n$\n',
  upgrade:
    'GET /v1/me HTTP/1.1\n$Upgrade: websocket\nSec-WebSocket-Version: 13\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\n\n',
  garbage: '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\n\n',
}

/** Written by hand, each with a good token where one belongs. */
export function rawAttempts(world: World): fc.Arbitrary<Attempt> {
  const good = `Host: ${new URL(world.address).host}\nAuthorization: Bearer ${world.callers[0]?.token}\nConnection: close\n`
  return fc.constantFrom(...Object.entries(requests)).map(([name, text]) => {
    const [line = ''] = text.split('\n')
    const [method = '', target = ''] = line.split(' ')
    return {
      ...{ operation: undefined, changes: [name], method, target, headers: [], body: undefined },
      raw: { text: text.replaceAll('$', () => good).replaceAll('\n', '\r\n'), cutOff: name.endsWith('cut off') },
    }
  })
}

import { createHash, createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export const credentials = { accessKeyId: 'waspada-test', secretAccessKey: 'k3hAr9-Xu_27' }
const region = 'us-east-1'

const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest()

/** Whether AWS Signature Version 4 of a request is that of our credentials: computed anew from what came. */
function isSigned({ method, url = '', headers }: IncomingMessage): boolean {
  const [, day = '', names = '', signature] =
    /^AWS4-HMAC-SHA256 Credential=waspada-test\/(\d{8})\/us-east-1\/s3\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(
      headers.authorization ?? '',
    ) ?? []
  const { pathname, searchParams } = new URL(url, 'http://s3')
  searchParams.sort()
  const fields = names.split(';').map((name) => `${name}:${String(headers[name] ?? '').trim()}\n`)
  const request = [method, pathname, `${searchParams}`, fields.join(''), names, headers['x-amz-content-sha256']].join(
    '\n',
  )
  const digest = createHash('sha256').update(request).digest('hex')
  const text = ['AWS4-HMAC-SHA256', headers['x-amz-date'], `${day}/${region}/s3/aws4_request`, digest].join('\n')
  const key = [day, region, 's3', 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${credentials.secretAccessKey}`)
  return hmac(key, text).toString('hex') === signature
}

/**
 * Stands in for an S3-compatible store: it keeps objects in memory, checks every signature and speaks PUT, GET with a range, HEAD
 * and DELETE by path. It shows that our requests are well formed, and nothing of how a real store fails.
 */
export async function startStore(t: { teardown(end: () => void): unknown }) {
  const objects = new Map<string, Buffer>()
  const state = { isDown: false }
  const answer = (request: IncomingMessage, body: Buffer, response: ServerResponse) => {
    const { method, url = '', headers } = request
    if (state.isDown) return response.writeHead(503).end()
    if (!isSigned(request)) return response.writeHead(403).end('<Error><Code>SignatureDoesNotMatch</Code></Error>')
    const object = objects.get(new URL(url, 'http://s3').pathname)
    if (method === 'PUT') {
      objects.set(new URL(url, 'http://s3').pathname, body)
      return response.writeHead(200, { etag: '"x"' }).end()
    }
    if (method === 'DELETE') {
      objects.delete(new URL(url, 'http://s3').pathname)
      return response.writeHead(204).end()
    }
    if (!object) return response.writeHead(404).end(method === 'HEAD' ? '' : '<Error><Code>NoSuchKey</Code></Error>')
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '') ?? []
    const part = first === undefined ? object : object.subarray(Number(first), Number(last) + 1)
    response.writeHead(first === undefined ? 200 : 206, { 'content-length': part.length })
    return response.end(method === 'HEAD' ? '' : part)
  }
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    answer(request, Buffer.concat(chunks), response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { objects, state, settings: { endpoint, region, bucket: 'laporan', credentials } }
}

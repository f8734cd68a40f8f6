import type { Surroundings } from '../settings.ts'

interface Sent {
  url: string
  method: string
  headers: Headers
  body?: Uint8Array<ArrayBuffer> | string | undefined
  signal?: AbortSignal | undefined
  timeoutMs: number
  /** An answer that is no JSON is wanted, as it comes. */
  streams?: boolean
}

/** The line broke, or somebody else answered. */
export class BrokenLine extends Error {
  /** False where nothing can have reached the service. */
  readonly sent: boolean

  constructor(message: string, { sent, cause }: { sent: boolean; cause?: unknown }) {
    super(message, { cause })
    this.sent = sent
  }
}

/**
 * One request and its answer. JSON is read to its end here, so that an answer cut in half is a broken line; what is exported, and
 * what is wanted as it comes, is left to stream, without a limit of time. Whatever else has a body is from somebody else.
 * @throws BrokenLine, or the reason of the signal
 */
export async function exchange(sent: Sent, { fetch }: Pick<Surroundings, 'fetch'>): Promise<Response> {
  const { url, method, headers, body, signal, timeoutMs, streams = false } = sent
  signal?.throwIfAborted()
  const timeout = new AbortController()
  const timer = setTimeout(() => timeout.abort(), timeoutMs)
  try {
    const response = await fetch(url, {
      method,
      headers,
      body: body ?? null,
      // The service never redirects; what does is a portal that wants somebody to log in.
      redirect: 'manual',
      signal: signal ? AbortSignal.any([signal, timeout.signal]) : timeout.signal,
    })
    refuseStranger(response)
    return await whole(response, streams)
  } catch (error) {
    signal?.throwIfAborted()
    if (error instanceof BrokenLine) throw error
    if (timeout.signal.aborted) throw new BrokenLine(`no answer within ${timeoutMs} ms`, { sent: true })
    throw new BrokenLine(messageOf(error), { sent: !neverLeft.has(codeOf(error)), cause: error })
  } finally {
    clearTimeout(timer)
  }
}

const neverLeft: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
])

function codeOf(error: unknown): unknown {
  return ((error as Error).cause as { code?: unknown } | undefined)?.code
}

function messageOf(error: unknown): string {
  const { message, cause } = error as Error
  return cause instanceof Error && cause.message !== '' ? cause.message : message
}

function refuseStranger({ status, type, ok, headers }: Response): void {
  const redirects = type === 'opaqueredirect' || (status >= 300 && status < 400 && status !== 304)
  // The service answers no request of this client with a page.
  const shows = ok && /^text\/html\b/i.test(headers.get('content-type') ?? '')
  if (redirects || shows || status === 511)
    throw new BrokenLine(`somebody else answered (${status}): the network may want a login`, { sent: true })
}

/** Not what is exported, such as GeoJSON: that may be of any size. */
const isJson = /^application\/(?:problem\+)?json\b/i
const isExport = /^application\/[\w.-]+\+json\b/i
/** Bytes: more than any page or batch has, and less than fills a small machine, whatever somebody packs into a gzip. */
const mostBytes = 134_217_728

async function whole(response: Response, streams: boolean): Promise<Response> {
  const { status, statusText, headers, body, ok } = response
  const type = headers.get('content-type') ?? ''
  if (body === null) return response
  if (!isJson.test(type)) {
    if (ok && (streams || isExport.test(type))) return response
    if (ok && (await isEmpty(body))) return new Response(null, { status, statusText, headers })
    if (ok) throw new BrokenLine(`somebody else answered (${status}), in ${type || 'no known form'}`, { sent: true })
    // The page of a gateway tells nothing beside its status, and may never end.
    await body.cancel()
    return new Response(null, { status, statusText, headers })
  }
  const text = await textOf(body)
  try {
    if (text !== '') JSON.parse(text)
  } catch (cause) {
    throw new BrokenLine('the answer is cut off', { sent: true, cause })
  }
  const readable = status === 204 || status === 205 || status === 304 ? null : text
  return new Response(readable, { status, statusText, headers })
}

async function isEmpty(body: ReadableStream<Uint8Array>): Promise<boolean> {
  for await (const bytes of body) if (bytes.length > 0) return false
  return true
}

/** @throws BrokenLine */
async function textOf(body: ReadableStream<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = []
  let size = 0
  for await (const bytes of body) {
    size += bytes.length
    if (size > mostBytes) throw new BrokenLine('the answer does not end', { sent: true })
    pieces.push(bytes)
  }
  return Buffer.concat(pieces).toString('utf8')
}

import { DetailedError, type HttpRequest, type HttpResponse, Upload } from 'tus-js-client'
import { UnreachableError, WaspadaError } from '../errors.ts'
import { failureOf } from '../problem.ts'
import type { Transport } from '../transport/transport.ts'
import type { FileRead } from './source-file.ts'
import { tusStack } from './tus-stack.ts'

export interface Pieces {
  file: FileRead
  /** Where an upload is begun. */
  endpoint: string
  /** Of an upload, by what an answer says where it is. */
  addressOf: (location: string) => string
  /** Where one goes on that was begun before. */
  uploadUrl: string | undefined
  metadata: Record<string, string>
  idempotencyKey: string
  chunkBytes: number
  /** How often a single request is sent again; as the client has it unless said. */
  retries: number | undefined
  signal: AbortSignal | undefined
  /** Told once the upload has an address. */
  begun: (url: string) => Promise<void>
  /** Told of bytes that have arrived. */
  arrived: (bytes: number) => void
}

/** The service knows no such upload, or none any more. */
export class UploadGone extends Error {}

/**
 * Sends a file from where it was left to its end, once: any trouble ends it, and what has arrived stays.
 * @throws UploadGone, ProblemError, UnreachableError, CredentialsError, or the reason of the signal
 */
export async function sendPieces(transport: Transport, pieces: Pieces, now: () => Date): Promise<void> {
  const { signal, uploadUrl } = pieces
  signal?.throwIfAborted()
  await new Promise<void>((resolve, reject) => {
    const fail = (error: unknown) =>
      reject(signal?.aborted ? signal.reason : whyOf(error, uploadUrl !== undefined, now))
    const upload = new Upload(pieces.file.bytes, {
      ...fixed,
      // Without an endpoint nothing is begun anew behind our back.
      ...(uploadUrl === undefined ? { endpoint: pieces.endpoint } : { uploadUrl }),
      metadata: pieces.metadata,
      chunkSize: pieces.chunkBytes,
      httpStack: tusStack(transport, { retries: pieces.retries, addressOf: pieces.addressOf }),
      onBeforeRequest: (request) => {
        if (request.getMethod() === 'POST') request.setHeader('Idempotency-Key', pieces.idempotencyKey)
      },
      onAfterResponse: async (request, response) => {
        refuseStandstill(request, response, pieces.file.bytes.length)
        const location =
          request.getMethod() === 'POST' && response.getStatus() === 201 && response.getHeader('Location')
        if (location) await pieces.begun(location)
      },
      // Our stack reports nothing on the way, so that this is what the service says it has.
      onProgress: (arrived) => pieces.arrived(arrived),
      onSuccess: () => end(resolve),
      onError: (error) => end(() => fail(error)),
    })
    const abort = () => {
      void upload.abort()
      reject(signal?.reason)
    }
    const end = (settle: () => void) => {
      signal?.removeEventListener('abort', abort)
      settle()
    }
    signal?.addEventListener('abort', abort, { once: true })
    upload.start()
  })
}

const fixed = {
  // We try again ourselves, and remember where.
  retryDelays: null,
  storeFingerprintForResuming: false,
  fingerprint: async () => null as never,
}

/** Each piece that is taken brings the upload further, or the same one would be sent for ever. @throws UnreachableError */
function refuseStandstill(request: HttpRequest, response: HttpResponse, whole: number): void {
  if (request.getMethod() !== 'PATCH' || response.getStatus() >= 300) return
  const [from, to] = [request, response].map((one) => Number(one.getHeader('Upload-Offset')))
  if (from === undefined || to === undefined || !(to > from && to <= whole)) throw new UnreachableError(unsaid)
}

const unsaid = 'The answer does not say how far the upload is'

function whyOf(error: unknown, resumed: boolean, now: () => Date): unknown {
  if (!(error instanceof DetailedError)) return error
  const { originalRequest, originalResponse, causingError } = error
  if (!originalResponse) return causingError instanceof WaspadaError ? causingError : (causingError ?? error)
  const status = originalResponse.getStatus()
  if (status === 404 && (resumed || originalRequest.getMethod() !== 'POST')) return new UploadGone()
  const response = originalResponse.getUnderlyingObject() as Response
  if (response.ok) return new UnreachableError(unsaid, { uncertain: true })
  return failureOf(response, bodyOf(originalResponse.getBody()), now())
}

function bodyOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

import { randomUUID } from 'node:crypto'
import type { ContractClient } from '../client.ts'
import { FileRefusedError, ProblemError, UnreachableError, type Upload } from '../errors.ts'
import { answerOf } from '../problem.ts'
import type { Settings } from '../settings.ts'
import { persist } from '../transport/persist.ts'
import type { Transport } from '../transport/transport.ts'
import { sendPieces, UploadGone } from './send-pieces.ts'
import { readSource, type SourceFile } from './source-file.ts'
import { uploadAddress } from './upload-address.ts'
import { memoryUploadStore, type UploadStore } from './upload-store.ts'

export interface UploadOptions {
  /** As others will read it; the name of the path or of the `File` unless said, else `file`. */
  fileName?: string
  signal?: AbortSignal
  /** Where it is remembered how to go on; this process alone unless said. */
  resumeStore?: UploadStore
  /** Told of bytes that have arrived, of how many. */
  onProgress?: (arrived: number, of: number) => void
  /** Bytes in a request, 256 KiB unless said: it must arrive in half a minute. */
  chunkBytes?: number
  /** How often trouble that brought nothing is borne; as the client has it unless said. */
  retries?: number
}

/**
 * Sends a file of a report, on lines that break, from where it was left. `status` of the answer is `added`, or `checking` where
 * the service still looks at it.
 * @throws FileRefusedError, ProblemError, UnreachableError (then the same call goes on later), CredentialsError, RangeError
 */
export type UploadAttachment = (reportId: string, file: SourceFile, options?: UploadOptions) => Promise<Upload>

export interface UploadParts {
  client: ContractClient
  transport: Transport
  settings: Settings
}

export function uploadAttachment({ client, transport, settings }: UploadParts): UploadAttachment {
  const { clock } = settings.surroundings
  const here = memoryUploadStore()

  return async (reportId, source, options = {}) => {
    const { signal, resumeStore: store = here, chunkBytes = 262_144, retries } = options
    const file = await readSource(source)
    const metadata = { filename: options.fileName ?? file.name ?? 'file', sha256: file.sha256 }
    const endpoint = `${settings.baseUrl}/v1/reports/${encodeURIComponent(reportId)}/attachments`
    const addressOf = (location: string) => uploadAddress(settings.baseUrl, endpoint, location)
    const fixed = { file, endpoint, metadata, chunkBytes, retries, signal, addressOf }
    const key = [endpoint, file.sha256, metadata.filename].join('\n')
    let uploadUrl = await knownAddress(store, key, settings)
    let idempotencyKey: string = randomUUID()
    let most = 0
    const begun = async (location: string) => {
      if (!isOf(settings, location)) throw new UnreachableError('The upload is said to be at another service')
      uploadUrl = location
      return store.set(key, location)
    }
    const step = async (moved: () => void) => {
      const arrived = (bytes: number) => {
        if (bytes > most) moved()
        most = Math.max(most, bytes)
        options.onProgress?.(bytes, file.bytes.length)
      }
      const pieces = { ...fixed, uploadUrl, idempotencyKey, begun, arrived }
      try {
        await sendPieces(transport, pieces, clock)
      } catch (error) {
        if (isRefused(error) && uploadUrl !== undefined) return
        if (error instanceof UploadGone) {
          uploadUrl = undefined
          idempotencyKey = randomUUID()
          await store.delete(key)
        }
        throw error
      }
    }
    const patience = retries === undefined ? settings : { ...settings, retry: { ...settings.retry, retries } }
    await persist(patience, step, isPassing, signal).catch(tellGone)
    return outcomeOf(uploadUrl ?? '', reportId, options, () => store.delete(key))
  }

  async function outcomeOf(
    url: string,
    reportId: string,
    { signal, retries }: UploadOptions,
    forget: () => Promise<void>,
  ): Promise<Upload> {
    const path = { id: reportId, uploadId: url.split('/').at(-1) ?? '' }
    const of = { params: { path }, ...(signal && { signal }), ...(retries !== undefined && { retries }) }
    const upload = answerOf(await client.GET('/v1/reports/{id}/uploads/{uploadId}', of), clock())
    await forget()
    if (upload.status === 'refused') throw new FileRefusedError(upload)
    return upload
  }
}

/** The token must go nowhere else, whatever the store says. */
async function knownAddress(store: UploadStore, key: string, settings: Settings): Promise<string | undefined> {
  const url = await store.get(key)
  return url !== undefined && isOf(settings, url) ? url : undefined
}

function isOf({ baseUrl }: Settings, url: string): boolean {
  return url.startsWith(`${baseUrl}/`)
}

function tellGone(error: unknown): never {
  if (!(error instanceof UploadGone)) throw error
  throw new UnreachableError('The upload has ended at the service: the same call begins it anew')
}

/** The service has looked at the file: its upload says what it found. */
function isRefused(error: unknown): boolean {
  return error instanceof ProblemError ? error.code === 'file_refused' : isUnsaid(error)
}

/** A HEAD has no body to say why in. */
function isUnsaid(error: unknown): boolean {
  return error instanceof UnreachableError && error.status === 422
}

function isPassing(error: unknown): boolean {
  if (error instanceof UploadGone || error instanceof UnreachableError) return true
  return error instanceof ProblemError && error.code === 'upload_offset_conflict'
}

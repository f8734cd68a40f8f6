import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3'
import type { S3Settings } from './settings.ts'
import { type ByteRange, FileMissing, type FileStore } from './store.ts'

/** What leaves the process is said by our log alone, of the errors that come back. */
const say = () => {}
const silent = { trace: say, debug: say, info: say, warn: say, error: say }

/** Files in a bucket of an S3-compatible store, one object each. */
export class S3Store implements FileStore {
  readonly #client: S3Client
  readonly #bucket: string

  constructor({ endpoint, region, bucket, credentials }: S3Settings) {
    this.#bucket = bucket
    this.#client = new S3Client({
      region,
      logger: silent,
      ...(endpoint !== null && { endpoint, forcePathStyle: true }),
      ...(credentials !== null && { credentials }),
      // Others than Amazon may not know the checksums that it computes by default.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      // Without the last one it would only warn, and a store that hangs would hold the request that brought the file.
      requestHandler: {
        connectionTimeout: 5_000,
        socketTimeout: 60_000,
        requestTimeout: 60_000,
        throwOnRequestTimeout: true,
      },
    })
  }

  async put(id: string, path: string): Promise<void> {
    const { size } = await stat(path)
    const object = { Bucket: this.#bucket, Key: keyOf(id), Body: createReadStream(path), ContentLength: size }
    await this.#client.send(new PutObjectCommand(object))
  }

  async read(id: string, size: number, { first, last }: ByteRange): Promise<Readable> {
    await this.check(id, size)
    const object = { Bucket: this.#bucket, Key: keyOf(id), Range: `bytes=${first}-${last}` }
    const { Body } = await this.#client.send(new GetObjectCommand(object)).catch(missing)
    if (!Body) throw new FileMissing('The object has no body')
    return Body as Readable
  }

  async check(id: string, size: number): Promise<void> {
    const object = { Bucket: this.#bucket, Key: keyOf(id) }
    const { ContentLength } = await this.#client.send(new HeadObjectCommand(object)).catch(missing)
    if (ContentLength !== size) throw new FileMissing('The object has another size')
  }

  async remove(id: string): Promise<void> {
    await this.#client.send(new DeleteObjectCommand({ Bucket: this.#bucket, Key: keyOf(id) }))
  }

  /** An object is there whole or not at all. */
  async sweep(): Promise<void> {}
}

function keyOf(id: string): string {
  return `attachments/${id}`
}

function missing(error: unknown): never {
  if (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404)
    throw new FileMissing('There is no such object', { cause: error })
  throw error
}

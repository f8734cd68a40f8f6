import { resolve } from 'node:path'
import { z } from 'zod'

const bucketHelp = 'must be the name of a bucket: 3 to 63 small letters, digits, dots and hyphens'

/** The settings of attachments, as the environment says them. */
export const AttachmentEnvironment = z.object({
  WASPADA_ATTACHMENTS_DIR: z.string().min(1).optional(),
  WASPADA_UPLOAD_HOURS: z
    .string()
    .regex(/^\d{1,4}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(1).max(8760))
    .default(168),
  WASPADA_OPEN_UPLOADS: z
    .string()
    .regex(/^\d{1,6}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(1).max(100_000))
    .default(100),
  WASPADA_SCAN_COMMAND: z.string().regex(/\S/, 'must not be blank').optional(),
  WASPADA_S3_ENDPOINT: z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }).optional(),
  WASPADA_S3_REGION: z.string().min(1).default('us-east-1'),
  WASPADA_S3_BUCKET: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, bucketHelp)
    .optional(),
  WASPADA_S3_ACCESS_KEY_ID: z.string().min(1).optional(),
  WASPADA_S3_SECRET_ACCESS_KEY: z.string().min(1).optional(),
})

/** An S3-compatible store. */
export interface S3Settings {
  /** Null: Amazon's own. */
  endpoint: string | null
  region: string
  bucket: string
  /** Null: as the machine itself is known, the way every AWS client finds out. */
  credentials: { accessKeyId: string; secretAccessKey: string } | null
}

export interface AttachmentSettings {
  /** Absolute path of the folder of unfinished files, and without S3 of the finished ones. */
  folder: string
  /** Hours that an upload may take. */
  uploadHours: number
  /** Uploads of one client that may be under way at once, each of them 25 MiB at most. */
  openUploads: number
  /** A program and its arguments, to which the path of a file is added; null where nothing is scanned. */
  scanCommand: readonly string[] | null
  /** Null: finished files are kept in the folder. */
  s3: S3Settings | null
}

/** @param dataDir in which the folder lies unless said */
export function attachmentSettings(env: z.output<typeof AttachmentEnvironment>, dataDir: string): AttachmentSettings {
  return {
    folder: resolve(env.WASPADA_ATTACHMENTS_DIR ?? `${dataDir}/attachments`),
    uploadHours: env.WASPADA_UPLOAD_HOURS,
    openUploads: env.WASPADA_OPEN_UPLOADS,
    scanCommand: env.WASPADA_SCAN_COMMAND?.trim().split(/\s+/) ?? null,
    s3: s3Settings(env),
  }
}

/**
 * What half a store would do: with no bucket files would stay on this machine without a word, and with half of the credentials
 * those of the machine would be tried elsewhere.
 */
export function attachmentFaults(env: z.output<typeof AttachmentEnvironment>): string[] {
  const { WASPADA_S3_ACCESS_KEY_ID: id, WASPADA_S3_SECRET_ACCESS_KEY: secret } = env
  const { WASPADA_S3_BUCKET: bucket, WASPADA_S3_ENDPOINT: endpoint } = env
  const said = [endpoint, id, secret].some((one) => one !== undefined)
  const faults = [
    said && bucket === undefined && 'WASPADA_S3_BUCKET: must be set where another setting of the store is',
    id !== undefined && secret === undefined && 'WASPADA_S3_SECRET_ACCESS_KEY: must be set with the key id',
    secret !== undefined && id === undefined && 'WASPADA_S3_ACCESS_KEY_ID: must be set with the secret',
    endpoint !== undefined &&
      id === undefined &&
      secret === undefined &&
      'WASPADA_S3_ACCESS_KEY_ID: must be set, with its secret, for a store other than Amazon',
  ]
  return faults.filter((fault) => fault !== false)
}

function s3Settings(env: z.output<typeof AttachmentEnvironment>): S3Settings | null {
  const { WASPADA_S3_BUCKET: bucket, WASPADA_S3_ACCESS_KEY_ID: id, WASPADA_S3_SECRET_ACCESS_KEY: secret } = env
  if (bucket === undefined) return null
  const credentials = id !== undefined && secret !== undefined ? { accessKeyId: id, secretAccessKey: secret } : null
  return { endpoint: env.WASPADA_S3_ENDPOINT ?? null, region: env.WASPADA_S3_REGION, bucket, credentials }
}

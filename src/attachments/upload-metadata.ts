import { basename } from 'node:path/posix'
import { z } from 'zod'
import { DomainError, type FaultCode } from '../errors.ts'
import { Text } from '../http/schemas.ts'

/** What a client says of a file before it sends it. */
export interface FileMetadata {
  fileName: string
  /** Of the whole file, 64 small hexadecimal digits. */
  sha256: string | null
}

const FileName = Text(1, 200)
const Sha256 = z.string().regex(/^[0-9a-f]{64}$/)
const FileType = z
  .string()
  .max(100)
  .regex(/^[\w.+-]+\/[\w.+;= -]+$/)

/**
 * The header Upload-Metadata of the tus protocol: names, each with a value in base64. `filename` is needed; `sha256` is checked
 * in the end; `filetype` is read and not believed.
 * @throws DomainError parameter_invalid
 */
export function parseUploadMetadata(header: string): FileMetadata {
  const given = new Map<string, string>()
  for (const pair of header.split(',')) {
    const [, name, value] = /^ *([A-Za-z0-9]{1,40}) ([A-Za-z0-9+/]*={0,2}) *$/.exec(pair) ?? refuse('format_invalid')
    if (name === undefined || value === undefined || given.has(name)) refuse('repeated_parameter')
    given.set(name, decoded(value))
  }
  const { filename, filetype, sha256, ...others } = Object.fromEntries(given)
  if (Object.keys(others).length > 0) refuse('not_allowed', { allowed: 'filename, filetype, sha256' })
  if (filename === undefined) refuse('required')
  if (filetype !== undefined && !FileType.safeParse(filetype).success) refuse('format_invalid')
  if (sha256 !== undefined && !Sha256.safeParse(sha256).success) refuse('format_invalid')
  // Some send the whole path, of either kind; whose folder it lay in is nobody's business.
  const name = FileName.safeParse(basename(filename.replaceAll('\\', '/')))
  if (!name.success || name.data === '.' || name.data === '..') refuse('text_invalid')
  return { fileName: name.data, sha256: sha256 ?? null }
}

function decoded(value: string): string {
  const bytes = Buffer.from(value, 'base64')
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return refuse('text_invalid')
  }
}

function refuse(code: FaultCode, params: Record<string, string> = {}): never {
  throw new DomainError('parameter_invalid', {}, [{ header: 'Upload-Metadata', code, params }])
}

import { WaspadaError } from '../errors.ts'

export type OutboxErrorCode =
  | 'disk_full'
  | 'not_writable'
  | 'file_unusable'
  | 'file_unknown'
  | 'file_ambiguous'
  | 'reference_in_use'
  | 'item_unknown'
  | 'item_ambiguous'
  | 'item_sent'
  | 'item_unreadable'

/** What the outbox refuses to do, in words for whoever asked. */
export class OutboxError extends WaspadaError {
  override readonly name = 'OutboxError'
  readonly code: OutboxErrorCode

  constructor(code: OutboxErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options)
    this.code = code
  }
}

const full = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])
const closed = new Set(['EACCES', 'EPERM', 'EROFS'])

/** For what may wait until the disk takes it. @throws what is no OutboxError */
export function unlessUnwritable(error: unknown): void {
  if (!(error instanceof OutboxError)) throw error
}

/** What kept a file from being written, in words; other errors as they are. */
export function writingFailed(error: unknown, folder: string): unknown {
  const { code = '' } = error as NodeJS.ErrnoException
  if (full.has(code))
    return new OutboxError('disk_full', `The disk of ${folder} is full`, {
      cause: error,
    })
  if (closed.has(code))
    return new OutboxError('not_writable', `This account may not write in ${folder}`, {
      cause: error,
    })
  return error
}

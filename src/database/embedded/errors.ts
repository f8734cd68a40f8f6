/** What can keep the embedded server from running; each has its own sentence for the operator. */
export type EmbeddedServerErrorCode =
  | 'platform_unsupported'
  | 'binaries_missing'
  | 'binaries_unusable'
  | 'account_missing'
  | 'account_unknown'
  | 'account_switch_refused'
  | 'data_unreadable'
  | 'data_missing'
  | 'path_too_long'
  | 'disk_full'
  | 'cluster_incomplete'
  | 'cluster_init_failed'
  | 'version_mismatch'
  | 'password_missing'
  | 'password_refused'
  | 'port_busy'
  | 'memory_short'
  | 'start_timeout'
  | 'start_failed'

/** Why the embedded PostgreSQL does not run, in words for the person who started the service. */
export class EmbeddedServerError extends Error {
  override readonly name = 'EmbeddedServerError'
  readonly code: EmbeddedServerErrorCode

  constructor(code: EmbeddedServerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** The `code` of a Node system error (`ENOENT`, ...) or of a PostgreSQL error (`57P03`, ...). */
export function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : undefined
}

/** Gives a failed file operation below the data folder its sentence; other errors pass as they are. */
export function asEmbeddedServerError(error: unknown, dataDir: string): unknown {
  if (error instanceof EmbeddedServerError) return error
  const reason = error instanceof Error ? error.message : String(error)
  switch (codeOf(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return diskFull(dataDir, error)
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new EmbeddedServerError(
        'data_unreadable',
        process.getuid?.() === 0
          ? `The data folder ${dataDir} cannot be used (${reason}), though this process is root: it is read-only, or root lacks CAP_DAC_OVERRIDE here. Run the service as the folder's owner, or name another folder in WASPADA_DATA_DIR.`
          : `The data folder ${dataDir} cannot be used by this account (${reason}). Give it to the account that runs the service, run the service as its owner, or name another folder in WASPADA_DATA_DIR.`,
        { cause: error },
      )
    case 'ENOTDIR':
    case 'EEXIST':
      return new EmbeddedServerError('data_unreadable', `The data folder ${dataDir} is not a folder (${reason}).`, {
        cause: error,
      })
    case 'ENAMETOOLONG':
      return new EmbeddedServerError('path_too_long', `The path of the data folder ${dataDir} is too long.`, {
        cause: error,
      })
    default:
      return error
  }
}

export function diskFull(where: string, cause?: unknown): EmbeddedServerError {
  return new EmbeddedServerError(
    'disk_full',
    `The disk that holds ${where} is full. Free some space and start again.`,
    {
      cause,
    },
  )
}

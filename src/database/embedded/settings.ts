/** Settings of a server for real data: nothing acknowledged is lost, and a modest machine carries it. */
const DURABLE = {
  fsync: 'on',
  full_page_writes: 'on',
  synchronous_commit: 'on',
  shared_buffers: '128MB',
  max_connections: '60',
}

/** Settings of a throw-away cluster: fast, and worth nothing after a crash. */
const EPHEMERAL = {
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'off',
  autovacuum: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '4GB',
  shared_buffers: '128MB',
  max_connections: '200',
}

const COMMON = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  password_encryption: 'scram-sha-256',
  TimeZone: 'UTC',
  log_timezone: 'UTC',
  cluster_name: 'waspada',
  jit: 'off',
  log_checkpoints: 'off',
  // The log must not carry what reports say: no statements, no details that quote the row, and no errors of statements at all,
  // whose very message may quote a value. Whoever sent the statement hears of them.
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  lc_messages: 'C',
}

/** The command line of the server, `-c name=value` for each setting; the caller's settings have the last word. */
export function serverArguments(cluster: string, port: number, ephemeral: boolean, extra: Record<string, string>) {
  const settings = { ...COMMON, ...(ephemeral ? EPHEMERAL : DURABLE), ...extra, port: String(port) }
  return ['-D', cluster, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])]
}

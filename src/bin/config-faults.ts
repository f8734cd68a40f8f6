import { readdir, stat } from 'node:fs/promises'
import { BlockList, isIP } from 'node:net'
import { join } from 'node:path'
import pg from 'pg'
import type { Config } from '../config.ts'
import type { Findings } from '../database/server-advisories.ts'

/** What everybody tries first. Compared in small letters, as are the user's and the database's own name. */
const wellKnown = new Set(
  'admin administrator change-me change_me changeit changeme default example kesbangpol p4ssw0rd passw0rd password password1 postgres postgresql qwerty root secret test waspada welcome'.split(
    ' ',
  ),
)

/**
 * What the settings hold against serving. In production it refuses the start, elsewhere it is a warning: who tries Waspada out
 * may use the password that everybody knows.
 */
export async function findConfigFaults(config: Config): Promise<Findings> {
  const found = [...databaseFaults(config), ...(await openSecrets(config.dataDir))]
  const connection = connectionWarnings(config)
  if (!config.production) return { faults: [], warnings: [...found, ...connection] }
  return { faults: [...missingDatabase(config), ...found], warnings: connection }
}

/** In a container the embedded data would go with it, and every report that was acknowledged. */
function missingDatabase({ databaseUrl }: Config): string[] {
  if (databaseUrl !== null) return []
  return ['DATABASE_URL is not set; production keeps its data in a PostgreSQL of its own, never in the embedded one']
}

function databaseFaults({ databaseUrl }: Config): string[] {
  if (databaseUrl === null) return []
  const { user, password, host, database, ssl } = connectionOf(databaseUrl)
  const secret = (password ?? '').toLowerCase()
  if (secret === '') {
    if (isLoopback(host) || ssl.certified) return []
    return [`DATABASE_URL has no password for ${host}; give its role one`]
  }
  const guessed = wellKnown.has(secret) || /^\d{1,8}$/.test(secret) || [user, database].includes(secret)
  return guessed ? ['DATABASE_URL has a password that everybody tries first; give its role a random one'] : []
}

function connectionWarnings({ databaseUrl }: Config): string[] {
  if (databaseUrl === null) return []
  const { host, ssl } = connectionOf(databaseUrl)
  if (isNearby(host)) return []
  const remedy = 'use sslmode=verify-full'
  if (!ssl.encrypted) return [`DATABASE_URL sends reports to ${host} unencrypted; ${remedy}`]
  return ssl.verified ? [] : [`DATABASE_URL does not verify that ${host} is the server it means; ${remedy}`]
}

/** What the driver makes of the URL, with the PG* variables that it reads as well. */
function connectionOf(url: string) {
  const client = new pg.Client({ connectionString: url })
  const { user = '', password = null, host, database = '' } = client
  const tls = client.ssl as boolean | { cert?: string; rejectUnauthorized?: boolean }
  const options = typeof tls === 'object' ? tls : {}
  const ssl = {
    encrypted: tls !== false,
    verified: options.rejectUnauthorized !== false,
    certified: options.cert !== undefined,
  }
  return { user: user.toLowerCase(), password, host, database: database.toLowerCase(), ssl }
}

/** Files of the data folder that hold secrets and that accounts other than the owner's may read. */
async function openSecrets(dataDir: string): Promise<string[]> {
  const keys = await readdir(join(dataDir, 'keys')).catch(() => [])
  const files = [...keys.map((name) => join(dataDir, 'keys', name)), join(dataDir, 'postgres-password')]
  const modes = await Promise.all(
    files.map(async (file) => ({ file, mode: (await stat(file).catch(() => null))?.mode ?? 0 })),
  )
  return modes.filter(({ mode }) => (mode & 0o077) !== 0).map(({ file }) => `Others may read ${file}; chmod 600 it`)
}

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

const privately = new BlockList()
for (const [net, prefix] of [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
] as const)
  privately.addSubnet(net, prefix, 'ipv4')
for (const [net, prefix] of [
  ['fc00::', 7],
  ['fe80::', 10],
] as const)
  privately.addSubnet(net, prefix, 'ipv6')

function isLoopback(host: string): boolean {
  const name = host.replace(/^\[(.*)\]$/, '$1')
  if (isIP(name) > 0) return loopback.check(name, isIP(name) === 6 ? 'ipv6' : 'ipv4')
  return name === 'localhost' || name.endsWith('.localhost') || name.startsWith('/')
}

/** This machine or a network that is not the internet, as far as a name tells. */
function isNearby(host: string): boolean {
  if (isLoopback(host)) return true
  if (isIP(host) > 0) return privately.check(host, isIP(host) === 6 ? 'ipv6' : 'ipv4')
  return !host.includes('.') || /\.(internal|local|lan|svc)$/.test(host)
}

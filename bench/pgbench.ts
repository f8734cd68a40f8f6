import { execFile } from 'node:child_process'
import { accessSync, constants, readdirSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { connections } from './options.ts'
import type { PgbenchScript } from './pgbench-script.ts'

const run = promisify(execFile)
const debianFolder = '/usr/lib/postgresql'

/** The program of the newest PostgreSQL that has one. @throws when the machine has none */
export function findPgbench(): string {
  const onPath = (process.env.PATH ?? '').split(':').map((folder) => join(folder, 'pgbench'))
  const found = [...debianPrograms(), ...onPath].find(isProgram)
  if (found) return found
  throw new Error(
    'pgbench is not on this machine; it comes with PostgreSQL (Debian: postgresql-contrib or postgresql-15)',
  )
}

function debianPrograms(): string[] {
  try {
    const versions = readdirSync(debianFolder).sort((a, b) => Number(b) - Number(a))
    return versions.map((version) => join(debianFolder, version, 'bin', 'pgbench'))
  } catch {
    return []
  }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

export async function pgbenchVersion(program: string): Promise<string> {
  return (await run(program, ['--version'])).stdout.trim()
}

/** What one round of pgbench did. */
export interface Done {
  perSecond: number
  transactions: number
  /** Milliseconds, mean. */
  latency: number
}

/** Runs the script prepared, at 16 connections, with the login and the session settings of the service. @throws on any failed transaction */
export async function runPgbench(
  program: string,
  serviceUrl: string,
  script: PgbenchScript,
  options: { seconds: number; folder: string },
): Promise<Done> {
  const file = join(options.folder, 'transaction.sql')
  await writeFile(file, script.text)
  const defines = Object.entries(script.defines).flatMap(([name, value]) => ['--define', `${name}=${value}`])
  const fixed = [
    '--protocol=prepared',
    `--client=${connections}`,
    '--jobs=2',
    '--no-vacuum',
    `--time=${options.seconds}`,
    `--file=${file}`,
  ]
  const { stdout } = await run(program, [...fixed, ...defines], { env: environmentFor(serviceUrl) }).catch(
    withoutArguments,
  )
  await rm(file)
  const number = (pattern: RegExp) => Number(pattern.exec(stdout)?.[1] ?? Number.NaN)
  const failed = number(/number of failed transactions: (\d+)/)
  if (failed > 0) throw new Error(`pgbench reports ${failed} failed transactions`)
  return {
    perSecond: number(/tps = ([\d.]+)/),
    transactions: number(/transactions actually processed: (\d+)/),
    latency: number(/latency average = ([\d.]+)/),
  }
}

/** What pgbench said; the failure of Node.js would repeat every text that it was given. */
function withoutArguments({ stderr }: { stderr: string }): never {
  throw new Error(`pgbench failed: ${stderr.split('\n').slice(0, 3).join('; ')}`)
}

function environmentFor(serviceUrl: string): NodeJS.ProcessEnv {
  const url = new URL(serviceUrl)
  return {
    PATH: process.env.PATH,
    PGHOST: url.hostname,
    PGPORT: url.port || '5432',
    PGUSER: decodeURIComponent(url.username),
    PGPASSWORD: decodeURIComponent(url.password),
    PGDATABASE: decodeURIComponent(url.pathname.slice(1)),
    PGOPTIONS: '-c statement_timeout=15s -c idle_in_transaction_session_timeout=10s',
  }
}

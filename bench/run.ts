import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { baselineOf } from './baseline.ts'
import { administer, openBenchDatabase } from './database.ts'
import type { Seen } from './load.ts'
import { listRegencies, type Office, registerOffices } from './offices.ts'
import { connections, type Operation, type Options, readOptions } from './options.ts'
import { findPgbench, pgbenchVersion, runPgbench } from './pgbench.ts'
import type { Load } from './requests.ts'
import { type Pair, summarise, table } from './results.ts'
import { seedReports } from './seed.ts'
import { startService } from './service.ts'

interface Bench extends Options {
  adminUrl: string
  serviceUrl: string
  dataDir: string
  address: string
  offices: Office[]
  regencies: number
  pgbench: string
  loader: ChildProcess
}

const options = readOptions()
const pgbench = findPgbench()
const dataDir = await mkdtemp(join(tmpdir(), 'waspada-bench-'))
try {
  await benchmark()
} finally {
  await rm(dataDir, { recursive: true, force: true })
}

async function benchmark(): Promise<void> {
  const database = await openBenchDatabase(dataDir)
  try {
    console.log(
      `${database.description}; ${await pgbenchVersion(pgbench)}; Node.js ${process.version}; ${cpus().length} cores`,
    )
    const regencies = await listRegencies(database.adminUrl)
    await seedReports(database.adminUrl, options.reports, regencies)
    const offices = await registerOffices(database.adminUrl, regencies, dataDir)
    console.log(
      `${options.reports} reports of ${regencies.length} regencies, ${offices.length} offices call, ${connections} connections`,
    )
    const service = await startService({ databaseUrl: database.adminUrl, dataDir, profile: options.profile })
    const loader = fork(fileURLToPath(new URL('load.ts', import.meta.url)), { execArgv: ['--import', 'tsx'] })
    try {
      await measure({
        ...options,
        ...database,
        dataDir,
        address: service.address,
        offices,
        regencies: regencies.length,
        pgbench,
        loader,
      })
    } finally {
      loader.kill()
      await service.stop()
    }
  } finally {
    await database.drop()
  }
}

async function measure(bench: Bench): Promise<void> {
  const summaries = []
  for (const operation of bench.only) {
    await loadRound({ ...bench, seconds: 2 }, operation, 0)
    const pairs: Pair[] = []
    for (let round = 1; round <= bench.rounds; round += 1) {
      const pair = await interleaved(bench, operation, round)
      console.log(
        `${operation} ${round}: Waspada ${pair.waspada.perSecond.toFixed(0)}/s, pgbench ${pair.pgbench.perSecond.toFixed(0)}/s`,
      )
      pairs.push(pair)
    }
    summaries.push(summarise(operation, pairs))
  }
  console.log(`\n${table(summaries)}`)
  if (summaries.some(({ failed }) => failed > 0)) throw new Error('Some requests failed: the figures say nothing')
}

async function interleaved(bench: Bench, operation: Operation, round: number): Promise<Pair> {
  const { serviceUrl, dataDir, seconds } = bench
  const before = await countReports(bench)
  const waspada = await loadRound(bench, operation, round)
  const between = await countReports(bench)
  if (operation === 'post') requireStored('Waspada', waspada.answered, between - before)
  const script = await baselineOf(operation, bench, round)
  const own = await countReports(bench)
  const done = await runPgbench(bench.pgbench, serviceUrl, script, { seconds, folder: dataDir })
  if (operation === 'post') requireStored('pgbench', done.transactions, (await countReports(bench)) - own)
  return { waspada, pgbench: done }
}

/** Each post that was answered must be there; those under way when the round ended may be. */
function requireStored(who: string, counted: number, stored: number): void {
  if (stored < counted || stored > counted + connections)
    throw new Error(`${who} counted ${counted} posts, but ${stored} are stored`)
}

async function countReports({ adminUrl }: Bench): Promise<number> {
  const [row] = await administer(adminUrl, 'SELECT count(*)::integer AS count FROM reports')
  return Number(row?.count)
}

/** What was under way when a round ended comes to its end before anything is counted, or the next round begins. */
async function settled(): Promise<void> {
  await setTimeout(500)
}

async function loadRound(bench: Bench, operation: Operation, round: number): Promise<Seen> {
  const { address, seconds, offices, reports, regencies, loader } = bench
  const load: Load = { operation, address, seconds, offices, reports, regencies, round }
  loader.send(load)
  const [seen] = await once(loader, 'message')
  await settled()
  return seen
}

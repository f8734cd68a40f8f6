import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openBenchDatabase } from './database.ts'
import { openReaders, registerReaders } from './event-readers.ts'
import type { Seen } from './load.ts'
import { listRegencies, type Office, registerOffices } from './offices.ts'
import { readOptions } from './options.ts'
import type { Load } from './requests.ts'
import { median } from './results.ts'
import { seedReports } from './seed.ts'
import { startService } from './service.ts'

/** Posting with nobody who follows the log may be so much faster than with twenty who do. */
const most = 1.1

const options = readOptions()
const dataDir = await mkdtemp(join(tmpdir(), 'waspada-bench-'))
try {
  process.exitCode = (await benchmark()) <= most ? 0 : 1
} finally {
  await rm(dataDir, { recursive: true, force: true })
}

/** @returns the median of posts a second without readers over those with */
async function benchmark(): Promise<number> {
  const database = await openBenchDatabase(dataDir)
  try {
    const regencies = await listRegencies(database.adminUrl)
    await seedReports(database.adminUrl, options.reports, regencies)
    const offices = await registerOffices(database.adminUrl, regencies, dataDir)
    const tokens = await registerReaders(database.adminUrl, regencies, dataDir)
    const service = await startService({ databaseUrl: database.adminUrl, dataDir, profile: options.profile })
    const loader = fork(fileURLToPath(new URL('load.ts', import.meta.url)), { execArgv: ['--import', 'tsx'] })
    try {
      console.log(
        `${database.description}; Node.js ${process.version}; ${cpus().length} cores; ${options.reports} reports`,
      )
      return await measure({ address: service.address, offices, regencies: regencies.length, loader }, tokens)
    } finally {
      loader.kill()
      await service.stop()
    }
  } finally {
    await database.drop()
  }
}

interface Posting {
  address: string
  offices: Office[]
  regencies: number
  loader: ChildProcess
}

async function measure(posting: Posting, tokens: readonly string[]): Promise<number> {
  const readers = openReaders(posting.address, tokens)
  await post(posting, 0, 2)
  const ratios: number[] = []
  let failed = 0
  console.log(
    '| round | alone /s | p50 / p99 ms | failed | followed /s | p50 / p99 ms | failed | ratio | pages | events | load |',
  )
  console.log('| --: | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: |')
  for (let round = 1; round <= options.rounds; round += 1) {
    const followed = async () => {
      await readers.catchUp()
      const stop = readers.follow()
      const seen = await post(posting, 2 * round, options.seconds)
      return { seen, read: await stop() }
    }
    const alone = () => post(posting, 2 * round + 1, options.seconds)
    // Who comes first changes with each round: the table grows, and the machine may warm up.
    const first = round % 2 === 0 ? await alone() : undefined
    const { seen, read } = await followed()
    const other = first ?? (await alone())
    const ratio = other.perSecond / seen.perSecond
    ratios.push(ratio)
    failed += other.failed + seen.failed
    const cells = [round, ...figures(other), ...figures(seen), ratio.toFixed(2), read.pages, read.events]
    console.log(`| ${[...cells, loadavg()[0]?.toFixed(1)].join(' | ')} |`)
    for (const { failed, failures } of [other, seen]) if (failed > 0) console.log(JSON.stringify(failures))
  }
  console.log(`\nmedian ratio ${median(ratios).toFixed(3)}, at most ${most}`)
  if (failed > 0) throw new Error(`${failed} posts failed: the figures say little`)
  return median(ratios)
}

function figures({ perSecond, p50, p99, failed }: Seen): string[] {
  return [perSecond.toFixed(0), `${p50.toFixed(0)} / ${p99.toFixed(0)}`, String(failed)]
}

async function post({ loader, ...where }: Posting, round: number, seconds: number): Promise<Seen> {
  const load: Load = { ...where, operation: 'post', seconds, reports: options.reports, round }
  loader.send(load)
  const [seen] = (await once(loader, 'message')) as [Seen]
  return seen
}

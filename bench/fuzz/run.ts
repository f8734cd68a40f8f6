import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { openKeys } from '../../src/access/signing-keys.ts'
import { readConfig } from '../../src/config.ts'
import { openBenchDatabase } from '../database.ts'
import { startService } from '../service.ts'
import { fuzz } from './campaign.ts'
import { Contract } from './contract.ts'
import type { LoopDelay } from './loop-delay.ts'
import { readFuzzOptions } from './options.ts'
import { complaintsOf, describe, statusTable } from './report.ts'
import { delayOf, resetDelay, startIdle, watching } from './watched.ts'
import { makeWorld } from './world.ts'

/** Milliseconds: the event loop of the service may be so late, 99 times of 100. */
const latest = 50
const restTime = 3000

const options = readFuzzOptions()
const contract = new Contract()
const dataDir = await mkdtemp(join(tmpdir(), 'waspada-fuzz-'))
try {
  const database = await openBenchDatabase(dataDir)
  try {
    console.log(
      `${options.requests} requests of seed ${options.seed}, ${options.inFlight} at once; ${database.description}`,
    )
    const complaints = await campaign(database.adminUrl)
    console.log(complaints.length === 0 ? 'The fuzz passed.' : `The fuzz FAILED: ${complaints.join('; ')}.`)
    process.exitCode = complaints.length === 0 ? 0 : 1
  } finally {
    await database.drop()
  }
} finally {
  await rm(dataDir, { recursive: true, force: true })
}

async function campaign(adminUrl: string): Promise<string[]> {
  const service = await startService({ databaseUrl: adminUrl, dataDir, nodeArguments: watching })
  const idle = startIdle()
  try {
    const keys = await openKeys(dataDir)
    const { address } = service
    const world = await makeWorld({ address, adminUrl, keys, trusted: readConfig({}), now: new Date() })
    const delays: Record<string, LoopDelay> = {}
    const measured = async <Result>(when: string, run: () => Promise<Result>): Promise<Result> => {
      resetDelay(service.process)
      resetDelay(idle)
      const result = await run()
      delays[`service, ${when}`] = await delayOf(service.process)
      delays[`idle process beside it, ${when}`] = await delayOf(idle)
      return result
    }
    await measured('at rest', () => setTimeout(restTime))
    const outcome = await measured('under the fuzz', () => fuzz(contract, world, options))
    console.log(`\n${statusTable(outcome)}\n`)
    console.log(`Spoilt by: ${[...outcome.changes].map(([name, count]) => `${name} ${count}`).join(', ')}\n`)
    for (const violation of outcome.violations) console.log(describe(violation, world))
    console.log(`${(options.requests / outcome.seconds).toFixed(0)} requests a second; event-loop delay in ms:`)
    for (const [who, { p50, p99, max }] of Object.entries(delays))
      console.log(`  ${who}: p50 ${p50.toFixed(1)}, p99 ${p99.toFixed(1)}, most ${max.toFixed(1)}`)
    const lateness = delays['service, under the fuzz']?.p99 ?? Number.POSITIVE_INFINITY
    return [
      ...complaintsOf(contract, outcome),
      ...(lateness < latest ? [] : [`p99 of the event-loop delay ${lateness.toFixed(1)} ms`]),
    ]
  } finally {
    idle.kill()
    await service.stop()
  }
}

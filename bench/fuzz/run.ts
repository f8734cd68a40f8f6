import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { openKeys } from '../../src/access/signing-keys.ts'
import { readConfig } from '../../src/config.ts'
import { administer, openBenchDatabase } from '../database.ts'
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
const tooBusy = 10
const restTime = 3000
const longestChaining = 30_000
const chainPause = 200

interface Delays {
  service: LoopDelay
  idle: LoopDelay
}

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
    const chained = () => chainedIn(adminUrl)
    const world = await makeWorld({ address, adminUrl, keys, trusted: readConfig({}), now: new Date(), chained })
    const measured = async <Result>(when: string, run: () => Promise<Result>) => {
      resetDelay(service.process)
      resetDelay(idle)
      const result = await run()
      const delays: Delays = { service: await delayOf(service.process), idle: await delayOf(idle) }
      console.log(
        `event-loop delay ${when}: ${inWords(delays.service)}; of an idle process beside it: ${inWords(delays.idle)}`,
      )
      return { result, delays }
    }
    await measured('at rest', () => setTimeout(restTime))
    const { result: outcome, delays } = await measured('under the fuzz', () => fuzz(contract, world, options))
    console.log(`\n${statusTable(outcome)}\n`)
    console.log(`Spoilt by: ${[...outcome.changes].map(([name, count]) => `${name} ${count}`).join(', ')}\n`)
    for (const violation of outcome.violations) console.log(describe(violation, world))
    console.log(`${(options.requests / outcome.seconds).toFixed(0)} requests a second`)
    return [...complaintsOf(contract, outcome), ...complaintOfDelay(delays)]
  } finally {
    idle.kill()
    await service.stop()
  }
}

/** Resolves when the worker of the service has chained the audit to its end. */
async function chainedIn(adminUrl: string): Promise<void> {
  for (const end = performance.now() + longestChaining; performance.now() < end; ) {
    const [row] = await administer(adminUrl, 'SELECT count(*)::int AS left FROM audit_entries WHERE sequence IS NULL')
    if (row?.left === 0) return
    await setTimeout(chainPause)
  }
  throw new Error('The worker did not chain the audit in time')
}

function inWords({ p50, p99, max }: LoopDelay): string {
  return `p50 ${p50.toFixed(1)}, p99 ${p99.toFixed(1)}, most ${max.toFixed(1)} ms`
}

/** A machine on which even an idle process is late says nothing about the service. */
function complaintOfDelay({ service, idle }: Delays): string[] {
  if (service.p99 < latest) return []
  if (idle.p99 < tooBusy) return [`the event loop was late by ${service.p99.toFixed(1)} ms (p99)`]
  console.log(
    `The machine was too busy to judge the event loop: an idle process was late by ${idle.p99.toFixed(1)} ms.`,
  )
  return []
}

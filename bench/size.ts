import { type ChildProcess, fork } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openRecorder, type Recorder } from './record.ts'
import { type Service, startService } from './service.ts'
import { openSized, type SizedDatabase, type SizedServer } from './size/databases.ts'
import { measure, type Subject } from './size/measure.ts'
import { type SizeOperation, sizeOperations } from './size/operations.ts'
import { readSizeOptions } from './size/options.ts'
import { plansOf } from './size/plans.ts'
import { failedIn, type Result, summarise, table } from './size/results.ts'
import { commonStages, worldOf } from './size/world.ts'

/**
 * What millions of reports cost: the same requests at two sizes, each beside its own statements in `pg`, in the same run. Ends with 1 when
 * an aim is missed, or anything failed.
 */
const options = readSizeOptions()
const atOnce = [16, 1]
const sizes = [options.base, options.reports]
const server = await openSized(options.data, sizes, { refill: options.refill, log: console.log })
try {
  if (!options.fillOnly) await compare(server)
} finally {
  await server.stop()
}

async function compare({ databases, description, settings }: SizedServer): Promise<void> {
  console.log(`${description}; ${settings}; Node.js ${process.version}; ${cpus().length} cores`)
  const loader = fork(fileURLToPath(new URL('size/load.ts', import.meta.url)), {
    execArgv: ['--import', 'tsx'],
    serialization: 'advanced',
  })
  const services: Service[] = []
  const recorders: Recorder[] = []
  try {
    for (const { adminUrl, dataDir } of databases) services.push(await startService({ databaseUrl: adminUrl, dataDir }))
    for (const database of databases) recorders.push(await openRecorder(database))
    const subjects = await subjectsOf(databases, services, recorders)
    if (options.plans !== undefined) return await writePlans(options.plans, subjects)
    const results = await measureAll(loader, subjects)
    const aims = results.flatMap((each) => each.aims)
    console.log(`\n${table(results, options)}`)
    const file = options.json ?? join(options.data, 'size-results.json')
    await writeFile(file, `${JSON.stringify({ at: new Date(), description, settings, options, results }, null, 2)}\n`)
    const failed = results.reduce((sum, each) => sum + failedIn(each), 0)
    console.log(`${aims.filter(({ held }) => held).length} of ${aims.length} aims held, ${failed} failed; in ${file}`)
    process.exitCode = aims.every(({ held }) => held) && failed === 0 ? 0 : 1
  } finally {
    loader.kill()
    for (const recorder of recorders) await recorder.close()
    for (const service of services) await service.stop()
  }
}

async function subjectsOf(
  databases: readonly SizedDatabase[],
  services: readonly Service[],
  recorders: readonly Recorder[],
): Promise<Subject[]> {
  const stages = await commonStages(databases[0]?.adminUrl ?? '')
  const subjects: Subject[] = []
  for (const [index, database] of databases.entries()) {
    const [service, recorder] = [services[index], recorders[index]]
    if (!service || !recorder) throw new Error('A database has no service')
    const { address } = service
    subjects.push({ database, address, recorder, world: await worldOf(database, address, stages) })
  }
  return subjects
}

async function writePlans(file: string, subjects: readonly Subject[]): Promise<void> {
  const large = subjects.at(-1)
  const reading = (await operationsAsked()).filter(({ writes }) => !writes)
  const texts = []
  for (const operation of reading) if (large) texts.push(await plansOf(large, operation))
  await writeFile(file, texts.join(''))
}

async function measureAll(loader: ChildProcess, subjects: readonly Subject[]): Promise<Result[]> {
  const results: Result[] = []
  for (const operation of await operationsAsked()) {
    for (const connections of atOnce) {
      const rounds = await measure(loader, subjects, { ...options, operation, connections })
      const oneRow = results.find((each) => each.operation === 'find' && each.connections === connections)
      const result = summarise(operation, connections, rounds, oneRow)
      const { base, large } = result
      console.log(
        `${operation.name}, ${connections} at once: p50 ${base.waspada.p50.toFixed(1)} and ${large.waspada.p50.toFixed(1)} ms, pg ${base.pg.p50.toFixed(1)} and ${large.pg.p50.toFixed(1)} ms`,
      )
      results.push(result)
    }
  }
  return results
}

/** Those asked for, and always the read of one row, as far as the contract has them. */
async function operationsAsked(): Promise<SizeOperation[]> {
  const { paths } = JSON.parse(await readFile(new URL('../openapi/openapi.json', import.meta.url), 'utf8'))
  return sizeOperations.filter(({ name, needs }) => {
    const isAsked = options.only.length === 0 || name === 'find' || options.only.some((start) => name.startsWith(start))
    const has = (parameter: string) =>
      paths[needs?.path ?? '']?.get.parameters.some((each: { name?: string }) => each.name === parameter)
    const exists = !needs || (needs.path in paths && (!needs.parameter || has(needs.parameter)))
    if (isAsked && !exists) console.log(`${name}: not in the contract`)
    return isAsked && exists
  })
}

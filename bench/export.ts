import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { issueToken } from '../src/access/issue-token.ts'
import { openKeys } from '../src/access/signing-keys.ts'
import { readConfig } from '../src/config.ts'
import { submitReportExample } from '../src/reports/examples.ts'
import { administer, openBenchDatabase } from './database.ts'
import { listRegencies, type Office, registerOffices } from './offices.ts'
import { seedReports } from './seed.ts'
import { type Service, startService } from './service.ts'

const { values } = parseArgs({ options: { reports: { type: 'string', default: '500000' } } })
const reports = Number(values.reports)
/** The first 110 of the 1,095 days that the seed is spread over. */
const tenth = 'dateTo=2023-04-20'
const types = {
  ndjson: 'application/x-ndjson',
  csv: 'text/csv',
  geojson: 'application/geo+json',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
}
/** The memory of the service may not grow with the rows by more than this. */
const growth = 1.3

const dataDir = await mkdtemp(join(tmpdir(), 'waspada-bench-export-'))
try {
  const database = await openBenchDatabase(dataDir)
  try {
    const regencies = await listRegencies(database.adminUrl)
    await seedReports(database.adminUrl, reports, regencies)
    const [office] = await registerOffices(database.adminUrl, regencies, dataDir)
    if (!office) throw new Error('There is no office that calls')
    await administer(database.adminUrl, 'VACUUM ANALYZE')
    const rows = await administer(
      database.adminUrl,
      `SELECT id FROM reports WHERE regency_code = '${office.code}' LIMIT 500`,
    )
    console.log(`${database.description}; Node.js ${process.version}; ${cpus().length} cores; ${reports} reports`)
    const ids = rows.map(({ id }) => String(id))
    await measure({ databaseUrl: database.adminUrl, office, ids, nation: await registerNation(database.adminUrl) })
  } finally {
    await database.drop()
  }
} finally {
  await rm(dataDir, { recursive: true, force: true })
}

interface Bench {
  databaseUrl: string
  office: Office
  ids: string[]
  /** A token of the nation, which sees all. */
  nation: string
}

async function registerNation(adminUrl: string): Promise<string> {
  const scopes = ['reports:read', 'statistics:read']
  await administer(
    adminUrl,
    `INSERT INTO clients (client_id, office_code, scopes, clearance, created_at) VALUES ('nation', '00', $1, 1, now())`,
    [scopes],
  )
  const nation = { clientId: 'nation', subject: 'analyst-1', place: { region: '00' }, scopes } as const
  const more = { clearance: 'restricted', lifetime: 8 * 3600, now: new Date() } as const
  return issueToken(await openKeys(dataDir), readConfig({}), { ...nation, ...more })
}

async function measure(bench: Bench): Promise<void> {
  const service = await startService({ databaseUrl: bench.databaseUrl, dataDir })
  try {
    await beside(bench, service, () => setTimeout(3_000))
    console.log(`| rows | format | seconds | rows/s | MB | most RSS MB | find p50/p99 ms | post p50/p99 ms |`)
    console.log('| --: | --- | --: | --: | --: | --: | --: | --: |')
    await line(bench, service, 'none', () => setTimeout(10_000, { rows: 0, bytes: 0 }))
    // A heap grows to what the pace of the work asks for, whatever its length: the first export shows that, and is not compared.
    await line(bench, service, 'first', () => take(bench, service, types.ndjson, ''))
    const most: number[] = []
    for (const [name, type] of Object.entries(types))
      for (const query of [tenth, ''])
        most.push(await line(bench, service, name, () => take(bench, service, type, query)))
    const grown = most.some((rss, index) => index % 2 === 1 && rss > (most[index - 1] ?? 0) * growth)
    process.exitCode = grown ? 1 : 0
  } finally {
    await service.stop()
  }
}

interface Taken {
  rows: number
  bytes: number
}

async function line(bench: Bench, service: Service, name: string, work: () => Promise<Taken>): Promise<number> {
  let mostRss = 0
  const sampler = setInterval(async () => {
    mostRss = Math.max(mostRss, await rssOf(service.pid))
  }, 100)
  const begun = performance.now()
  const { result, find, post } = await beside(bench, service, work)
  clearInterval(sampler)
  const seconds = (performance.now() - begun) / 1000
  const rate = result.rows > 0 ? (result.rows / seconds).toFixed(0) : '-'
  console.log(
    `| ${result.rows} | ${name} | ${seconds.toFixed(1)} | ${rate} | ${(result.bytes / 1e6).toFixed(1)} | ${mostRss.toFixed(0)} | ${quantiles(find)} | ${quantiles(post)} |`,
  )
  return mostRss
}

/** Takes a whole export and throws it away; an answer that breaks off is an error. */
async function take({ nation }: Bench, { address }: Service, type: string, query: string): Promise<Taken> {
  const headers = { accept: type, authorization: `Bearer ${nation}` }
  const sent = request(`${address}/v1/reports?${query}`, { headers, agent: false }).end()
  const [answer] = await once(sent, 'response')
  if (answer.statusCode !== 200) throw new Error(`The export answered ${answer.statusCode}`)
  let bytes = 0
  for await (const chunk of answer) bytes += chunk.length
  if (!answer.complete) throw new Error('The export broke off')
  return { rows: query === '' ? reports : Math.round((reports * 110) / 1095), bytes }
}

/** What another office waits for its reads and posts meanwhile, one after the other, in milliseconds. */
async function beside<Result>({ office, ids }: Bench, { address }: Service, work: () => Promise<Result>) {
  const times = { find: [] as number[], post: [] as number[] }
  let isOver = false
  const timed = async (list: number[], send: () => Promise<Response>) => {
    const begun = performance.now()
    const answer = await send()
    await answer.arrayBuffer()
    if (!answer.ok) throw new Error(`A request beside the export was answered ${answer.status}`)
    list.push(performance.now() - begun)
  }
  const authorization = `Bearer ${office.token}`
  const { clientReference: _own, ...example } = submitReportExample
  const body = JSON.stringify({ ...example, location: { regionCode: office.code } })
  const probe = async () => {
    for (let turn = 0; !isOver; turn += 1) {
      const id = ids[turn % ids.length]
      await timed(times.find, () => fetch(`${address}/v1/reports/${id}`, { headers: { authorization } }))
      const headers = { authorization, 'content-type': 'application/json' }
      await timed(times.post, () => fetch(`${address}/v1/reports`, { method: 'POST', headers, body }))
      await setTimeout(10)
    }
  }
  const probing = probe()
  const result = await work().finally(() => {
    isOver = true
  })
  await probing
  return { result, ...times }
}

function quantiles(times: number[]): string {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (share: number) => (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1)
  return `${at(0.5)} / ${at(0.99)}`
}

async function rssOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024
}

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { copyImported } from './copy-imported.ts'
import { administer, openBenchDatabase } from './database.ts'
import { runImport, writeSheet } from './import-sheet.ts'
import { listRegencies, registerOffices } from './offices.ts'
import { median } from './results.ts'
import { startService } from './service.ts'

/**
 * `waspada import` of a sheet against COPY, by the owner, of the very rows that it made into a database that stood as the first did
 * before. Ends with 1 when the ratio is below the aim, or the memory of the import grows with the file.
 */
const aim = 0.2
/** How much more memory four times the rows may take. */
const growth = 1.3
const { values: given } = parseArgs({
  options: {
    rows: { type: 'string', default: '20000' },
    rounds: { type: 'string', default: '3' },
    reports: { type: 'string', default: '20000' },
  },
})
const [rows, rounds, reports] = [Number(given.rows), Number(given.rounds), Number(given.reports)]

const dataDir = await mkdtemp(join(tmpdir(), 'waspada-bench-'))
try {
  const database = await openBenchDatabase(dataDir)
  const copyUrl = new URL(database.adminUrl)
  copyUrl.pathname += '_copy'
  try {
    console.log(
      `${database.description}; Node.js ${process.version}; ${cpus().length} cores; ${reports} reports before`,
    )
    const regencies = await listRegencies(database.adminUrl)
    const [office] = await registerOffices(database.adminUrl, regencies, dataDir)
    if (!office) throw new Error('There is no office that calls')
    const name = new URL(database.adminUrl).pathname.slice(1)
    const server = new URL(database.adminUrl)
    server.pathname = '/postgres'
    const tokenFile = join(dataDir, 'token')
    await writeFile(tokenFile, office.token)
    const bench = { adminUrl: database.adminUrl, copyUrl: copyUrl.href, office: office.code, tokenFile }
    await fill(bench)
    await administer(server.href, `CREATE DATABASE ${name}_copy TEMPLATE ${name}`)
    try {
      await measure(bench)
    } finally {
      await administer(server.href, `DROP DATABASE ${name}_copy WITH (FORCE)`)
    }
  } finally {
    await database.drop()
  }
} finally {
  await rm(dataDir, { recursive: true, force: true })
}

interface Bench {
  adminUrl: string
  copyUrl: string
  office: string
  tokenFile: string
}

/** What stands in both databases before the first round. */
async function fill({ adminUrl, office, tokenFile }: Bench): Promise<void> {
  const service = await startService({ databaseUrl: adminUrl, dataDir })
  try {
    const file = join(dataDir, 'before.csv')
    await writeSheet(file, { name: 'before', rows: reports, office })
    await runImport(file, { url: service.address, tokenFile })
    await untilNumbered(adminUrl)
  } finally {
    await service.stop()
  }
  await administer(adminUrl, 'VACUUM ANALYZE')
}

async function measure(bench: Bench): Promise<void> {
  const service = await startService({ databaseUrl: bench.adminUrl, dataDir })
  try {
    const small = await round(bench, service.address, { name: 'small', rows: Math.floor(rows / 4) })
    const taken = []
    for (let number = 1; number <= rounds; number += 1)
      taken.push(await round(bench, service.address, { name: `round-${number}`, rows }))
    const ratio = median(taken.map((each) => each.ratio))
    const memory = median(taken.map((each) => each.megabytes))
    console.log(
      `ratio ${ratio.toFixed(2)} (aim ${aim}); memory of the import ${small.megabytes.toFixed(0)} MB at ${small.rows} rows, ${memory.toFixed(0)} MB at ${rows}`,
    )
    process.exitCode = ratio >= aim && memory <= small.megabytes * growth ? 0 : 1
  } finally {
    await service.stop()
  }
}

async function round(
  { adminUrl, copyUrl, office, tokenFile }: Bench,
  url: string,
  sheet: { name: string; rows: number },
) {
  const file = join(dataDir, `${sheet.name}.csv`)
  await writeSheet(file, { ...sheet, office })
  const { seconds, megabytes } = await runImport(file, { url, tokenFile })
  await untilNumbered(adminUrl)
  const copied = await copyImported(adminUrl, copyUrl, sheet)
  const [imported, copy] = [sheet.rows / seconds, sheet.rows / copied]
  const ratio = imported / copy
  console.log(
    `${sheet.name}: import ${imported.toFixed(0)} rows/s, COPY ${copy.toFixed(0)} rows/s, ratio ${ratio.toFixed(2)}, ${megabytes.toFixed(0)} MB`,
  )
  return { ratio, megabytes, rows: sheet.rows }
}

/** The sequencer is at rest before anything else is measured. */
async function untilNumbered(url: string): Promise<void> {
  const text = `SELECT (SELECT count(*) FROM events WHERE sequence IS NULL) + (SELECT count(*) FROM audit_entries WHERE sequence IS NULL) AS open`
  for (;;) {
    const [row] = await administer(url, text)
    if (Number(row?.open) === 0) return
    await setTimeout(500)
  }
}

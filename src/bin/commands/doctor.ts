import { Command } from 'commander'
import { verifyChain } from '../../audit/verify-chain.ts'
import { readConfig } from '../../config.ts'
import { openWorkDoor, type WorkDoor } from '../../database/work-door.ts'
import { type EventsReport, verifyEvents } from '../../events/verify-events.ts'
import { type RegisterFault, verifyRegisters } from '../../reports/verify-registers.ts'
import { rebuildCounts } from '../../statistics/rebuild-counts.ts'
import { type CountsDifference, verifyCounts } from '../../statistics/verify-counts.ts'
import { prepareDatabase } from '../prepare.ts'
import { silently, toStderr } from '../say.ts'
import { workerUrlOf } from '../worker-url.ts'

/** Seconds that an event or a row of the audit may wait for its number. */
const longestWait = 600

/** One thing that was looked at, and all that is wrong with it: each with a sentence, and the numbers where there are any. */
interface Examined {
  what: string
  found: { says: string; details?: unknown }[]
}

export function doctorCommand(): Command {
  return new Command('doctor')
    .description('compare what is kept beside the reports with the reports; exit code 1 when anything differs')
    .option('--json', 'the findings as JSON')
    .option('--rebuild-counts', 'first make the totals of statistics what the reports say; posts may go on meanwhile')
    .action(async ({ json, rebuildCounts: rebuilds }: { json?: true; rebuildCounts?: true }) => {
      const { putRight, examined } = await examine(rebuilds === true)
      const sound = examined.every(({ found }) => found.length === 0)
      const said = putRight === null ? [] : [`${putRight} numbers were put right`]
      process.stdout.write(
        json
          ? `${JSON.stringify({ sound, putRight, examined })}\n`
          : `${[...said, ...examined.flatMap(describe)].join('\n')}\n`,
      )
      if (!sound) throw new Error('Not everything is as it should be')
    })
}

async function examine(rebuilds: boolean): Promise<{ putRight: number | null; examined: Examined[] }> {
  const database = await prepareDatabase(readConfig(process.env), silently)
  try {
    const url = await workerUrlOf(database)
    const { db, close } = openWorkDoor(url, { size: 1, report: (error) => toStderr(error.message), patient: true })
    const run = async () => {
      const putRight = rebuilds ? await rebuildCounts(db, { actor: 'rebuild', now: new Date() }) : null
      return { putRight, examined: [...(await examineTables(db)), await examineAudit(db)] }
    }
    return await run().finally(close)
  } finally {
    await database.close()
  }
}

/** In one snapshot, which keeps nobody from writing. */
function examineTables(db: WorkDoor): Promise<Examined[]> {
  const read = async (tx: Parameters<typeof verifyEvents>[0]) => [
    ...(await verifyCounts(tx)).map(ofCounts),
    ofRegisters(await verifyRegisters(tx)),
    ofEvents(await verifyEvents(tx)),
  ]
  return db.workAs('worker', { client: 'system:doctor', actor: 'examine' }, read, 'snapshot')
}

function ofCounts({ table, cells, reports, examples }: CountsDifference): Examined {
  const what = `${table} against the reports`
  if (cells === 0) return { what, found: [] }
  return { what, found: [{ says: `${cells} cells differ, by ${reports} reports`, details: examples }] }
}

function ofRegisters(faults: readonly RegisterFault[]): Examined {
  const found = faults.map(({ office, year, reports, numbers, highest, last }) => ({
    says: `${office}/${year} has ${reports} reports with ${numbers} numbers up to ${highest}; the last number given is ${last}`,
  }))
  return { what: 'running numbers of the registers', found }
}

function ofEvents({ first, last, missing, before, beyond, waiting, oldestSeconds }: EventsReport): Examined {
  const found: string[] = []
  if (missing !== null) found.push(`number ${missing} is missing, and the last is ${last}`)
  if (before !== null) found.push(`number ${before} is before the beginning, ${first}`)
  if (beyond !== null) found.push(`number ${beyond} is beyond the last that was given, ${last}`)
  if (oldestSeconds !== null && oldestSeconds > longestWait)
    found.push(`${waiting} wait to be numbered, the oldest for ${oldestSeconds} s: does a worker run?`)
  return { what: 'numbers of the events', found: found.map((says) => ({ says })) }
}

async function examineAudit(db: WorkDoor): Promise<Examined> {
  const { fault, tail } = await verifyChain(db)
  const found: string[] = []
  if (fault) found.push(`at ${fault.sequence} ${fault.found}`)
  const waits = tail.oldest === null ? 0 : Math.round((Date.now() - tail.oldest.getTime()) / 1000)
  if (waits > longestWait) found.push(`${tail.count} wait to be chained, the oldest for ${waits} s: does a worker run?`)
  return { what: 'chain of the audit', found: found.map((says) => ({ says })) }
}

function describe({ what, found }: Examined): string[] {
  if (found.length === 0) return [`fits    ${what}`]
  const details = (list: unknown) =>
    Array.isArray(list) ? list.map((each) => `          ${JSON.stringify(each)}`) : []
  return found.flatMap(({ says, details: list }) => [`DIFFERS ${what}: ${says}`, ...details(list)])
}

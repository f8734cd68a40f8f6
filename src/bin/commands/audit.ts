import { Command, InvalidArgumentError } from 'commander'
import { type ChainHead, headText } from '../../audit/chain.ts'
import { type ChainReport, verifyChain } from '../../audit/verify-chain.ts'
import { type Config, readConfig } from '../../config.ts'
import { openWorkDoor } from '../../database/work-door.ts'
import { prepareDatabase } from '../prepare.ts'
import { silently, toStderr } from '../say.ts'
import { workerUrlOf } from '../worker-url.ts'

/** Milliseconds. */
const longestWait = 600_000

export function auditCommand(): Command {
  const audit = new Command('audit').description('who did and read what')
  audit
    .command('verify')
    .description('compute the chain of the audit again and compare; exit code 1 when something does not fit')
    .option('--expect <sequence:hash>', 'a head noted before, that the chain must still go through', notedHead)
    .action(async ({ expect }: { expect?: ChainHead }) => {
      const report = await verify(readConfig(process.env), expect)
      process.stdout.write(`${describe(report, new Date())}\n`)
      const { oldest } = report.tail
      if (report.fault === null && oldest !== null && Date.now() - oldest.getTime() > longestWait)
        throw new Error('Rows have waited to be chained for more than ten minutes: does a worker run?')
      if (report.fault) throw new Error(`The chain does not fit at ${report.fault.sequence}: ${report.fault.found}`)
    })
  return audit
}

async function verify(config: Config, expected: ChainHead | undefined): Promise<ChainReport> {
  const database = await prepareDatabase(config, silently)
  try {
    const url = await workerUrlOf(database)
    const door = openWorkDoor(url, { size: 1, report: (error) => toStderr(error.message) })
    return await verifyChain(door.db, expected).finally(door.close)
  } finally {
    await database.close()
  }
}

function describe({ rows, head, tail, fault }: ChainReport, now: Date): string {
  const age =
    tail.oldest === null ? '' : `, the oldest for ${Math.round((now.getTime() - tail.oldest.getTime()) / 1000)} s`
  return [
    `${rows} rows of the audit ${fault ? 'fit before the first that does not' : 'fit'}`,
    `head ${headText(head)}`,
    `${tail.count} rows wait to be chained${age}`,
  ].join('\n')
}

function notedHead(value: string): ChainHead {
  const [, sequence, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(value) ?? []
  if (sequence === undefined || hash === undefined)
    throw new InvalidArgumentError('It is a number, a colon and 64 hexadecimal digits, as this command prints them.')
  return { sequence: Number(sequence), hash: Buffer.from(hash, 'hex') }
}

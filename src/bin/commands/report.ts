import { homedir } from 'node:os'
import { join } from 'node:path'
import { Command, InvalidArgumentError, Option } from 'commander'
import type { MemberOptions } from '../report-members.ts'
import { takeMembers } from '../report-members.ts'

export interface OutboxPlace {
  outbox: string
}

export interface ServiceOptions {
  url: string
  credentials?: string
  key?: string
  clientId?: string
  secretFile?: string
  tokenUrl?: string
  tokenFile?: string
  allowInsecure?: true
  /** WASPADA_TOKEN. */
  token?: string | undefined
}

export interface ReportOptions extends OutboxPlace, ServiceOptions {
  out?: string
  json?: true
  attach?: string[]
  detach?: string[]
  watch?: true
  keepDays: number
}

export function reportCommand(): Command {
  const report = new Command('report').description(
    'write reports, and queue them in a folder that outlives a broken line',
  )
  const describe = [composeCommand(), queueCommand(), sendCommand(), statusCommand(), showCommand(), editCommand()]
  for (const command of [...describe, ...resultCommands()]) report.addCommand(command)
  return report.addHelpText(
    'after',
    '\nThe outbox holds what the reports tell, in plain text, for this account alone: keep it on a disk that is encrypted.' +
      '\nExit codes: 0 done, 1 it failed or the service cannot be reached, 2 called wrongly, 3 something was refused or damaged.',
  )
}

// The client, and what checks reports, are loaded by those who need them.
const actions = () => import('../run-report.ts')

function composeCommand(): Command {
  return takeFiles(takeMembers(new Command('compose')))
    .description('check a report without the service, and print it with a reference and the time of composing')
    .option('--out <file>', 'into a new file, for this account alone, in place of standard output')
    .action(async (options: MemberOptions & ReportOptions) => (await actions()).composeReport(options))
}

function queueCommand(): Command {
  return inOutbox(takeFiles(takeMembers(new Command('queue'))))
    .description('put a report into the outbox; it is safe there when this ends')
    .option('--json', 'what was queued as JSON')
    .action(async (options: MemberOptions & ReportOptions) => (await actions()).queueReport(options))
}

function sendCommand(): Command {
  return toService(inOutbox(new Command('send')))
    .description('send what waits, oldest first')
    .option('--watch', 'go on: wait for the service, and for what is queued later')
    .addOption(
      new Option('--keep-days <days>', 'that receipts and discarded reports are kept').argParser(days).default(90),
    )
    .action(async (options: ReportOptions) =>
      (await actions()).sendReports({ ...options, token: process.env.WASPADA_TOKEN }),
    )
}

function statusCommand(): Command {
  return inOutbox(new Command('status'))
    .description('say what waits, what was refused and why, and what was sent')
    .option('--json', 'everything, as JSON')
    .action(async (options: ReportOptions) => (await actions()).tellStatus(options))
}

function showCommand(): Command {
  return inOutbox(new Command('show'))
    .description('print one report with all that the outbox knows of it')
    .argument('<item>', 'its id, its place in the queue, or its reference')
    .action(async (item: string, options: ReportOptions) => (await actions()).showItem(item, options))
}

function editCommand(): Command {
  return inOutbox(takeFiles(takeMembers(new Command('edit'))))
    .option('--detach <name>', 'file that it has no longer, by its name or SHA-256; may be repeated', gathered)
    .description('change a report that is not sent, or its files, and put it at the end of the queue')
    .argument('<item>', 'its id, its place in the queue, or its reference')
    .action(async (item: string, options: MemberOptions & ReportOptions) => (await actions()).editItem(item, options))
}

function resultCommands(): Command[] {
  const requeue = inOutbox(new Command('requeue'))
    .description('put reports that were refused, discarded or set aside at the end of the queue')
    .argument('<items...>', 'ids, places in the queue, or references')
    .action(async (items: string[], options: ReportOptions) => (await actions()).requeueItems(items, options))
  const discard = inOutbox(new Command('discard'))
    .description('take reports out of the queue, and keep them in the archive')
    .argument('<items...>', 'ids, places in the queue, or references')
    .action(async (items: string[], options: ReportOptions) => (await actions()).discardItems(items, options))
  return [requeue, discard]
}

function inOutbox(command: Command): Command {
  return command.addOption(
    new Option('--outbox <folder>', 'the outbox')
      .env('WASPADA_OUTBOX')
      .argParser(folder)
      .default(join(homedir(), '.waspada', 'outbox')),
  )
}

function toService(command: Command): Command {
  return command
    .addOption(new Option('--url <url>', 'the service').env('WASPADA_URL').default('http://localhost:3000'))
    .addOption(
      new Option('--credentials <file>', 'that client add --credentials-file wrote for the office').env(
        'WASPADA_CREDENTIALS',
      ),
    )
    .option('--key <file>', 'private key (JWK, as client keygen made it, or PEM), where the office has one')
    .option('--client-id <client>', 'in place of a file of credentials, with --secret-file or --key')
    .option('--secret-file <file>', 'its secret')
    .option('--token-url <url>', 'where tokens are given, where the service does not say')
    .option('--token-file <file>', 'access token of the office (or WASPADA_TOKEN)')
    .option('--allow-insecure', 'plain http to another machine, though others on the way can read it')
}

function takeFiles(command: Command): Command {
  return command.option('--attach <file>', 'photo, PDF or recording of the report; may be repeated', gathered)
}

function gathered(value: string, before: string[] = []): string[] {
  return [...before, value]
}

/** An empty one would be the working folder. */
function folder(value: string): string {
  if (value !== '') return value
  throw new InvalidArgumentError('It is the path of a folder.')
}

function days(value: string): number {
  if (/^\d{1,4}$/.test(value)) return Number(value)
  throw new InvalidArgumentError('It is a whole number of days.')
}

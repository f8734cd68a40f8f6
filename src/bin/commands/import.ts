import { Command, InvalidArgumentError, Option } from 'commander'
import { runImport, writeTemplate } from '../run-import.ts'
import { toStderr } from '../say.ts'

export interface ImportOptions {
  url: string
  tokenFile?: string
  clientId?: string
  secretFile?: string
  offset?: string
  delimiter?: string
  sheet?: string
  language: 'id' | 'en'
  attempts: number
  dryRun?: boolean
  fromStart?: boolean
  template?: 'csv' | 'xlsx' | true
}

export function importCommand(): Command {
  return new Command('import')
    .description('post the reports of a spreadsheet (.csv, .xlsx) or of an .ndjson file to a running service')
    .argument('[file]', 'rows under a header, see --template')
    .option('--url <url>', 'the service', 'http://localhost:3000')
    .option('--token-file <file>', 'access token of the office (or WASPADA_TOKEN)')
    .option('--client-id <client>', 'in place of a token: client id, with --secret-file')
    .option('--secret-file <file>', 'its secret')
    .addOption(new Option('--offset <offset>', 'offset of times without one, such as +08:00').argParser(offset))
    .addOption(new Option('--delimiter <character>', 'of cells; looked for unless said').choices([',', ';']))
    .option('--sheet <name>', 'of a workbook; the first unless said')
    .option('--dry-run', 'name every bad cell, and store nothing')
    .option('--from-start', 'do not go on where an interrupted import stopped')
    .addOption(new Option('--language <language>', 'of what the service says').choices(['id', 'en']).default('en'))
    .addOption(new Option('--attempts <number>', 'at a request before giving up').argParser(attempts).default(8))
    .addOption(
      new Option('--template [format]', 'print a template and end').choices(['csv', 'xlsx']).conflicts('dryRun'),
    )
    .action(async (file: string | undefined, options: ImportOptions, command: Command) => {
      if (options.template !== undefined) return writeTemplate(options)
      if (file === undefined) command.error("error: missing required argument 'file'")
      const hasClient = options.clientId !== undefined && options.secretFile !== undefined
      // Half of a credential would leave the choice to a token that lies about, perhaps of another office.
      if (!hasClient && (options.clientId !== undefined || options.secretFile !== undefined))
        command.error('error: --client-id and --secret-file go together')
      const given = [options.tokenFile, process.env.WASPADA_TOKEN].some((one) => one !== undefined)
      if (!hasClient && !given)
        command.error('error: required: --token-file, WASPADA_TOKEN, or --client-id with --secret-file')
      await runImport(file as string, options, { token: process.env.WASPADA_TOKEN, say: toStderr })
    })
}

function offset(value: string): string {
  if (/^[+-](0\d|1[0-4]):[0-5]\d$/.test(value)) return value
  throw new InvalidArgumentError('It is hours and minutes, such as +07:00, +08:00 or +09:00.')
}

function attempts(value: string): number {
  if (/^[1-9]\d?$/.test(value)) return Number(value)
  throw new InvalidArgumentError('It is a whole number from 1 to 99.')
}

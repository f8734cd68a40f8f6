import { Command, Option } from 'commander'
import { csvText } from '../../clients/csv-text.ts'
import { listClients } from '../../clients/list-clients.ts'
import type { ClientView } from '../../clients/schemas.ts'
import { officesTemplate } from '../../clients/template.ts'
import { readConfig } from '../../config.ts'
import { withClientAdministration } from '../administer-clients.ts'
import { agencyArgument, officeArgument } from '../arguments.ts'

interface ListOptions {
  format: 'table' | 'csv' | 'json'
  region?: string
  agency?: string
  disabled?: boolean
}

export function listCommand(): Command {
  return new Command('list')
    .description('print the clients')
    .addOption(new Option('--format <format>', 'how').choices(['table', 'csv', 'json']).default('table'))
    .addOption(
      new Option('--region <code>', 'those of an office and of the offices below it').argParser(officeArgument),
    )
    .addOption(new Option('--agency <code>', 'those of an agency').argParser(agencyArgument))
    .option('--disabled', 'those that are disabled')
    .action((options: ListOptions) => list(options))
}

export function templateCommand(): Command {
  return new Command('template')
    .description('print a CSV of clients for every office, to be edited and given to client add --file')
    .addOption(new Option('--delimiter <character>', 'of cells').choices([',', ';']).default(','))
    .action(({ delimiter }: { delimiter: string }) =>
      withClientAdministration(readConfig(process.env), 'template', async (_administrator, { offices }) => {
        process.stdout.write(officesTemplate(offices.values(), delimiter))
      }),
    )
}

async function list({ format, region, agency, disabled }: ListOptions): Promise<void> {
  const filters = { region: region ?? null, agency: agency ?? null, disabled: disabled ?? null, scope: null }
  const { clients } = await withClientAdministration(readConfig(process.env), 'list', (administrator) =>
    listClients(administrator, { filters, after: null, limit: null }),
  )
  process.stdout.write(printed[format](clients))
}

const columns = ['client_id', 'place', 'name', 'clearance', 'state', 'credentials', 'scopes']

function cellsOf(client: ClientView): string[] {
  const { clientId, office, agency, name, clearance, disabledAt, credentials, scopes } = client
  const state = disabledAt === null ? 'enabled' : `disabled ${disabledAt.toISOString().slice(0, 10)}`
  const kinds = credentials.map(({ kind }) => kind).join('+')
  return [clientId, office ?? agency ?? '', name ?? '', clearance, state, kinds || 'none', scopes.join(' ')]
}

const printed: Record<ListOptions['format'], (clients: ClientView[]) => string> = {
  json: (clients) => `${JSON.stringify(clients, null, 2)}\n`,
  csv: (clients) => csvText([columns, ...clients.map(cellsOf)]),
  table(clients) {
    const rows = [columns, ...clients.map(cellsOf)]
    const widths = columns.map((_, index) => Math.max(...rows.map((row) => row[index]?.length ?? 0)))
    return rows
      .map(
        (row) =>
          `${row
            .map((cell, index) => cell.padEnd(widths[index] ?? 0))
            .join('  ')
            .trimEnd()}\n`,
      )
      .join('')
  },
}

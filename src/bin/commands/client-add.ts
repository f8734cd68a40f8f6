import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { Command, Option } from 'commander'
import { handlingLevels } from '../../access/vocabulary.ts'
import { addClient } from '../../clients/add-client.ts'
import { checked } from '../../clients/check.ts'
import { OfficesFileError } from '../../clients/offices-file.ts'
import { OutcomeUnknown, onboardClients } from '../../clients/onboard-clients.ts'
import { AddClient } from '../../clients/schemas.ts'
import { type Config, readConfig } from '../../config.ts'
import { withClientAdministration } from '../administer-clients.ts'
import { agencyArgument, clientArgument, officeArgument, scopesArgument } from '../arguments.ts'
import { credentialArgument, credentialsFileOption } from '../credential-argument.ts'
import { CredentialsFolder } from '../credentials-folder.ts'
import { toStderr } from '../say.ts'
import { handOut } from '../secret-file.ts'

interface AddOptions {
  id?: string
  office?: string
  agency?: string
  name?: string
  scope?: string[]
  clearance?: string
  publicKey?: string
  secretFile?: string
  credentialsFile?: string
  file?: string
  credentials?: string
}

export function addCommand(): Command {
  return new Command('add')
    .description('bring a client on board, or all those of a CSV file')
    .addOption(new Option('--id <client>', 'client id; stays for ever').argParser(clientArgument))
    .addOption(new Option('--office <code>', 'its office: 74.71, 74, or 00 for the nation').argParser(officeArgument))
    .addOption(new Option('--agency <code>', 'its liaison agency, in place of an office').argParser(agencyArgument))
    .option('--name <name>', 'what people call it')
    .addOption(new Option('--scope <scopes>', 'OAuth scopes, separated by blanks').argParser(scopesArgument))
    .addOption(new Option('--clearance <level>', 'highest handling that it may see').choices(handlingLevels))
    .option('--public-key <file>', 'public key of a pair that the office made (JWK or PEM), in place of a secret')
    .addOption(
      new Option('--secret-file <file>', 'new file for the secret, in place of standard output').conflicts('publicKey'),
    )
    .addOption(credentialsFileOption())
    .addOption(
      new Option('--file <csv>', 'the clients of a whole country at once; see client template').conflicts([
        'id',
        'office',
        'agency',
        'name',
        'scope',
        'clearance',
        'publicKey',
        'secretFile',
        'credentialsFile',
      ]),
    )
    .option('--credentials <folder>', 'with --file: new folder for their credentials, a file each')
    .action(async (options: AddOptions, command: Command) => {
      const missing = missingOptions(options)
      if (missing.length > 0) command.error(`error: required with this: ${missing.join(', ')}`)
      const config = readConfig(process.env)
      if (options.file !== undefined && options.credentials !== undefined)
        return addFile(config, options.file, options.credentials)
      return addOne(config, options)
    })
}

function missingOptions({ id, scope, clearance, file, credentials }: AddOptions): string[] {
  if (file !== undefined) return credentials === undefined ? ['--credentials <folder>'] : []
  if (credentials !== undefined) return ['--file <csv>']
  const needed: [string, unknown][] = [
    ['--id <client>', id],
    ['--scope <scopes>', scope],
    ['--clearance <level>', clearance],
  ]
  return needed.filter(([, value]) => value === undefined).map(([name]) => name)
}

async function addOne(config: Config, options: AddOptions): Promise<void> {
  const { id: clientId, office, agency, name = null, scope: scopes, clearance, publicKey } = options
  const credential = await credentialArgument(publicKey)
  await handOut(options, () =>
    withClientAdministration(config, 'add', async (administrator) => {
      const given = checked(AddClient, { clientId, office, agency, name, scopes, clearance, credential })
      const client = await addClient(administrator, given)
      const kid = client.credentials[0]?.kid
      toStderr(`client ${clientId} is on board${kid ? ` with the key ${kid}` : ''}`)
      return client
    }),
  )
}

async function addFile(config: Config, file: string, folder: string): Promise<void> {
  const bytes = await readFile(file)
  const beside = (name: string) => readFile(resolve(dirname(file), name), 'utf8')
  try {
    await withClientAdministration(config, 'add', async (administrator) => {
      const input = { bytes, readFile: beside }
      const { added, unchanged } = await onboardClients(administrator, input, new CredentialsFolder(folder))
      for (const { clientId, disabled } of unchanged)
        toStderr(`client ${clientId} stands already${disabled ? ', disabled' : ''}; it is left alone`)
      if (added.length > 0) toStderr(`${added.length} clients are on board; their credentials are in ${folder}`)
      else toStderr('there was no new client in the file')
    })
  } catch (error) {
    throw explained(error, file, folder)
  }
}

function explained(error: unknown, file: string, folder: string): unknown {
  if (error instanceof OutcomeUnknown)
    return new Error(`${error.message}. The credentials stay in ${folder}; see waspada client list`, {
      cause: error.cause,
    })
  if (!(error instanceof OfficesFileError)) return error
  const faults = error.faults.map(
    ({ line, column, detail }) => `  line ${line}${column === null ? '' : `, column ${column}`}: ${detail}`,
  )
  return new Error(`${file} is refused, and no client was added:\n${faults.join('\n')}`)
}

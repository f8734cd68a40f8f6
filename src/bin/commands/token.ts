import { Command, InvalidArgumentError, Option } from 'commander'
import { longestLife, Subject } from '../../access/claims.ts'
import { issueToken } from '../../access/issue-token.ts'
import { registerClient } from '../../access/register-client.ts'
import { openKeys } from '../../access/signing-keys.ts'
import { type Handling, handlingLevels } from '../../access/vocabulary.ts'
import { type Config, readConfig } from '../../config.ts'
import { agencyArgument, clientArgument, officeArgument, scopesArgument } from '../arguments.ts'
import { openPreparedDatabase } from '../prepare.ts'
import { silently } from '../say.ts'
import { revokeCommand } from './token-revoke.ts'

interface TokenOptions {
  region?: string
  agency?: string
  scope?: string[]
  clearance: Handling
  client?: string
  subject?: string
  lifetime: number
}

export function tokenCommand(): Command {
  return new Command('token')
    .description('print an access token of the built-in issuer; the client is registered when it is new')
    .addOption(
      new Option('--region <code>', 'the office: 74.71, 74, or 00 for the nation')
        .argParser(officeArgument)
        .conflicts('agency'),
    )
    .addOption(
      new Option('--agency <code>', 'a liaison agency, such as bssn, in place of an office').argParser(agencyArgument),
    )
    .addOption(new Option('--scope <scopes>', 'OAuth scopes, separated by blanks (required)').argParser(scopesArgument))
    .addOption(
      new Option('--clearance <level>', 'highest handling that it may see')
        .choices(handlingLevels)
        .default('restricted'),
    )
    .addOption(new Option('--client <name>', 'client id (default: cli-REGION or cli-AGENCY)').argParser(clientArgument))
    .addOption(
      new Option('--subject <official>', 'the official it is for (default: the client itself, a system)').argParser(
        official,
      ),
    )
    .addOption(
      new Option('--lifetime <seconds>', `seconds until it expires, ${longestLife} at most`)
        .argParser(seconds)
        .default(8 * 3600),
    )
    .action(async (options: TokenOptions, command: Command) => {
      if (options.region === undefined && options.agency === undefined) {
        command.error("error: one of '--region <code>' and '--agency <code>' is required")
      }
      // No mandatory option of commander's: token revoke would want it too.
      if (options.scope === undefined) command.error("error: required option '--scope <scopes>' not specified")
      process.stdout.write(`${await printedToken(readConfig(process.env), options)}\n`)
    })
    .addCommand(revokeCommand())
}

async function printedToken(config: Config, options: TokenOptions): Promise<string> {
  if (!config.builtInIssuer)
    throw new Error('Tokens come from the issuers of WASPADA_TRUSTED_ISSUERS; the built-in issuer is off')
  const { region, agency: agencyCode, clearance, scope: scopes = [], lifetime } = options
  const place = region === undefined ? { agency: agencyCode ?? '' } : { region }
  const clientId = options.client ?? `cli-${region ?? agencyCode}`
  const now = new Date()
  const database = await openPreparedDatabase(config, silently)
  try {
    if (!database.administrator)
      throw new Error('DATABASE_URL names a role that may not register clients; use the one that owns the database')
    await registerClient(database.url, { clientId, place, scopes, clearance, lifetime, now })
    const keys = await openKeys(config.dataDir)
    return await issueToken(keys, config, {
      clientId,
      subject: options.subject ?? clientId,
      place,
      scopes,
      clearance,
      lifetime,
      now,
    })
  } finally {
    await database.close()
  }
}

function official(value: string): string {
  if (Subject.safeParse(value).success) return value
  throw new InvalidArgumentError('It takes up to 128 characters on one line.')
}

function seconds(value: string): number {
  const number = Number(value)
  if (/^\d+$/.test(value) && number >= 1 && number <= longestLife) return number
  throw new InvalidArgumentError(`It is a whole number from 1 to ${longestLife}.`)
}

import { Command, Option } from 'commander'
import { handlingLevels } from '../../access/vocabulary.ts'
import { changeClient } from '../../clients/change-client.ts'
import { checked } from '../../clients/check.ts'
import { ChangeClient } from '../../clients/schemas.ts'
import { readConfig } from '../../config.ts'
import { withClientAdministration } from '../administer-clients.ts'
import { clientArgument, scopesArgument } from '../arguments.ts'
import { toStderr } from '../say.ts'

interface SetOptions {
  scope?: string[]
  clearance?: string
  name?: string
}

export function setCommand(): Command {
  return new Command('set')
    .description('widen, narrow or rename a client; it holds from its next request on')
    .argument('<id>', 'client id', clientArgument)
    .addOption(
      new Option('--scope <scopes>', 'all the scopes that it may ask for from now on').argParser(scopesArgument),
    )
    .addOption(new Option('--clearance <level>', 'highest handling that it may see').choices(handlingLevels))
    .option('--name <name>', 'what people call it')
    .action(async (id: string, { scope: scopes, clearance, name }: SetOptions, command: Command) => {
      if (scopes === undefined && clearance === undefined && name === undefined)
        command.error('error: one of --scope, --clearance and --name is required')
      await change('set', id, { scopes, clearance, name })
    })
}

export function disableCommand(): Command {
  return new Command('disable')
    .description('lock a client out: it is refused on its next request, and its tokens are void for good')
    .argument('<id>', 'client id', clientArgument)
    .action((id: string) => change('disable', id, { disabled: true }))
}

export function enableCommand(): Command {
  return new Command('enable')
    .description('let a disabled client in again, with the credentials that it had')
    .argument('<id>', 'client id', clientArgument)
    .action((id: string) => change('enable', id, { disabled: false }))
}

async function change(command: string, id: string, body: Record<string, unknown>): Promise<void> {
  await withClientAdministration(readConfig(process.env), command, async (administrator) => {
    const patch = checked(ChangeClient, body)
    const { scopes, clearance, disabled, version } = await changeClient(administrator, id, { ifMatch: '*', patch })
    const state = disabled ? 'disabled' : 'enabled'
    toStderr(
      `client ${id} is ${state}, cleared for ${clearance}, and may ask for ${scopes.join(' ')} (version ${version})`,
    )
  })
}

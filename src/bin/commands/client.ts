import { Command } from 'commander'
import { addCommand } from './client-add.ts'
import { disableCommand, enableCommand, setCommand } from './client-change.ts'
import { listCommand, templateCommand } from './client-list.ts'
import { assertionCommand, keygenCommand } from './client-proof.ts'
import { rotateCommand } from './client-rotate.ts'

export function clientCommand(): Command {
  const client = new Command('client').description(
    'bring clients on board, change them, and make what they prove themselves with',
  )
  const administration = [
    addCommand(),
    templateCommand(),
    listCommand(),
    setCommand(),
    rotateCommand(),
    disableCommand(),
    enableCommand(),
  ]
  for (const command of [...administration, keygenCommand(), assertionCommand()]) client.addCommand(command)
  return client
}

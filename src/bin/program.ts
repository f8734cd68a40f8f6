import { Command } from 'commander'
import { auditCommand } from './commands/audit.ts'
import { clientCommand } from './commands/client.ts'
import { doctorCommand } from './commands/doctor.ts'
import { importCommand } from './commands/import.ts'
import { keysCommand } from './commands/keys.ts'
import { migrateCommand } from './commands/migrate.ts'
import { obligationsCommand } from './commands/obligations.ts'
import { personalDataCommand } from './commands/personal-data.ts'
import { referenceCommand } from './commands/reference.ts'
import { reportCommand } from './commands/report.ts'
import { serveCommand } from './commands/serve.ts'
import { tokenCommand } from './commands/token.ts'
import { workCommand } from './commands/work.ts'

/** The command line, a file a command. */
export function waspada(): Command {
  const program = new Command('waspada')
    .description("Early-warning reporting API for Indonesia's Kesbangpol offices")
    .exitOverride()
    .showHelpAfterError('(waspada --help, or waspada COMMAND --help, tells more)')
    .addHelpText('after', '\nThe environment decides the rest; docs/guides/operations.md lists every variable.')
  const commands = [
    serveCommand(),
    workCommand(),
    migrateCommand(),
    tokenCommand(),
    keysCommand(),
    clientCommand(),
    importCommand(),
    reportCommand(),
    referenceCommand(),
    auditCommand(),
    doctorCommand(),
    personalDataCommand(),
    obligationsCommand(),
  ]
  for (const command of commands) {
    program.addCommand(command)
    inherit(command, program)
  }
  return program
}

/** Commands of commands refuse wrong arguments in the same way. */
function inherit(command: Command, parent: Command): void {
  command.copyInheritedSettings(parent)
  for (const nested of command.commands) inherit(nested, command)
}

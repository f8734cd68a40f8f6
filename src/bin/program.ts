import { Command } from 'commander'

/** A file a command. Each brings its part of the service along, so it is loaded when it is called. */
const commands: Record<string, () => Promise<Command>> = {
  serve: async () => (await import('./commands/serve.ts')).serveCommand(),
  work: async () => (await import('./commands/work.ts')).workCommand(),
  migrate: async () => (await import('./commands/migrate.ts')).migrateCommand(),
  token: async () => (await import('./commands/token.ts')).tokenCommand(),
  keys: async () => (await import('./commands/keys.ts')).keysCommand(),
  client: async () => (await import('./commands/client.ts')).clientCommand(),
  import: async () => (await import('./commands/import.ts')).importCommand(),
  report: async () => (await import('./commands/report.ts')).reportCommand(),
  reference: async () => (await import('./commands/reference.ts')).referenceCommand(),
  audit: async () => (await import('./commands/audit.ts')).auditCommand(),
  doctor: async () => (await import('./commands/doctor.ts')).doctorCommand(),
  'personal-data': async () => (await import('./commands/personal-data.ts')).personalDataCommand(),
  obligations: async () => (await import('./commands/obligations.ts')).obligationsCommand(),
}

/** The command line for these arguments: with the one command that they begin with, or with all where they begin with none. */
export async function waspada([name = '']: readonly string[]): Promise<Command> {
  const program = new Command('waspada')
    .description("Early-warning reporting API for Indonesia's Kesbangpol offices")
    .exitOverride()
    .showHelpAfterError('(waspada --help, or waspada COMMAND --help, tells more)')
    .addHelpText('after', '\nThe environment decides the rest; docs/guides/operations.md lists every variable.')
  const called = Object.hasOwn(commands, name) ? [commands[name] as () => Promise<Command>] : Object.values(commands)
  for (const load of called) {
    const command = await load()
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

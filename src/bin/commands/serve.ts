import { Command } from 'commander'
import { readConfig } from '../../config.ts'

export function serveCommand(): Command {
  return new Command('serve')
    .description('migrate the database, load reference data, serve the API and work in the background')
    .option('--no-worker', 'leave the work in the background to `waspada work`')
    .action(async (options: { worker: boolean }) => {
      const config = readConfig(process.env)
      // The whole service takes a second to load, which no other command needs.
      const { serve } = await import('../serve.ts')
      await serve({ ...config, worker: config.worker && options.worker })
    })
}

import { Command } from 'commander'
import { readConfig } from '../../config.ts'

export function workCommand(): Command {
  return new Command('work')
    .description('work in the background: number events, chain the audit, run jobs; several processes may')
    .action(async () => {
      const config = readConfig(process.env)
      const { work } = await import('../work.ts')
      await work(config)
    })
}

import { Command } from 'commander'
import { readConfig } from '../../config.ts'
import { prepareDatabase } from '../prepare.ts'
import { toStderr } from '../say.ts'

export function migrateCommand(): Command {
  return new Command('migrate')
    .description('bring the schema and the packaged reference data up to date, then exit')
    .action(async () => {
      const database = await prepareDatabase(readConfig(process.env), toStderr)
      await database.close()
      if (!database.administrator)
        throw new Error('DATABASE_URL names a role that may not migrate; use the role that owns the database')
      process.stdout.write('The schema and the reference data are up to date.\n')
    })
}

import { readFile } from 'node:fs/promises'
import { Command } from 'commander'
import { ConnectionPool } from '../../database/pool.ts'
import { parseIncidentTypes } from '../../incident-types/incident-type.ts'
import { loadTypes } from '../../reference/load.ts'
import { loadRegionFacts } from '../../reference/load-region-facts.ts'
import { ReferenceStore } from '../../reference/store.ts'
import type { PreparedDatabase } from '../prepare.ts'
import { assertAdministrator, readJson, withDatabase } from '../reference-database.ts'
import { calendarCommand, overrideCommand, reclassificationsCommand } from './reference-calendar.ts'

export function referenceCommand(): Command {
  const reference = new Command('reference').description('regions, election calendar and incident types')
  reference
    .command('status')
    .description('say what reference data is in force')
    .action(() => withDatabase(status))
  reference.addCommand(calendarCommand())
  reference.addCommand(overrideCommand())
  reference.addCommand(reclassificationsCommand())
  reference
    .command('incident-types')
    .description('add incident types, or give known ones new labels')
    .argument('<file>', 'JSON in the form of data/incident-types.json')
    .action((file: string) => withDatabase((database) => putIncidentTypes(database, file)))
  reference
    .command('load')
    .description('put centres, populations and neighbours of regions in force, in place of those before')
    .argument(
      '<file>',
      'CSV with the columns code,lon,lat,population,neighbours; neighbours are codes separated by blanks',
    )
    .action((file: string) => withDatabase((database) => putRegionFacts(database, file)))
  return reference
}

async function status({ serviceUrl }: PreparedDatabase): Promise<string> {
  const pool = new ConnectionPool({ connectionString: serviceUrl, max: 1 })
  try {
    const { revision, regions, calendar, incidentTypes, offices } = (await ReferenceStore.open(pool)).current()
    const stages = calendar.elections.reduce((sum, election) => sum + election.stages.length, 0)
    return [
      `revision ${revision}`,
      `${regions.size} regions, ${offices.size} offices, ${incidentTypes.size} incident types`,
      `election calendar version ${calendar.version}: ${calendar.elections.length} elections, ${stages} stages`,
    ].join('\n')
  } finally {
    await pool.end()
  }
}

async function putIncidentTypes(database: PreparedDatabase, file: string): Promise<string> {
  assertAdministrator(database)
  const count = await loadTypes(database.url, parseIncidentTypes(await readJson(file)), new Date())
  return `${count} incident types of the file are in force, beside those that were there.`
}

async function putRegionFacts(database: PreparedDatabase, file: string): Promise<string> {
  assertAdministrator(database)
  const loaded = await loadRegionFacts(database.url, await readFile(file), new Date())
  const said = `The facts of ${loaded.regions} regions are in force, in place of all before.`
  if (loaded.missing === 0) return said
  return [
    said,
    `${loaded.missing} provinces and regencies are not in the file: they have neither centre nor population.`,
    `${loaded.withoutNeighbours} of them are regencies, whose neighbours are the others of their province.`,
  ].join('\n')
}

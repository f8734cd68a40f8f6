import { readFile } from 'node:fs/promises'
import { Command } from 'commander'
import { type Config, readConfig } from '../../config.ts'
import { ConnectionPool } from '../../database/pool.ts'
import { CalendarError } from '../../elections/calendar.ts'
import { parseIncidentTypes } from '../../incident-types/incident-type.ts'
import { loadCalendar, loadTypes } from '../../reference/load.ts'
import { loadRegionFacts } from '../../reference/load-region-facts.ts'
import { ReferenceStore } from '../../reference/store.ts'
import { ReferenceDataError } from '../../regions/reference-data-error.ts'
import { type PreparedDatabase, prepareDatabase } from '../prepare.ts'
import { toStderr } from '../say.ts'

export function referenceCommand(): Command {
  const reference = new Command('reference').description('regions, election calendar and incident types')
  reference
    .command('status')
    .description('say what reference data is in force')
    .action(() => withDatabase(readConfig(process.env), status))
  reference
    .command('calendar')
    .description('put an election calendar in force, as a new version; running services use it at once')
    .argument('<file>', 'JSON in the form of data/election-calendar.json')
    .action((file: string) => withDatabase(readConfig(process.env), (database) => putCalendar(database, file)))
  reference
    .command('incident-types')
    .description('add incident types, or give known ones new labels')
    .argument('<file>', 'JSON in the form of data/incident-types.json')
    .action((file: string) => withDatabase(readConfig(process.env), (database) => putIncidentTypes(database, file)))
  reference
    .command('load')
    .description('put centres, populations and neighbours of regions in force, in place of those before')
    .argument(
      '<file>',
      'CSV with the columns code,lon,lat,population,neighbours; neighbours are codes separated by blanks',
    )
    .action((file: string) => withDatabase(readConfig(process.env), (database) => putRegionFacts(database, file)))
  return reference
}

async function withDatabase(config: Config, work: (database: PreparedDatabase) => Promise<string>): Promise<void> {
  const database = await prepareDatabase(config, toStderr)
  try {
    process.stdout.write(`${await work(database)}\n`)
  } catch (error) {
    throw withFaults(error)
  } finally {
    await database.close()
  }
}

function assertAdministrator({ administrator }: PreparedDatabase): void {
  if (administrator) return
  throw new Error('DATABASE_URL names a role that may not change reference data; use the one that owns the database')
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

async function putCalendar(database: PreparedDatabase, file: string): Promise<string> {
  assertAdministrator(database)
  const { version, changed } = await loadCalendar(database.url, await readJson(file), new Date())
  return changed
    ? `Election calendar version ${version} is in force.`
    : `This calendar is in force already, as version ${version}.`
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

async function readJson(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8')
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Error(`${file} is not JSON`, { cause: error })
  }
}

/** Every fault on a line of its own. */
function withFaults(error: unknown): unknown {
  if (error instanceof CalendarError) {
    return new Error(
      `The calendar is refused:\n${error.faults.map(({ path, message }) => `  ${path}: ${message}`).join('\n')}`,
    )
  }
  if (error instanceof ReferenceDataError)
    return new Error(`The file is refused:\n${error.faults.map((fault) => `  ${fault}`).join('\n')}`)
  return error
}

import { Command } from 'commander'
import { type Config, readConfig } from '../../config.ts'
import { ConnectionPool } from '../../database/pool.ts'
import { CalendarError } from '../../elections/calendar.ts'
import { ReferenceStore } from '../../reference/store.ts'
import { ReferenceDataError } from '../../regions/reference-data-error.ts'
import { type PreparedDatabase, prepareDatabase } from '../prepare.ts'
import * as put from '../put-reference.ts'
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
    .action((file: string) => asOwner((url) => put.putCalendar(url, file)))
  reference
    .command('incident-types')
    .description('add incident types, or give known ones new labels')
    .argument('<file>', 'JSON in the form of data/incident-types.json')
    .action((file: string) => asOwner((url) => put.putIncidentTypes(url, file)))
  reference
    .command('load')
    .description('put centres, populations and neighbours of regions in force, in place of those before')
    .argument(
      '<file>',
      'CSV with the columns code,lon,lat,population,neighbours; neighbours are codes separated by blanks',
    )
    .action((file: string) => asOwner((url) => put.putRegionFacts(url, file)))
  reference
    .command('successions')
    .description('add codes that regions had before a law gave them those of today')
    .argument('<file>', 'JSON in the form of data/region-successions.json')
    .action((file: string) => asOwner((url) => put.putSuccessions(url, file)))
  reference.addCommand(boundariesCommand())
  return reference
}

function boundariesCommand(): Command {
  return new Command('boundaries')
    .description('put boundaries of regencies in force, in place of those before')
    .argument('[file]', 'GeoJSON or TopoJSON in WGS 84 degrees, with a property that holds the Kemendagri code')
    .option('--property <name>', 'the property with the code, where it has none of the usual names')
    .option('--remove', 'take all boundaries out instead')
    .action((file: string | undefined, { property, remove }: { property?: string; remove?: true }) => {
      if ((file === undefined) !== (remove === true)) throw new Error('Give a file, or --remove')
      return asOwner((url) =>
        file === undefined ? put.takeBoundariesOut(url) : put.putBoundaries(url, file, property),
      )
    })
}

/** Work that changes reference data, for which the role must own the tables. */
async function asOwner(work: (url: string) => Promise<string>): Promise<void> {
  await withDatabase(readConfig(process.env), async ({ administrator, url }) => {
    if (administrator) return work(url)
    throw new Error('DATABASE_URL names a role that may not change reference data; use the one that owns the database')
  })
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

async function status({ serviceUrl }: PreparedDatabase): Promise<string> {
  const pool = new ConnectionPool({ connectionString: serviceUrl, max: 1 })
  try {
    const { revision, regions, calendar, incidentTypes, offices, boundaries } = (
      await ReferenceStore.open(pool)
    ).current()
    const stages = calendar.elections.reduce((sum, election) => sum + election.stages.length, 0)
    const centred = [...regions].filter(({ centre }) => centre !== null).length
    return [
      `revision ${revision}`,
      `${regions.size} regions, ${offices.size} offices, ${incidentTypes.size} incident types`,
      `election calendar version ${calendar.version}: ${calendar.elections.length} elections, ${stages} stages`,
      `${regions.formerCodes} former codes of regions`,
      centred === 0 ? 'no centres of regions' : `centres of ${centred} regions`,
      boundaries === null ? 'no boundaries' : `boundaries of ${boundaries.size} regencies`,
    ].join('\n')
  } finally {
    await pool.end()
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

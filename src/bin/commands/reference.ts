import { Command } from 'commander'
import { ConnectionPool } from '../../database/pool.ts'
import { ReferenceStore } from '../../reference/store.ts'
import type { PreparedDatabase } from '../prepare.ts'
import * as put from '../put-reference.ts'
import { assertAdministrator, withDatabase } from '../reference-database.ts'
import { calendarCommand, overrideCommand, reclassificationsCommand } from './reference-calendar.ts'

export function referenceCommand(): Command {
  const reference = new Command('reference').description('regions, boundaries, election calendar and incident types')
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
  await withDatabase(async (database) => {
    assertAdministrator(database)
    return work(database.url)
  })
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

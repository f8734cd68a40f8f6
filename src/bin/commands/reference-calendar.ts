import { Command, InvalidArgumentError, Option } from 'commander'
import { z } from 'zod'
import { openWorkDoor } from '../../database/work-door.ts'
import {
  type GivenOverride,
  type NamedOverride,
  withOverrides,
  withoutOverrides,
} from '../../elections/with-overrides.ts'
import { parseLocalDate } from '../../http/timestamps.ts'
import { foreseeChanges } from '../../reclassification/foresee-changes.ts'
import { listReclassifications } from '../../reclassification/list-reclassifications.ts'
import { foreseeCalendar, loadCalendar } from '../../reference/load-calendar.ts'
import type { NextDocument } from '../../reference/plan-calendar.ts'
import { foreseenInWords, runInWords } from '../calendar-in-words.ts'
import type { PreparedDatabase } from '../prepare.ts'
import { readJsonFile } from '../read-file.ts'
import { assertAdministrator, reading, withDatabase } from '../reference-database.ts'
import { workerUrlOf } from '../worker-url.ts'

interface Asked {
  dryRun?: true
  json?: true
}

const dryRun = () =>
  new Option('--dry-run', 'write nothing; tell how many reports would be classified otherwise, and how')
const json = () => new Option('--json', 'the answer for programs')

export function calendarCommand(): Command {
  return new Command('calendar')
    .description('put an election calendar in force, as a new version; stored reports are classified again by it')
    .argument('<file>', 'JSON in the form of data/election-calendar.json')
    .addOption(dryRun())
    .addOption(json())
    .action((file: string, asked: Asked) =>
      withDatabase(async (database) => {
        const document = await readJsonFile(file)
        return change(database, () => document, { operation: 'reference calendar', asked })
      }),
    )
}

interface OverrideOptions extends Asked {
  election?: string
  stage?: string
  region?: string
  from?: string
  to?: string
  source?: string
  remove?: true
}

export function overrideCommand(): Command {
  return new Command('override')
    .description('give a stage dates of its own in one region, or take them back: a new version of the calendar')
    .argument('[file]', 'JSON list of overrides: election, region, stage, starts_on, ends_on, source')
    .option('--election <code>', 'such as pilkada-2024')
    .option('--stage <code>', 'such as psu_psl_pss')
    .option('--region <code>', 'of a province with its regencies, or of a regency')
    .option('--from <day>', 'the first day, such as 2025-04-16', localDay)
    .option('--to <day>', 'the last day', localDay)
    .option('--source <text>', 'where the dates are from: the decision, its number and day')
    .option('--remove', 'take away what stands there; of these days, or all of the region and stage')
    .addOption(dryRun())
    .addOption(json())
    .action(async (file: string | undefined, options: OverrideOptions, command: Command) => {
      const given = file === undefined ? [oneOf(options, command)] : await listIn(file, options)
      const next: NextDocument = (latest) =>
        options.remove ? withoutOverrides(latest, given) : withOverrides(latest, given as GivenOverride[])
      await withDatabase((database) => change(database, next, { operation: 'reference override', asked: options }))
    })
}

export function reclassificationsCommand(): Command {
  return new Command('reclassifications')
    .description('runs that classify stored reports again, and how far they are; the newest 50')
    .addOption(json())
    .action(({ json }: Asked) =>
      withDatabase(async (database) => {
        assertAdministrator(database)
        const runs = await reading(database, (client) => listReclassifications(client, 50))
        if (json) return JSON.stringify(runs)
        return runs.length === 0 ? 'No report was ever classified again.' : runs.map(runInWords).join('\n')
      }),
    )
}

async function change(
  database: PreparedDatabase,
  next: NextDocument,
  { operation, asked }: { operation: string; asked: Asked },
): Promise<string> {
  assertAdministrator(database)
  if (asked.dryRun) return foresee(database, next, asked)
  const { version, changed, run } = await loadCalendar(database.url, next, { operation, now: new Date() })
  if (asked.json) return JSON.stringify({ version, changed, run })
  if (!changed) return `This calendar is in force already, as version ${version}.`
  const said = `Election calendar version ${version} is in force.`
  if (run === null) return said
  return `${said}\nStored reports are classified again in the background: run ${run} of waspada reference reclassifications.`
}

async function foresee(database: PreparedDatabase, next: NextDocument, { json }: Asked): Promise<string> {
  const { version, changed, differences, regions } = await reading(database, (client) => foreseeCalendar(client, next))
  const { db, close } = openWorkDoor(await workerUrlOf(database), { size: 1, report: () => {} })
  try {
    const foreseen = await foreseeChanges(db, differences, regions)
    return json ? JSON.stringify({ version, changed, ...foreseen }) : foreseenInWords({ version, changed, ...foreseen })
  } finally {
    await close()
  }
}

/** The list in a file, each as the calendar has it, with its election; taking away needs less of each. */
async function listIn(file: string, { remove }: OverrideOptions): Promise<NamedOverride[]> {
  const text = z.string().min(1)
  const more = remove ? text.optional() : text
  const given = z.strictObject({
    election: text,
    region: text,
    stage: text,
    starts_on: more,
    ends_on: more,
    source: more,
  })
  const list = z
    .array(given)
    .min(1)
    .safeParse(await readJsonFile(file))
  if (list.success) return list.data
  const faults = list.error.issues.map(({ path, message }) => `\n  /${path.join('/')}: ${message}`)
  throw new Error(`The file is refused:${faults.join('')}`)
}

function oneOf(options: OverrideOptions, command: Command): NamedOverride {
  const { election, stage, region, from, to, source, remove } = options
  if (!election || !stage || !region) command.error('error: say --election, --stage and --region, or give a file')
  if (remove !== true && (!from || !to || !source)) command.error('error: an override needs --from, --to and --source')
  return {
    ...{ election: election as string, stage: stage as string, region: region as string },
    ...(from !== undefined && { starts_on: from }),
    ...(to !== undefined && { ends_on: to }),
    ...(remove !== true && { source }),
  }
}

function localDay(value: string): string {
  if (parseLocalDate(value)) return value
  throw new InvalidArgumentError('It is a day such as 2025-04-16.')
}

import { Argument, Command, InvalidArgumentError, Option } from 'commander'
import { type Handling, handlingLevels, handlingOf, handlingRank } from '../../access/vocabulary.ts'
import { readConfig } from '../../config.ts'
import { changeRetention, readRetention } from '../../personal-data/change-retention.ts'
import { type ErasureGround, erasureGrounds } from '../../personal-data/erase-actors.ts'
import { erasePerson } from '../../personal-data/erase-person.ts'
import { findPersons } from '../../personal-data/find-persons.ts'
import { type RetentionKind, retentionKinds } from '../../personal-data/retention.ts'
import { actorAt, withAdministration } from '../administration.ts'

export function personalDataCommand(): Command {
  const command = new Command('personal-data').description(
    'find and erase persons in reports, and how long they are kept',
  )
  command.addCommand(findCommand())
  command.addCommand(eraseCommand())
  command.addCommand(retentionCommand())
  return command
}

function findCommand(): Command {
  return new Command('find')
    .description(
      'where a name or number stands in the description of a person, now or in an earlier version; the newest 200',
    )
    .argument('<text>', 'part of the description, in any case', searchedText)
    .action(async (text: string) => {
      const found = await withAdministration(readConfig(process.env), 'personal-data find', (by) =>
        findPersons(by.db, actorAt(by), text),
      )
      for (const { id, number, version, currentVersion, position, role, description } of found) {
        const where = `${version === currentVersion ? '' : 'earlier, '}version ${version}, person ${position}`
        process.stdout.write(`${id}  ${number}  ${where} (${role}): ${description}\n`)
      }
      process.stderr.write(`waspada: ${found.length} found\n`)
    })
}

interface EraseOptions {
  person?: number
  ofVersion?: number
  history?: true
  ground: ErasureGround
  reference?: string | null
}

function eraseCommand(): Command {
  return new Command('erase')
    .description('erase one person from a report, and all from its earlier versions; role and number stay')
    .argument('<report>', 'id of the report', reportId)
    .addOption(new Option('--person <position>', 'which one, as find says').argParser(position))
    .addOption(new Option('--of-version <number>', 'in which the person stands there, as find says').argParser(version))
    .addOption(new Option('--history', 'from the earlier versions alone').conflicts(['person', 'ofVersion']))
    .addOption(new Option('--ground <ground>', 'why').choices(erasureGrounds).makeOptionMandatory())
    .option('--reference <number>', 'of the letter or case, without a name', reference)
    .action(async (reportId: string, options: EraseOptions, command: Command) => {
      const { person: position = null, ofVersion: version = null, ground, reference = null } = options
      const person = position === null || version === null ? null : { position, version }
      if ((person === null) !== (options.history === true))
        command.error('error: say --person with --of-version, or --history')
      const erased = await withAdministration(readConfig(process.env), 'personal-data erase', (by) =>
        erasePerson(by.db, actorAt(by), { reportId, person, ground, reference }),
      )
      const who = person === null ? 'Earlier persons' : `Person ${person.position}`
      process.stdout.write(`${who} of report ${reportId}: ${erased ? 'erased' : 'not described, or no longer'}.\n`)
    })
}

interface RetentionOptions {
  of: RetentionKind
  days?: number
  forever?: true
}

function retentionCommand(): Command {
  return new Command('retention')
    .description('show how long persons in reports, or their files, are kept; or change it for one handling')
    .addArgument(new Argument('[handling]', 'of the reports').choices(handlingLevels))
    .addOption(new Option('--of <kind>', 'of what').choices(retentionKinds).default('actors'))
    .addOption(new Option('--days <days>', 'days after receipt').argParser(days))
    .addOption(new Option('--forever', 'until somebody asks').conflicts('days'))
    .action(async (handling: Handling | undefined, options: RetentionOptions, command: Command) => {
      const keepDays = options.forever ? null : options.days
      if ((handling === undefined) !== (keepDays === undefined))
        command.error('error: a handling goes with --days or --forever')
      await withAdministration(readConfig(process.env), 'personal-data retention', async (by) => {
        const actor = actorAt(by)
        if (handling !== undefined && keepDays !== undefined)
          await changeRetention(by.db, actor, { kind: options.of, handling: handlingRank(handling), keepDays })
        const rules = await readRetention(by.db, actor)
        for (const level of handlingLevels) {
          const rule = rules.find((each) => each.kind === options.of && handlingOf(each.handling) === level)
          process.stdout.write(`${level}: ${rule ? `${rule.keepDays} days after receipt` : 'until somebody asks'}\n`)
        }
      })
    })
}

function searchedText(value: string): string {
  if (value.trim().length >= 3) return value.trim()
  throw new InvalidArgumentError('It takes three characters at least.')
}

function reportId(value: string): string {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)) return value
  throw new InvalidArgumentError('It is the id of a report, as find says.')
}

function position(value: string): number {
  if (/^\d{1,2}$/.test(value)) return Number(value)
  throw new InvalidArgumentError('It is a number from 0, as find says.')
}

function version(value: string): number {
  if (/^[1-9]\d{0,6}$/.test(value)) return Number(value)
  throw new InvalidArgumentError('It is a number from 1, as find says.')
}

function reference(value: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9./-]{0,99}$/.test(value)) return value
  throw new InvalidArgumentError('It takes letters, digits, dots, slashes and hyphens, 100 at most.')
}

function days(value: string): number {
  const number = Number(value)
  if (/^\d{1,5}$/.test(value) && number >= 1 && number <= 36_500) return number
  throw new InvalidArgumentError('It is a whole number from 1 to 36500.')
}

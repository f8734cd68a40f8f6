import { Argument, Command, InvalidArgumentError, Option } from 'commander'
import { type OfficeLevel, officeLevels } from '../../access/vocabulary.ts'
import { readConfig } from '../../config.ts'
import { parseLocalDate } from '../../http/timestamps.ts'
import {
  type Debtor,
  endObligation,
  readObligations,
  setObligation,
} from '../../reporting-status/change-obligations.ts'
import type { Obligation } from '../../reporting-status/schemas.ts'
import { type PeriodKind, periodKinds } from '../../situation-reports/vocabulary.ts'
import { actorAt, type Console, withAdministration } from '../administration.ts'
import { officeArgument } from '../arguments.ts'

export function obligationsCommand(): Command {
  const command = new Command('obligations').description('who owes which situation report, and until when')
  command.addCommand(listCommand())
  command.addCommand(setCommand())
  command.addCommand(endCommand())
  return command
}

function listCommand(): Command {
  return new Command('list').description('past, present and to come').action(() => administer('list', async () => {}))
}

interface SetOptions {
  due?: string
  days: number
  exempt?: true
  from: string
}

function setCommand(): Command {
  return new Command('set')
    .description('from a day on: what the offices of a level owe, or one office in place of that')
    .addArgument(new Argument('<who>', debtors).argParser(debtor))
    .addArgument(new Argument('<kind>').choices(periodKinds))
    .addOption(new Option('--due <HH:MM>', "time of the deadline on the office's own clock").argParser(time))
    .addOption(new Option('--days <days>', 'after the last day of the period').argParser(days).default(1))
    .addOption(new Option('--exempt', 'the office owes none').conflicts('due'))
    .addOption(new Option('--from <day>', 'first day of the first period').argParser(localDay).makeOptionMandatory())
    .action(async (who: Debtor, kind: PeriodKind, options: SetOptions, command: Command) => {
      const { due, exempt, days: daysAfter, from } = options
      if ((due === undefined) !== (exempt === true)) command.error('error: give either --due or --exempt')
      if (exempt && 'level' in who) command.error('error: a level is not exempted; end its obligation')
      const deadline = due === undefined ? null : { daysAfter, dueTime: due }
      await administer('set', ({ db, reference }, actor) => {
        if ('office' in who && !reference.offices.has(who.office)) throw new Error(`There is no office ${who.office}`)
        return setObligation(db, actor, { debtor: who, kind, deadline, from })
      })
    })
}

function endCommand(): Command {
  return new Command('end')
    .description('after a day: a level owes nothing, or an office owes what its level owes')
    .addArgument(new Argument('<who>', debtors).argParser(debtor))
    .addArgument(new Argument('<kind>').choices(periodKinds))
    .addOption(new Option('--last <day>', 'first day of the last period').argParser(localDay).makeOptionMandatory())
    .action((who: Debtor, kind: PeriodKind, { last }: { last: string }) =>
      administer('end', ({ db }, actor) => endObligation(db, actor, { debtor: who, kind, last })),
    )
}

async function administer(
  verb: string,
  work: (by: Console, actor: ReturnType<typeof actorAt>) => Promise<void>,
): Promise<void> {
  await withAdministration(readConfig(process.env), `obligations ${verb}`, async (by) => {
    const actor = actorAt(by)
    await work(by, actor)
    for (const each of await readObligations(by.db, actor)) process.stdout.write(`${lineOf(each)}\n`)
  })
}

function lineOf({ level, office, kind, daysAfter, dueTime, validFrom, validTo }: Obligation): string {
  const deadline =
    dueTime === null ? 'exempt' : `due ${dueTime}, ${daysAfter} ${daysAfter === 1 ? 'day' : 'days'} after`
  return `${office ?? level}  ${kind}  ${deadline}  from ${validFrom}${validTo === null ? '' : ` to ${validTo}`}`
}

const debtors = `${officeLevels.join(', ')}, or the code of one office`

function debtor(value: string): Debtor {
  if ((officeLevels as readonly string[]).includes(value)) return { level: value as OfficeLevel }
  return { office: officeArgument(value) }
}

function time(value: string): string {
  if (/^([01]\d|2[0-3]):[0-5]\d$/.test(value)) return value
  throw new InvalidArgumentError('It is a time such as 08:00.')
}

function days(value: string): number {
  if (/^\d{1,2}$/.test(value) && Number(value) <= 31) return Number(value)
  throw new InvalidArgumentError('It is a whole number from 0 to 31.')
}

function localDay(value: string): string {
  if (/^2\d{3}-/.test(value) && parseLocalDate(value)) return value
  throw new InvalidArgumentError('It is a day such as 2026-12-01.')
}

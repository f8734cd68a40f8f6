import { text as textOf } from 'node:stream/consumers'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { readJsonFile, readNamedFile } from './read-file.ts'

type Members = Record<string, unknown>

/** Members of a report that commands take, each with its flag and its place in the report. */
const flags = [
  ['--reference <text>', 'clientReference', "the office's own reference, unique for ever; made when absent"],
  ['--product <product>', 'product', 'incident, information, attention or special'],
  ['--athg <kind>', 'athg', 'threat, challenge, obstacle or disruption'],
  ['--domain <domain>', 'domain', 'ideology, politics, economy, social_culture, defence or security'],
  ['--incident-type <code>', 'incidentType', 'code of /v1/incident-types'],
  ['--phase <phase>', 'phase', 'potential, imminent or actual'],
  ['--severity <severity>', 'severity', 'low, moderate, high or critical'],
  ['--urgency <urgency>', 'urgency', 'routine, priority, immediate or flash'],
  ['--handling <level>', 'handling', 'ordinary, restricted, secret or top_secret'],
  ['--subject <text>', 'subject', 'perihal'],
  ['--occurred-at <time>', 'occurredAt', 'with its offset, such as 2024-11-25T22:30:00+08:00'],
  ['--precision <precision>', 'occurredAtPrecision', 'exact, hour, day or unknown'],
  ['--obtained-at <time>', 'obtainedAt', 'when the office learnt of it'],
  ['--region <code>', 'location.regionCode', 'of the province, regency or district'],
  ['--place <text>', 'location.place', 'within the region'],
  ['--source <kind>', 'source.kind', 'field_officer, fkdm, community, media, ...'],
  ['--source-method <method>', 'source.method', 'observation, interview, document, ...'],
  ['--reliability <grade>', 'source.reliability', 'A to F'],
] as const

/** Texts that a list of processes would show to others: each comes from a file. */
const narratives = [
  ['--facts-file <file>', 'facts'],
  ['--analysis-file <file>', 'analysis'],
  ['--prediction-file <file>', 'prediction'],
  ['--actions-file <file>', 'actionsTaken'],
  ['--recommendation-file <file>', 'recommendation'],
] as const

/** Flags for the main members, and a file for any. */
export function takeMembers(command: Command): Command {
  command.option('--file <file>', 'JSON of a report, or - for standard input; flags replace its members')
  for (const [flag, , description] of flags) command.addOption(new Option(flag, description).helpGroup('Members:'))
  for (const [flag, path] of narratives)
    command.addOption(new Option(flag, `file with the text of ${path}`).helpGroup('Narratives:'))
  command.addOption(new Option('--credibility <grade>', '1 to 6').argParser(grade).helpGroup('Members:'))
  command.addOption(
    new Option('--coordinates <longitude,latitude>', 'in WGS 84 degrees').argParser(position).helpGroup('Members:'),
  )
  return command.addOption(new Option('--exercise', 'it is an exercise').helpGroup('Members:'))
}

export type MemberOptions = Record<string, unknown> & { file?: string }

/** The report that a file and flags say, on top of another where one is given. */
export async function membersIn(options: MemberOptions, base: Members = {}): Promise<Members> {
  const report = { ...base, ...(options.file !== undefined && (await reportIn(options.file))) }
  for (const [flag, path] of flags) set(report, path, options[optionOf(flag)])
  for (const [flag, path] of narratives) {
    const file = options[optionOf(flag)]
    if (typeof file === 'string') set(report, path, (await readNamedFile(file)).toString('utf8').trim())
  }
  set(report, 'source.credibility', options.credibility)
  set(report, 'location.coordinates', options.coordinates)
  set(report, 'exercise', options.exercise)
  return report
}

async function reportIn(file: string): Promise<Members> {
  const report = file === '-' ? JSON.parse(await textOf(process.stdin)) : await readJsonFile(file)
  if (typeof report === 'object' && report !== null && !Array.isArray(report)) return report as Members
  throw new Error(`${file === '-' ? 'Standard input' : file} holds no report: it is a JSON object`)
}

function set(report: Members, path: string, value: unknown): void {
  if (value === undefined) return
  const [outer = '', inner] = path.split('.')
  report[outer] = inner === undefined ? value : { ...(report[outer] as Members | undefined), [inner]: value }
}

/** The flag that gives a member, such as `--region` of `/location/regionCode`, and of `/location` where that is missing. */
export function flagOf(pointer: string): string | undefined {
  const path = pointer.slice(1).replaceAll('/', '.')
  const [flag] = [...flags, ...narratives].find(([, of]) => of === path || of.split('.')[0] === path) ?? []
  return flag?.split(' ')[0]
}

/** As commander names what a flag gives. */
function optionOf(flag: string): string {
  return new Option(flag).attributeName()
}

function grade(value: string): number {
  if (/^[1-6]$/.test(value)) return Number(value)
  throw new InvalidArgumentError('It is a whole number from 1 to 6.')
}

function position(value: string): number[] {
  const numbers = value.split(',').map(Number)
  if (numbers.length === 2 && numbers.every(Number.isFinite)) return numbers
  throw new InvalidArgumentError('It is two numbers, such as 122.513,-3.975.')
}

import type { Foreseen, Primary } from '../reclassification/foresee-changes.ts'
import type { ToldRun } from '../reclassification/list-reclassifications.ts'

const mostRegions = 20
const counted = (reports: number) => `${reports.toLocaleString('en')} ${reports === 1 ? 'report' : 'reports'}`

/** What a calendar would change, for whoever is about to put it in force. */
export function foreseenInWords(foreseen: Foreseen & { version: number; changed: boolean }): string {
  const { version, changed, reports, changes, regions, days, unfinished } = foreseen
  if (!changed) return `This calendar is in force already, as version ${version}. Nothing was written.`
  return [
    `As version ${version} it would classify ${counted(reports)} otherwise. Nothing was written.`,
    days === null
      ? 'It says the same of every day and region.'
      : `It says otherwise on days from ${days.from} to ${days.to}.`,
    ...(reports > 0 ? ['', 'Primary stage, before and after:'] : []),
    ...changes.map((each) => `  ${changeInWords(each)}: ${counted(each.reports)}`),
    ...(reports > 0 ? ['', 'Where:'] : []),
    ...regions.slice(0, mostRegions).map((each) => `  ${each.region} ${each.name}: ${counted(each.reports)}`),
    ...(regions.length > mostRegions ? [`  and ${regions.length - mostRegions} more (--json names all)`] : []),
    ...(unfinished.length > 0
      ? ['', `Not finished yet: run ${unfinished.join(', ')}. What that changes is not told here.`]
      : []),
  ].join('\n')
}

function changeInWords({ from, to }: Foreseen['changes'][number]): string {
  const [before, after] = [stageInWords(from), stageInWords(to)]
  return before === after ? `${before}, other stages change` : `${before} -> ${after}`
}

function stageInWords(primary: Primary): string {
  return primary ? `${primary.election} ${primary.stage}` : 'outside every stage'
}

/** How far a run is, on one line. */
export function runInWords(run: ToldRun): string {
  const { id, reason, calendarVersion, requestedAt, requestedBy, lookedAt, changed } = run
  const asked = `requested ${requestedAt.toISOString()} by ${requestedBy}`
  return `${id}  ${reason}, calendar version ${calendarVersion}  ${asked}  ${counted(lookedAt)} looked at, ${changed.toLocaleString('en')} changed  ${stateInWords(run)}`
}

function stateInWords({ startedAt, finishedAt, walked, stretches, left }: ToldRun): string {
  if (finishedAt !== null) return `finished ${finishedAt.toISOString()}`
  if (startedAt === null) return 'waiting'
  return `${walked} of ${stretches} stretches walked${left > 0 ? `, ${left} to be looked at again` : ''}`
}

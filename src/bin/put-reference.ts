import { parseIncidentTypes } from '../incident-types/incident-type.ts'
import { loadTypes } from '../reference/load.ts'
import { loadBoundaries, removeBoundaries } from '../reference/load-boundaries.ts'
import { loadRegionFacts } from '../reference/load-region-facts.ts'
import { loadSuccessions } from '../reference/load-successions.ts'
import { readJsonFile, readNamedFile } from './read-file.ts'

const shownMisnamed = 10
const again =
  'Stored reports with coordinates are classified again in the background; waspada reference reclassifications says how far.'

// What each command does with its file, and what it says of it; `url` is of a role that owns the tables.
export async function putIncidentTypes(url: string, file: string): Promise<string> {
  const count = await loadTypes(url, parseIncidentTypes(await readJsonFile(file)), new Date())
  return `${count} incident types of the file are in force, beside those that were there.`
}

export async function putRegionFacts(url: string, file: string): Promise<string> {
  const loaded = await loadRegionFacts(url, await readNamedFile(file), new Date())
  const said = `The facts of ${loaded.regions} regions are in force, in place of all before.`
  if (loaded.missing === 0) return said
  return [
    said,
    `${loaded.missing} provinces and regencies are not in the file: they have neither centre nor population.`,
    `${loaded.withoutNeighbours} of them are regencies, whose neighbours are the others of their province.`,
  ].join('\n')
}

export async function putSuccessions(url: string, file: string): Promise<string> {
  const { codes, news } = await loadSuccessions(url, await readJsonFile(file), new Date())
  if (news === 0) return `The ${codes} former codes of the file are in force already.`
  return `${codes} former codes of the file are in force, ${news} of them new or changed, beside those that were there.`
}

export async function putBoundaries(url: string, file: string, property: string | undefined): Promise<string> {
  const loaded = await loadBoundaries(url, { bytes: await readNamedFile(file), property, now: new Date() })
  const { regencies, missing, misnamed } = loaded
  const shown = misnamed.slice(0, shownMisnamed).join(', ')
  return [
    `The boundaries of ${regencies} regencies are in force, in place of all before; codes are from the property "${loaded.property}".`,
    ...(missing > 0
      ? [`${missing} regencies are not in the file: positions there have no region, or the one next to it.`]
      : []),
    ...(misnamed.length > 0
      ? [
          `${misnamed.length} names are not those of their codes: ${shown}${misnamed.length > shownMisnamed ? ', ...' : ''}.`,
          'If these are codes of BPS, load a file with those of Kemendagri: in Papua they are different ones.',
        ]
      : []),
    again,
  ].join('\n')
}

export async function takeBoundariesOut(url: string): Promise<string> {
  const removed = await removeBoundaries(url, new Date())
  return removed === 0
    ? 'There were no boundaries.'
    : `The boundaries of ${removed} regencies are out of force.\n${again}`
}

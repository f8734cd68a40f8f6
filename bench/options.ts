import { parseArgs } from 'node:util'

/** What is measured, as the README of this folder names it. */
export const operations = ['find', 'page', 'post'] as const
export type Operation = (typeof operations)[number]

export interface Options {
  /** Reports in the database before the first round. */
  reports: number
  rounds: number
  /** Length of a round. */
  seconds: number
  only: readonly Operation[]
  /** Folder for a CPU profile of the service, or none. */
  profile: string | undefined
}

/** Fixed by the demand: as many callers at once on both sides. */
export const connections = 16

/** @throws when an argument is none of ours */
export function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      reports: { type: 'string', default: '200000' },
      rounds: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '5' },
      only: { type: 'string', default: operations.join() },
      profile: { type: 'string' },
    },
  })
  const asked = values.only.split(',')
  const unknown = asked.filter((name) => !(operations as readonly string[]).includes(name))
  if (unknown.length > 0) throw new Error(`--only takes ${operations.join()}; not ${unknown.join()}`)
  return {
    reports: whole(values.reports, 'reports', 10_000),
    rounds: whole(values.rounds, 'rounds', 1),
    seconds: whole(values.seconds, 'seconds', 1),
    only: operations.filter((name) => asked.includes(name)),
    profile: values.profile,
  }
}

function whole(text: string, name: string, minimum: number): number {
  const number = Number(text)
  if (Number.isSafeInteger(number) && number >= minimum) return number
  throw new Error(`--${name} takes a whole number from ${minimum}`)
}

import { parseArgs } from 'node:util'
import { sizeOperations } from './operations.ts'

export interface SizeOptions {
  reports: number
  base: number
  /** Where the databases are kept. */
  data: string
  rounds: number
  seconds: number
  /** Names of operations, or how they begin; all where it is empty. */
  only: readonly string[]
  refill: boolean
  fillOnly: boolean
  json: string | undefined
  /** A file for the plans of all that reads at the large size, in place of measuring. */
  plans: string | undefined
}

/** @throws when an argument is none of ours */
export function readSizeOptions(): SizeOptions {
  const { values } = parseArgs({
    options: {
      reports: { type: 'string', default: '5000000' },
      base: { type: 'string', default: '100000' },
      data: { type: 'string' },
      rounds: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '3' },
      only: { type: 'string', default: '' },
      refill: { type: 'boolean', default: false },
      'fill-only': { type: 'boolean', default: false },
      json: { type: 'string' },
      plans: { type: 'string' },
    },
  })
  if (values.data === undefined) throw new Error('--data names the folder that keeps the filled databases')
  const only = values.only.split(',').filter((name) => name !== '')
  const unknown = only.filter((asked) => !sizeOperations.some(({ name }) => name.startsWith(asked)))
  if (unknown.length > 0)
    throw new Error(`--only takes what one of these begins with: ${sizeOperations.map(({ name }) => name).join('; ')}`)
  return {
    reports: whole(values.reports, 'reports'),
    base: whole(values.base, 'base'),
    data: values.data,
    rounds: whole(values.rounds, 'rounds'),
    seconds: whole(values.seconds, 'seconds'),
    only,
    refill: values.refill,
    fillOnly: values['fill-only'],
    json: values.json,
    plans: values.plans,
  }
}

function whole(text: string, name: string): number {
  const number = Number(text)
  if (Number.isSafeInteger(number) && number >= 1) return number
  throw new Error(`--${name} takes a whole number from 1`)
}

import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import type { CampaignOptions } from './campaign.ts'

/** @throws when an argument is none of ours */
export function readFuzzOptions(): CampaignOptions {
  const { values } = parseArgs({
    options: {
      requests: { type: 'string', default: '100000' },
      seed: { type: 'string', default: String(anySeed()) },
      'in-flight': { type: 'string', default: '16' },
    },
  })
  return {
    requests: whole(values.requests, 'requests'),
    seed: whole(values.seed, 'seed'),
    inFlight: whole(values['in-flight'], 'in-flight'),
  }
}

export function anySeed(): number {
  return randomInt(1, 2 ** 31)
}

function whole(text: string, name: string): number {
  const number = Number(text)
  if (Number.isSafeInteger(number) && number >= 1) return number
  throw new Error(`--${name} takes a whole number from 1`)
}

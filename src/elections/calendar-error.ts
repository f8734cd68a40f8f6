import type { z } from 'zod'

export interface CalendarFault {
  /** JSON pointer (RFC 6901) into the calendar document. */
  path: string
  message: string
}

/** A calendar document that must not be used; `faults` names everything that is wrong with it. */
export class CalendarError extends Error {
  readonly faults: readonly CalendarFault[]

  constructor(faults: readonly CalendarFault[]) {
    super(faults.map(({ path, message }) => `${path}: ${message}`).join('\n'))
    this.name = 'CalendarError'
    this.faults = faults
  }
}

/** What the schema found, one fault for each unknown member. */
export function shapeFaults(error: z.ZodError, under: string): CalendarFault[] {
  return error.issues.flatMap((issue) => {
    const path = under + issue.path.map((step) => `/${escaped(String(step))}`).join('')
    if (issue.code !== 'unrecognized_keys') return [{ path, message: issue.message }]
    return issue.keys.map((key) => ({ path: `${path}/${escaped(key)}`, message: 'is not a known member' }))
  })
}

function escaped(step: string): string {
  return step.replaceAll('~', '~0').replaceAll('/', '~1')
}

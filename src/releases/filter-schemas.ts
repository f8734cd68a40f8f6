import { z } from 'zod'
import { handlingLevels } from '../access/vocabulary.ts'
import { CommaList, Timestamp } from '../http/schemas.ts'
import { sharedFilters } from '../reports/filter-schemas.ts'

/** What releases can be asked for by: all of it combined, and none of it met by what was not approved. */
export const releaseFilters = {
  ...sharedFilters,
  handling: CommaList(z.enum(handlingLevels), handlingLevels.length).optional().describe('Of the release'),
  releasedFrom: Timestamp.optional().describe('Whose version in force was released from this moment on'),
  releasedTo: Timestamp.optional().describe('Whose version in force was released before this moment'),
}

const Filters = z.strictObject(releaseFilters)
export type ReleaseFilters = z.output<typeof Filters>

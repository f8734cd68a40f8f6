import { z } from 'zod'
import { handlingLevels } from '../access/vocabulary.ts'
import { Timestamp } from '../http/schemas.ts'
import { ReleaseContent } from './content-schemas.ts'

/** What an agency sees of a release. */
export const ReleaseView = z
  .strictObject({
    id: z.uuid(),
    version: z.int().min(1).max(1_000_000),
    handling: z.enum(handlingLevels),
    releasedAt: Timestamp.describe('When this version was released'),
    firstReleasedAt: Timestamp.describe('When the first version was released'),
    content: ReleaseContent,
  })
  .meta({ id: 'Release' })

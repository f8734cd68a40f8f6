import { z } from 'zod'
import type { Routes } from '../http/contract/route-schema.ts'
import { Text } from '../http/schemas.ts'
import type { Label } from './label.ts'
import { labels } from './labels.ts'

const Word = z
  .strictObject({
    code: z.string().regex(/^[A-Za-z0-9_]{1,50}$/),
    labelId: Text(1, 200),
    labelEn: Text(1, 200),
  })
  .meta({ id: 'VocabularyWord' })

const Vocabulary = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z][A-Za-z]{1,49}$/)
      .describe('The member that holds the codes, such as `severity` or `sourceKind`'),
    words: z.array(Word).max(100),
  })
  .meta({ id: 'Vocabulary' })

const VocabularyList = z.strictObject({ items: z.array(Vocabulary).max(100) }).meta({ id: 'VocabularyList' })

const items = Object.entries<Record<string, Label>>(labels).map(([name, words]) => ({
  name,
  words: Object.entries(words).map(([code, { id, en }]) => ({ code, labelId: id, labelEn: en })),
}))

/** The closed lists fixed in code; regions, elections, stages and incident types have resources of their own. */
export const vocabularyRoutes: Routes = async (app) => {
  app.get(
    '/vocabularies',
    {
      config: { scope: 'authenticated' },
      schema: {
        operationId: 'listVocabularies',
        tags: ['reference'],
        summary: 'What the codes of closed lists are called in Indonesian and English',
        response: { 200: VocabularyList },
      },
    },
    async ({ context: { db, caller } }) => {
      await db.enter(caller)
      return { items }
    },
  )
}

import { z } from 'zod'
import { DomainError } from '../errors.ts'
import { problems } from '../http/contract/problems.ts'
import type { Routes } from '../http/contract/route-schema.ts'
import { ElectionCode } from './codes.ts'
import { ElectionList, ElectionView, electionView, summaryOf } from './schemas.ts'

export const electionRoutes: Routes = async (app) => {
  app.get(
    '/elections',
    {
      config: { scope: 'authenticated' },
      schema: {
        operationId: 'listElections',
        tags: ['reference'],
        summary: 'Elections, re-votes and re-runs of the calendar in force',
        response: { 200: ElectionList },
      },
    },
    async ({ context: { db, caller } }) => {
      const { calendar } = (await db.enter(caller)).reference
      return { items: calendar.elections.map(summaryOf), calendarVersion: calendar.version }
    },
  )

  app.get(
    '/elections/:code',
    {
      config: { scope: 'authenticated', notFound: 'election_not_found' },
      schema: {
        operationId: 'findElection',
        tags: ['reference'],
        summary: 'An election with its stages, their dates and sources',
        params: z.strictObject({ code: ElectionCode }),
        response: { 200: ElectionView, ...problems('election_not_found') },
      },
    },
    async ({ context: { db, caller }, params }) => {
      const { calendar } = (await db.enter(caller)).reference
      const election = calendar.elections.find(({ code }) => code === params.code)
      if (!election) throw new DomainError('election_not_found', { code: params.code })
      return electionView(election, calendar.version)
    },
  )
}

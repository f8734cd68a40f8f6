import { z } from 'zod'
import { problems } from '../http/contract/problems.ts'
import { respond } from '../http/contract/responses.ts'
import type { BodyFaults, Routes } from '../http/contract/route-schema.ts'
import { linkNext } from '../http/cursor.ts'
import { isUnmodified, requireIfMatch } from '../http/etag.ts'
import { etagHeader, linkHeader } from '../http/header-docs.ts'
import { IdempotencyKey, IfMatch, IfNoneMatch } from '../http/schemas.ts'
import { addStandaloneFollowUp, standaloneFaults } from './add-standalone-follow-up.ts'
import { added, answerAdded } from './answer-added.ts'
import { changeFollowUp } from './change-follow-up.ts'
import { addStandaloneFollowUpExample, followUpExample } from './examples.ts'
import { findFollowUp } from './find-follow-up.ts'
import { listFollowUpRevisions } from './list-follow-up-revisions.ts'
import { listFollowUps } from './list-follow-ups.ts'
import { FollowUpRevisionPage } from './revision-schemas.ts'
import {
  AddStandaloneFollowUp,
  ChangeFollowUp,
  FollowUpPage,
  FollowUpParams,
  FollowUpView,
  ListFollowUpsQuery,
  PageQuery,
} from './schemas.ts'
import { followUpView, tagOf } from './view.ts'

const alsoWrong: BodyFaults = ({ context: { db, caller } }, body) => standaloneFaults(body, caller.scope, db.held)
const oneFollowUp = respond(FollowUpView, { headers: { ETag: etagHeader }, examples: { patrol: followUpExample } })

/** Follow-ups (tindak lanjut, RTL) across reports, and those that stand alone. */
export const followUpRoutes: Routes<{ cursorKey: Uint8Array }> = async (app, { cursorKey }) => {
  app.post(
    '/follow-ups',
    {
      config: { scope: 'reports:submit' },
      schema: {
        operationId: 'addStandaloneFollowUp',
        tags: ['follow-ups'],
        summary: 'Give an office something to do without a report',
        description:
          'Above all the RTL of what a meeting recommended. The own office, or one below it in whose region the place lies. ' +
          'The same `Idempotency-Key` with the same content answers with the follow-up that stands.',
        headers: z.object({ 'idempotency-key': IdempotencyKey.optional() }),
        body: AddStandaloneFollowUp,
        bodyFaults: alsoWrong,
        bodyExamples: { meeting: addStandaloneFollowUpExample },
        response: { 201: added, ...problems('idempotency_conflict') },
      },
    },
    async ({ context, body: given, headers }, reply) => {
      const key = headers['idempotency-key']
      return answerAdded(reply, await addStandaloneFollowUp(context, { given, key }))
    },
  )

  app.get(
    '/follow-ups',
    {
      config: { scope: 'reports:read' },
      schema: {
        operationId: 'listFollowUps',
        tags: ['follow-ups'],
        summary: 'List follow-ups across reports by office, status and due date',
        querystring: ListFollowUpsQuery,
        response: {
          200: respond(FollowUpPage, { headers: { Link: linkHeader } }),
          ...problems('cursor_invalid'),
        },
      },
    },
    async (request, reply) => {
      const { items, next } = await listFollowUps({ ...request.context, cursorKey }, request.query)
      if (next !== null) reply.header('link', linkNext(request.url, next))
      return { items: items.map(followUpView), next }
    },
  )

  app.get(
    '/follow-ups/:followUpId',
    {
      config: { scope: 'reports:read', notFound: 'follow_up_not_found' },
      schema: {
        operationId: 'findFollowUp',
        tags: ['follow-ups'],
        summary: 'Read a follow-up',
        params: FollowUpParams,
        headers: z.object({ 'if-none-match': IfNoneMatch.optional() }),
        response: {
          200: oneFollowUp,
          304: respond(null, { description: 'The version that the caller has', headers: { ETag: etagHeader } }),
          ...problems('follow_up_not_found'),
        },
      },
    },
    async (request, reply) => {
      const followUp = await findFollowUp(request.context, request.params.followUpId)
      const tag = tagOf(followUp)
      reply.header('etag', tag)
      if (isUnmodified(request.headers['if-none-match'], tag)) return reply.code(304).send()
      return followUpView(followUp)
    },
  )

  app.patch(
    '/follow-ups/:followUpId',
    {
      config: { scope: 'reports:submit', notFound: 'follow_up_not_found' },
      schema: {
        operationId: 'changeFollowUp',
        tags: ['follow-ups'],
        summary: 'Change a task, tell how far it is, complete, cancel or reopen it',
        description:
          'A JSON Merge Patch. The office that gave it, or one above, changes the task, cancels and reopens it, with a reason; ' +
          'the responsible office tells how far it is and completes it with a result.',
        params: FollowUpParams,
        headers: z.object({ 'if-match': IfMatch.optional() }),
        body: ChangeFollowUp,
        bodyExamples: {
          done: { status: 'done', result: 'Tiga malam patroli, tidak ada perusakan lagi.' },
          cancel: { status: 'cancelled', reason: 'Sudah ditangani Polda Sulawesi Tenggara.' },
        },
        response: {
          200: oneFollowUp,
          ...problems(
            ...(['follow_up_not_found', 'version_stale', 'precondition_required'] as const),
            ...(['not_in_charge', 'transition_not_allowed'] as const),
          ),
        },
      },
    },
    async ({ context, params, headers, body: patch }, reply) => {
      const ifMatch = requireIfMatch(headers['if-match'])
      const followUp = await changeFollowUp(context, params.followUpId, { ifMatch, patch })
      reply.header('etag', tagOf(followUp))
      return followUpView(followUp)
    },
  )

  app.get(
    '/follow-ups/:followUpId/revisions',
    {
      config: { scope: 'reports:read', notFound: 'follow_up_not_found' },
      schema: {
        operationId: 'listFollowUpRevisions',
        tags: ['follow-ups'],
        summary: 'Every version of a follow-up: who, when, what changed and why',
        params: FollowUpParams,
        querystring: PageQuery,
        response: {
          200: respond(FollowUpRevisionPage, { headers: { Link: linkHeader } }),
          ...problems('follow_up_not_found', 'cursor_invalid'),
        },
      },
    },
    async (request, reply) => {
      const context = { ...request.context, cursorKey }
      const page = await listFollowUpRevisions(context, request.params.followUpId, request.query)
      if (page.next !== null) reply.header('link', linkNext(request.url, page.next))
      return page
    },
  )
}

import Fastify, { type FastifyServerOptions } from 'fastify'
import { z } from 'zod'
import { DomainError } from '../../src/errors.ts'
import { bodyParser } from '../../src/http/body-parser.ts'
import { documentation } from '../../src/http/contract/documentation.ts'
import { contract } from '../../src/http/contract/plugin.ts'
import { problems } from '../../src/http/contract/problems.ts'
import { rawJson, respond } from '../../src/http/contract/responses.ts'
import type { Routes } from '../../src/http/contract/route-schema.ts'
import { errorHandlers } from '../../src/http/error-handlers.ts'
import { problemPages } from '../../src/http/problem-pages.ts'
import { BooleanParam, CommaList, Limit, Timestamp } from '../../src/http/schemas.ts'
import { serverOptions } from '../../src/http/server-options.ts'
import { aNote, etag, id, Notes, NoteView, SubmitNote, severities, submission, wireNote } from './sample-notes.ts'

const noteRoutes: Routes = async (app) => {
  app.post(
    '/notes',
    {
      config: { scope: 'notes:submit' },
      schema: {
        operationId: 'submitNote',
        tags: ['notes'],
        summary: 'Submit a note',
        description: 'Stores one note.',
        querystring: z.strictObject({ dryRun: BooleanParam.optional() }),
        headers: z.object({
          'idempotency-key': z
            .string()
            .regex(/^[A-Za-z0-9_-]{16,128}$/)
            .max(128)
            .optional(),
        }),
        body: SubmitNote,
        bodyExamples: { kendari: submission },
        response: {
          201: respond(NoteView, {
            description: 'The note as stored',
            headers: {
              ETag: { ...etag, required: true },
              Location: {
                description: 'Where the note is',
                schema: { type: 'string', format: 'uri-reference', maxLength: 200 },
              },
            },
            examples: { kendari: wireNote },
          }),
          ...problems('idempotency_conflict'),
        },
      },
    },
    async (request, reply) => {
      if (request.headers['idempotency-key'] === 'taken-taken-taken') {
        throw new DomainError('idempotency_conflict', { existingId: id })
      }
      const { occurredAt, subject, exercise, location } = request.body
      reply.code(201).header('etag', `"${id}.1"`).header('location', `/v1/notes/${id}`)
      return { ...aNote, subject, exercise, location, occurredAt: occurredAt.instant }
    },
  )
  app.get(
    '/notes/:id',
    {
      config: { scope: 'authenticated', notFound: 'report_not_found' },
      schema: {
        operationId: 'getNote',
        tags: ['notes'],
        summary: 'One note',
        description: 'Gives one note.',
        params: z.strictObject({ id: z.uuid() }),
        response: { 200: respond(NoteView, { headers: { ETag: etag } }), 304: null },
      },
    },
    async (request) => ({ ...aNote, id: request.params.id }),
  )
  app.get(
    '/notes',
    {
      config: { scope: 'public' },
      schema: {
        operationId: 'listNotes',
        tags: ['notes'],
        summary: 'Notes',
        description: 'Lists notes.',
        querystring: z.strictObject({
          severity: CommaList(z.enum(severities), 2).optional(),
          since: Timestamp.optional(),
          limit: Limit,
          trick: z
            .string()
            .max(20)
            .regex(/^[a-z]+$/)
            .optional(),
        }),
        response: { 200: Notes },
      },
    },
    async ({ query }, reply) => {
      const { trick } = query
      if (trick === 'undocumented') return reply.code(202 as 200).send({ items: [], next: null })
      if (trick === 'header') reply.header('x-secret', '1')
      if (trick === 'extra') return rawJson('{"items":[],"next":null,"secret":1}')
      if (trick === 'type') return rawJson('{"items":[],"next":5}')
      if (trick === 'problem') throw new DomainError('region_not_found')
      if (trick === 'bug') throw new Error('select * from secrets')
      if (trick === 'down') throw new Error('query', { cause: Object.assign(new Error('x'), { code: '57P01' }) })
      if (trick === 'raw') return rawJson(JSON.stringify({ items: [wireNote], next: null }))
      return { items: Array.from({ length: query.limit > 2 ? 1 : query.limit }, () => aNote), next: null }
    },
  )
  app.patch(
    '/notes/:id',
    {
      config: { scope: 'notes:submit', notFound: 'report_not_found' },
      schema: {
        operationId: 'changeNote',
        tags: ['notes'],
        summary: 'Change a note',
        description: 'Changes one note.',
        params: z.strictObject({ id: z.uuid() }),
        body: z.strictObject({ subject: SubmitNote.shape.subject.optional() }).meta({ id: 'NoteChange' }),
        response: { 200: NoteView },
      },
    },
    async ({ body }) => ({ ...aNote, ...(body.subject !== undefined && { subject: body.subject }) }),
  )
  app.post(
    '/notes/:id/close',
    {
      config: { scope: 'notes:submit', notFound: 'report_not_found' },
      schema: {
        operationId: 'closeNote',
        tags: ['notes'],
        summary: 'Close a note',
        description: 'Closes one note.',
        params: z.strictObject({ id: z.uuid() }),
        response: { 204: null },
      },
    },
    async (_request, reply) => reply.code(204).send(),
  )
}

/** A small service with every kind of route, on the edge alone. */
export async function sampleApp(options: FastifyServerOptions = {}, more?: Routes) {
  const violations: string[] = []
  const app = Fastify({ ...serverOptions, ...(options as object) })
  await app.register(errorHandlers)
  await app.register(bodyParser)
  await app.register(contract, { validateResponses: (violation: string) => violations.push(violation) })
  await app.register(documentation, {
    version: '0.0.0',
    tags: [{ name: 'notes', description: 'Notes of the sample.' }],
  })
  await app.register(problemPages)
  await app.register(noteRoutes, { prefix: '/v1' })
  if (more) await app.register(more)
  await app.ready()
  return { app, violations }
}

import { z } from 'zod'
import { ClientId } from '../access/claims.ts'
import type { Context } from '../access/context.ts'
import { handlingRank } from '../access/vocabulary.ts'
import { problems } from '../http/contract/problems.ts'
import { respond } from '../http/contract/responses.ts'
import type { BodyFaults, Routes } from '../http/contract/route-schema.ts'
import { hashOf, linkNext, openCursor, sealCursor } from '../http/cursor.ts'
import { etagOf, isUnmodified, requireIfMatch } from '../http/etag.ts'
import { etagHeader, linkHeader, locationHeader } from '../http/header-docs.ts'
import { IfMatch, IfNoneMatch } from '../http/schemas.ts'
import { addClient } from './add-client.ts'
import { administratorOf } from './administrator.ts'
import { changeClient } from './change-client.ts'
import { addClientExample, clientExample, clientWithSecretExample, rotateCredentialsExample } from './examples.ts'
import { newClientFaults } from './grants.ts'
import { listClients, readClient } from './list-clients.ts'
import { rotateCredentials } from './rotate-credentials.ts'
import {
  AddClient,
  ChangeClient,
  ClientPage,
  ClientView,
  ClientWithSecret,
  ListClientsQuery,
  RotateCredentials,
} from './schemas.ts'

const Params = z.strictObject({ id: ClientId })
const ConditionalChange = z.object({ 'if-match': IfMatch.optional() })
const named = { scope: 'clients:manage', notFound: 'client_not_found' } as const
const changeProblems = [
  'client_not_found',
  'client_above_clearance',
  'client_above_scopes',
  'version_stale',
  'precondition_required',
] as const

const alsoWrong: BodyFaults = ({ context: { db, caller } }, body) =>
  newClientFaults(body, db.held.offices, { clearance: handlingRank(caller.clearance), scopes: caller.scopes })

export const clientRoutes: Routes<{ cursorKey: Uint8Array }> = async (app, { cursorKey }) => {
  app.post(
    '/clients',
    {
      config: { scope: 'clients:manage' },
      schema: {
        operationId: 'addClient',
        tags: ['clients'],
        summary: 'Bring a client on board',
        description:
          'A secret is in this answer and nowhere else. It takes no `Idempotency-Key`, since nothing could answer with the ' +
          'same secret again: after a lost answer the retry says `client_exists`, and a rotation gives a new secret.',
        body: AddClient,
        bodyFaults: alsoWrong,
        bodyExamples: { kendari: addClientExample },
        response: {
          201: respond(ClientWithSecret, {
            description: 'The client, with its secret',
            headers: { Location: locationHeader, ETag: etagHeader },
            examples: { kendari: clientWithSecretExample },
          }),
          ...problems('client_exists'),
        },
      },
    },
    async (request, reply) => {
      const client = await addClient(administratorOf(request.context), request.body)
      reply.code(201).header('location', `/v1/clients/${client.clientId}`).header('cache-control', 'no-store')
      reply.header('etag', etagOf(client.clientId, client.version))
      return client
    },
  )

  app.get(
    '/clients',
    {
      config: { scope: 'clients:manage' },
      schema: {
        operationId: 'listClients',
        tags: ['clients'],
        summary: 'List clients by place, scope and standing',
        querystring: ListClientsQuery,
        response: {
          200: respond(ClientPage, { headers: { Link: linkHeader } }),
          ...problems('cursor_invalid'),
        },
      },
    },
    async (request, reply) => {
      const page = await pageOf({ ...request.context, cursorKey }, request.query)
      if (page.next !== null) reply.header('link', linkNext(request.url, page.next))
      return page
    },
  )

  app.get(
    '/clients/:id',
    {
      config: named,
      schema: {
        operationId: 'findClient',
        tags: ['clients'],
        summary: 'Read a client',
        params: Params,
        headers: z.object({ 'if-none-match': IfNoneMatch.optional() }),
        response: {
          200: respond(ClientView, { headers: { ETag: etagHeader }, examples: { kendari: clientExample } }),
          304: respond(null, { description: 'The version that the caller has', headers: { ETag: etagHeader } }),
          ...problems('client_not_found'),
        },
      },
    },
    async (request, reply) => {
      const client = await readClient(administratorOf(request.context), request.params.id)
      const tag = etagOf(client.clientId, client.version)
      reply.header('etag', tag)
      if (isUnmodified(request.headers['if-none-match'], tag)) return reply.code(304).send()
      return client
    },
  )

  app.patch(
    '/clients/:id',
    {
      config: named,
      schema: {
        operationId: 'changeClient',
        tags: ['clients'],
        summary: 'Rename, widen, narrow, disable or enable a client',
        description:
          'A JSON Merge Patch. It holds from the next request on, in every process. The place of a client never changes. ' +
          'A client that reaches further than the caller can only be disabled.',
        params: Params,
        headers: ConditionalChange,
        body: ChangeClient,
        bodyExamples: { disable: { disabled: true }, narrow: { scopes: ['reports:read'], clearance: 'ordinary' } },
        response: {
          200: respond(ClientView, { headers: { ETag: etagHeader }, examples: { kendari: clientExample } }),
          ...problems(...changeProblems, 'client_in_use'),
        },
      },
    },
    async ({ context, params, headers, body: patch }, reply) => {
      const ifMatch = requireIfMatch(headers['if-match'])
      const client = await changeClient(administratorOf(context), params.id, { ifMatch, patch })
      reply.header('etag', etagOf(client.clientId, client.version))
      return client
    },
  )

  app.post(
    '/clients/:id/rotate',
    {
      config: named,
      schema: {
        operationId: 'rotateCredentials',
        tags: ['clients'],
        summary: 'Give a client a new secret or key',
        description: 'A secret is in this answer and nowhere else.',
        params: Params,
        headers: ConditionalChange,
        body: RotateCredentials,
        bodyExamples: { leaked: rotateCredentialsExample },
        response: {
          200: respond(ClientWithSecret, {
            description: 'The client, with its new secret',
            headers: { ETag: etagHeader },
            examples: { kendari: clientWithSecretExample },
          }),
          ...problems(...changeProblems),
        },
      },
    },
    async ({ context, params, headers, body: rotation }, reply) => {
      const ifMatch = requireIfMatch(headers['if-match'])
      const client = await rotateCredentials(administratorOf(context), params.id, { ifMatch, rotation })
      reply.header('etag', etagOf(client.clientId, client.version)).header('cache-control', 'no-store')
      return client
    },
  )
}

async function pageOf(context: Context & { cursorKey: Uint8Array }, query: ListClientsQuery) {
  const { caller, now, cursorKey } = context
  const { limit, cursor, region = null, agency = null, disabled = null, scope = null } = query
  const filters = { region, agency, disabled, scope }
  const bound = { sort: 'clientId', filterHash: hashOf(filters), scopeHash: hashOf([caller.scope, caller.clientId]) }
  const after = cursor === undefined ? null : String(openCursor(cursorKey, cursor, bound, now)[0])
  const { clients, more } = await listClients(administratorOf(context), { filters, after, limit })
  const last = more ? clients.at(-1) : undefined
  return { items: clients, next: last ? sealCursor(cursorKey, [last.clientId], bound, now) : null }
}

import '@fastify/swagger'
import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyPluginAsync,
  FastifyPluginOptions,
  FastifyRequest,
  FastifyTypeProvider,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify'
import type { z } from 'zod'
import type { ErrorCode, Fault } from '../../errors.ts'
import type { BodyMediaType } from '../media-type.ts'
import type { DeprecationNote } from './deprecation.ts'
import type { DocumentedProblems, DocumentedResponse, RawJson, ResponseEntry } from './responses.ts'

/** Who may call a route: anyone, anyone with a valid token, or holders of one OAuth scope. */
export type RouteScope = 'public' | 'authenticated' | `${string}:${string}`

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Every route states one; a route without does not boot. */
    scope?: RouteScope
    /** The refusal for a malformed path parameter: what cannot be an id names nothing. */
    notFound?: ErrorCode
    /** The operationId, set by the contract. */
    operation?: string
  }
}

/**
 * What else is wrong with a body whose shape is wrong already, so that every fault is named at once: whatever the handler
 * would refuse of the parts that can be read. The body is as it was sent.
 */
export type BodyFaults = (request: FastifyRequest, body: unknown) => Fault[]

/** What a route states about itself; one zod schema for each part of the request and each status of the answer. */
export interface RouteSchema {
  operationId: string
  tags: readonly string[]
  summary: string
  description?: string
  params?: z.ZodType
  querystring?: z.ZodType
  headers?: z.ZodType
  body?: z.ZodType
  /** True where the body may be left out; the handler then gets `undefined`. */
  bodyOptional?: true
  /** A merge patch where it is a PATCH and JSON elsewhere, unless said. */
  bodyMediaType?: BodyMediaType
  /**
   * In place of `body`: the members of an `application/x-www-form-urlencoded` body, for the document alone. The handler reads
   * and refuses them, in the form of the standard that wants them so.
   */
  form?: z.ZodType
  /**
   * In place of `body`: a list of items (an array), as JSON or as NDJSON, for the document alone. The handler reads the items one by
   * one (see `list-body.ts`), so that a bad one is no refusal of the others.
   */
  bodyItems?: z.ZodArray
  /** In place of `body`: bytes, for the document alone. The handler reads them from `request.body`, a stream. */
  bytes?: z.ZodType
  bodyFaults?: BodyFaults
  /** That it will be gone: the document and every answer say so. */
  deprecation?: DeprecationNote
  /** Examples of the request body in wire form, by name. */
  bodyExamples?: Record<string, unknown>
  response: Record<number | string, ResponseEntry>
}

type Reply<Schema> = Schema extends z.ZodType ? z.output<Schema> | RawJson : undefined

/** Infers request parts from their zod schemas, and what a handler may return from those of the responses. */
export interface ContractTypeProvider extends FastifyTypeProvider {
  validator: this['schema'] extends z.ZodType ? z.output<this['schema']> : unknown
  serializer: this['schema'] extends DocumentedProblems
    ? never
    : this['schema'] extends DocumentedResponse<infer Schema>
      ? Reply<Schema>
      : Reply<this['schema']>
}

/** A plugin of routes under the contract: `export const reportRoutes: Routes = async (app) => {...}`. */
export type Routes<Options extends FastifyPluginOptions = Record<never, never>> = FastifyPluginAsync<
  Options,
  RawServerDefault,
  ContractTypeProvider
>

export type ContractInstance = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ContractTypeProvider
>

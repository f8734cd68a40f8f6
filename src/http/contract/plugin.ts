import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import type { z } from 'zod'
import { refuseUnacceptable } from '../accept.ts'
import { type BodyMediaType, refuseMediaType } from '../media-type.ts'
import { checkResponse } from './check-response.ts'
import { tellDeprecation } from './deprecation.ts'
import { mediaTypesOf } from './responses.ts'
import { type RouteContract, routeContract } from './route-contract.ts'
import { compileSerialiser, type Serialiser } from './serialise.ts'
import { requestValidator } from './validate-request.ts'

export interface ContractOptions {
  /**
   * For tests: every answer is compared with the contract, and one that breaks it becomes a 500. A function is told what
   * broke as well.
   */
  validateResponses?: boolean | ((violation: string) => void)
}

declare module 'fastify' {
  interface FastifyInstance {
    /** The contract of every route, in the order of registration. */
    contracts: readonly RouteContract[]
  }
}

/**
 * Turns the zod schemas of routes into validators, serialisers and the OpenAPI document. Register before any route; a
 * route that promises nothing, or what JSON cannot keep, does not boot.
 */
export const contract = fastifyPlugin(registerContract, { name: 'contract' })

/** Schemas are constants, shared by routes and by applications in one process. */
const serialisers = new WeakMap<z.ZodType, Serialiser>()

async function registerContract(app: FastifyInstance, options: ContractOptions): Promise<void> {
  const contracts: RouteContract[] = []
  app.decorate('contracts', contracts)
  app.setValidatorCompiler(() => () => true)
  app.setSerializerCompiler(({ schema }) => {
    const ofSchema = schema as unknown as z.ZodType
    const compiled = serialisers.get(ofSchema) ?? compileSerialiser(ofSchema)
    serialisers.set(ofSchema, compiled)
    return compiled
  })
  const ofGet = new Map<unknown, RouteContract>()
  app.addHook('onRoute', (route) => {
    if (isHidden(route)) return requireScope(route)
    // Fastify adds HEAD to each GET, with the very same schema object.
    const shared = route.method === 'HEAD' ? ofGet.get(route.schema) : undefined
    if (shared) return attach(route, shared, options)
    const added = routeContract(route)
    refuseDuplicate(contracts, added)
    contracts.push(added)
    ofGet.set(route.schema, added)
    attach(route, added, options)
  })
}

function isDocumentation(url: string): boolean {
  return url === '/docs' || url.startsWith('/docs/')
}

function isHidden(route: RouteOptions): boolean {
  return (route.schema as { hide?: boolean } | undefined)?.hide === true
}

function requireScope(route: RouteOptions): void {
  if (!route.config?.scope && isDocumentation(route.url)) route.config = { ...route.config, scope: 'public' }
  if (!route.config?.scope) throw new Error(`contract: ${String(route.method)} ${route.url} states no scope`)
}

function refuseDuplicate(contracts: readonly RouteContract[], added: RouteContract): void {
  const { operationId } = added.schema
  if (contracts.some(({ schema }) => schema.operationId === operationId)) {
    throw new Error(`contract: two operations are called ${operationId}`)
  }
}

/** Hangs validation in front of the handler, and leaves Fastify the operation's name and the schemas that it needs to serialise. */
function attach(route: RouteOptions, contractOfRoute: RouteContract, options: ContractOptions): void {
  const { schema, notFound, bodyMediaTypes, responses } = contractOfRoute
  const validate = requestValidator(schema, notFound)
  route.config = { ...route.config, operation: schema.operationId }
  const mediaTypes = [...responses.values()].flatMap(({ schema, notes }) => (schema ? mediaTypesOf(notes) : []))
  const produced = mediaTypes.length > 0 ? [...new Set(mediaTypes)] : [json]
  const check = (request: FastifyRequest, _reply: FastifyReply, done: (error?: Error) => void) => {
    try {
      const accept = request.raw.headers.accept
      if (accept !== undefined) refuseUnacceptable(accept, produced)
      validate(request)
      done()
    } catch (error) {
      done(error as Error)
    }
  }
  route.preValidation = [check, ...hooksOf(route.preValidation)] as NonNullable<RouteOptions['preValidation']>
  if (bodyMediaTypes.length > 0)
    route.preParsing = [mediaTypeHook(bodyMediaTypes), ...hooksOf(route.preParsing)] as never
  const bodies = [...responses].filter(([, { schema, notes }]) => schema && mediaTypesOf(notes).includes(json))
  route.schema = {
    operationId: schema.operationId,
    response: Object.fromEntries(bodies.map(([status, { schema }]) => [status, schema])),
  }
  if (contractOfRoute.deprecation)
    route.onSend = [...hooksOf(route.onSend), tellDeprecation(contractOfRoute.deprecation)] as never
  if (!options.validateResponses) return
  const onViolation = typeof options.validateResponses === 'function' ? options.validateResponses : undefined
  const checkSent = checkResponse(contractOfRoute, onViolation)
  route.onSend = [...hooksOf(route.onSend), checkSent] as NonNullable<RouteOptions['onSend']>
}

const json = 'application/json'

/** The media type is one of the route's before the body is read at all. */
function mediaTypeHook(taken: readonly BodyMediaType[]) {
  return (request: FastifyRequest, _reply: FastifyReply, _payload: unknown, done: (error?: Error) => void) => {
    try {
      refuseMediaType(request.raw.headers, taken)
      done()
    } catch (error) {
      done(error as Error)
    }
  }
}

function hooksOf(hooks: unknown): unknown[] {
  if (hooks === undefined) return []
  return Array.isArray(hooks) ? hooks : [hooks]
}

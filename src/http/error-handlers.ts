import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import { DomainError } from '../errors.ts'
import { languageOf } from './accept.ts'
import { beforeRefusal } from './before-refusal.ts'
import { errorOf } from './error-of.ts'
import { headersOf, problemMediaType, problemOf } from './problem.ts'
import { mostHeaders, refuseHead } from './request-head.ts'
import { securityHeaders } from './security-headers.ts'
import { endWithProblem } from './socket-problem.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Address of the metadata that a 401 points to (RFC 9728). */
    resourceMetadata: string | undefined
  }
}

interface ErrorHandlerOptions {
  resourceMetadata?: string
}

/**
 * Answers every refusal as a problem, gives every answer its X-Request-Id, and knows 405 from 404. Register first, before
 * any route, so that it sees them all.
 */
export const errorHandlers = fastifyPlugin(registerErrorHandlers, { name: 'error-handlers' })

async function registerErrorHandlers(app: FastifyInstance, { resourceMetadata }: ErrorHandlerOptions): Promise<void> {
  app.decorate('resourceMetadata', resourceMetadata)
  const paths = new Map<string, { pattern: RegExp; methods: Set<string> }>()
  app.addHook('onRoute', ({ url, method }) => {
    // Where preflights of other origins are answered, which is at no address.
    if (url === '*') return
    const path = paths.get(url) ?? { pattern: patternOf(url), methods: new Set<string>() }
    for (const each of [method].flat()) path.methods.add(each)
    paths.set(url, path)
  })
  const notFound = (request: FastifyRequest): DomainError => {
    const path = pathOf(request)
    const matching = [...paths.values()].filter(({ pattern }) => pattern.test(path))
    if (matching.length === 0) return new DomainError('route_not_found')
    const allowed = new Set(matching.flatMap(({ methods }) => [...methods]))
    return new DomainError('method_not_allowed', { allow: [...allowed].sort().join(', ') })
  }
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(securityHeaders).header('x-request-id', request.id)
    try {
      refuseHead(request.raw)
      // Here, since later the parser would complain about the body of a request that leads nowhere.
      if (request.is404 || isPlainOptions(request)) throw notFound(request)
      done()
    } catch (error) {
      done(error as Error)
    }
  })
  app.setErrorHandler(async (raised, request, reply) => {
    const refusal = errorOf(raised)
    const sent = await beforeRefusal(request, refusal).catch((error: unknown) => errorOf(error))
    return sendProblem(request, reply, sent === refusal ? raised : sent)
  })
  app.setNotFoundHandler((request, reply) => sendProblem(request, reply, notFound(request)))
  // Without a listener Node answers an Expect that it does not know by a bare 417; RFC 9110 lets us ignore it.
  app.server.on('checkExpectation', (request, response) => app.server.emit('request', request, response))
  // Without a listener Node closes the connection without a word.
  app.server.on('connect', (_request, socket) => endWithProblem(socket, new DomainError('method_not_allowed')))
  app.server.maxHeadersCount = mostHeaders + 1
}

/** Sends what went wrong, and logs it when the fault is ours. */
export function sendProblem(request: FastifyRequest, reply: FastifyReply, raised: unknown): FastifyReply {
  const error = errorOf(raised)
  const language = languageOf(request.raw.headers['accept-language'])
  const problem = problemOf(error, language, request.id)
  if (problem.status >= 500 || isOversight(error)) request.log.error({ err: raised, problem: error.code }, 'failed')
  // What a handler set for its success says nothing about the refusal.
  for (const name of ['etag', 'location', 'link', 'content-length', 'content-disposition']) reply.removeHeader(name)
  // Whose requests were counted would tell a token that was withdrawn from a forgery.
  if (problem.status === 401) for (const name of ['ratelimit', 'ratelimit-policy']) reply.removeHeader(name)
  return reply
    .code(problem.status)
    .headers(securityHeaders)
    .headers(headersOf(error, request.server.resourceMetadata))
    .headers({
      'x-request-id': request.id,
      'content-type': problemMediaType,
      'content-language': language,
      vary: withLanguage(reply.getHeader('vary')),
    })
    .send(JSON.stringify(problem))
}

/** The database refused what our own checks let through. */
function isOversight({ code }: DomainError): boolean {
  return code === 'value_refused' || code === 'change_refused'
}

function withLanguage(vary: unknown): string {
  if (vary === undefined) return 'Accept-Language'
  return /accept-language/i.test(String(vary)) ? String(vary) : `${vary}, Accept-Language`
}

/** An OPTIONS that no browser sent to ask about another origin: no address of ours takes it. */
function isPlainOptions({ method, headers }: FastifyRequest): boolean {
  if (method !== 'OPTIONS') return false
  return headers.origin === undefined || headers['access-control-request-method'] === undefined
}

function pathOf(request: FastifyRequest): string {
  const [path = ''] = (request.raw.url ?? '').split(/[?#]/, 1)
  try {
    return decodeURI(path)
  } catch {
    return path
  }
}

function patternOf(url: string): RegExp {
  const source = url
    .split('/')
    .map((step) =>
      step.startsWith(':') ? '[^/]+' : step === '*' ? '.*' : step.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'),
    )
    .join('/')
  return new RegExp(`^${source}$`)
}

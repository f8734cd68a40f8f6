import { isUtf8 } from 'node:buffer'
import type { FastifyInstance } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import { DomainError, type Fault } from '../errors.ts'
import { faultsOfJsonText } from './json-text.ts'
import { jsonMediaTypes } from './media-type.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** What is wrong with the text of the body and no longer seen in its value; the validator names it with the rest. */
    textFaults?: readonly Fault[]
  }
}

/** The one way in for bodies: JSON and JSON Merge Patch, in UTF-8; which of them a route takes, its contract says. */
export const bodyParser = fastifyPlugin(registerBodyParser, { name: 'body-parser' })

async function registerBodyParser(app: FastifyInstance): Promise<void> {
  app.removeAllContentTypeParsers()
  app.decorateRequest('textFaults')
  app.addContentTypeParser([...jsonMediaTypes], { parseAs: 'buffer' }, (request, body, done) => {
    try {
      const { value, faults } = readJson(body as Buffer)
      request.textFaults = faults
      done(null, value)
    } catch (error) {
      done(error as Error)
    }
  })
}

/**
 * Reads JSON text strictly: UTF-8, one value. Empty is no body: undefined.
 * @returns the value, and what the text holds that no value can show
 */
export function readJson(body: Buffer): { value: unknown; faults: readonly Fault[] } {
  if (body.length === 0) return { value: undefined, faults: [] }
  const text = textOf(body)
  return { value: parseJson(text), faults: faultsOfJsonText(text) }
}

/** @throws DomainError request_malformed for what is no UTF-8 */
export function textOf(body: Buffer): string {
  if (!isUtf8(body)) throw new DomainError('request_malformed', { reason: 'encoding' })
  return body.toString('utf8')
}

/** @throws DomainError request_malformed */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const position = /position (\d+)/.exec((error as Error).message)?.[1]
    throw new DomainError('request_malformed', { reason: 'json', ...(position !== undefined && { position }) })
  }
}

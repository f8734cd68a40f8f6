import { isUtf8 } from 'node:buffer'
import type { FastifyInstance } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import { DomainError, type Fault } from '../errors.ts'
import { pointerTo } from './contract/fault-of-issue.ts'

/** The one way in for bodies: JSON and JSON Merge Patch in UTF-8; everything else is 415. */
export const bodyParser = fastifyPlugin(registerBodyParser, { name: 'body-parser' })

async function registerBodyParser(app: FastifyInstance): Promise<void> {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    ['application/json', 'application/merge-patch+json'],
    { parseAs: 'buffer' },
    (request, body, done) => {
      try {
        refuseCharset(request.headers['content-type'] ?? '')
        done(null, parseJson(body as Buffer))
      } catch (error) {
        done(error as Error)
      }
    },
  )
}

function refuseCharset(contentType: string): void {
  const charset = /;\s*charset\s*=\s*"?([^";\s]*)/i.exec(contentType)?.[1]
  if (charset === undefined || /^utf-?8$/i.test(charset)) return
  throw new DomainError('media_type_unsupported', { accept: 'application/json; charset=utf-8' })
}

/** Reads JSON text strictly: UTF-8, one value, no key that reaches for a prototype. Empty is no body: undefined. */
export function parseJson(body: Buffer): unknown {
  if (body.length === 0) return undefined
  if (!isUtf8(body)) throw new DomainError('request_malformed', { reason: 'encoding' })
  const text = body.toString('utf8')
  const value = parse(text)
  // A quick look first: only a text that may hold such a key (also written with \u escapes) is searched.
  if (mayReachPrototype.test(text)) {
    const faults: Fault[] = []
    findPrototypeKeys(value, [], faults)
    if (faults.length > 0) throw new DomainError('body_invalid', {}, faults)
  }
  return value
}

const mayReachPrototype = /__proto__|constructor|\\u00[5-7][0-9a-f]/i

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const position = /position (\d+)/.exec((error as Error).message)?.[1]
    throw new DomainError('request_malformed', { reason: 'json', ...(position !== undefined && { position }) })
  }
}

// Far deeper than any schema of ours, far less than the stack holds.
const deepest = 64

function findPrototypeKeys(value: unknown, path: PropertyKey[], faults: Fault[]): void {
  if (value === null || typeof value !== 'object') return
  if (path.length > deepest) throw new DomainError('request_malformed', { reason: 'nesting' })
  for (const [key, inner] of Object.entries(value)) {
    const at = [...path, key]
    if (key === '__proto__' || key === 'constructor') faults.push({ pointer: pointerTo(at), code: 'unknown_member' })
    else findPrototypeKeys(inner, at, faults)
  }
}

import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { DomainError, type Fault } from '../errors.ts'
import { languageOf, preferredMediaType } from '../http/accept.ts'
import { type ExportType, exportTypes, formats } from './formats.ts'
import type { Table } from './table.ts'

/** What a request to a resource that can be exported is to be answered with; undefined: with JSON, as elsewhere. */
export interface Asked {
  type: ExportType
  language: 'id' | 'en'
  /** Headers alone are asked for. */
  isHead: boolean
}

/**
 * Reads what the answer is to be.
 * @throws DomainError not_acceptable; parameter_invalid for the parts of a page, which an export does not have
 */
export function exportAsked(request: FastifyRequest): Asked | undefined {
  const { headers, url = '' } = request.raw
  const type = preferredMediaType(headers.accept, ['application/json', ...exportTypes])
  if (type === 'application/json') return undefined
  const given = new URLSearchParams(url.split('?')[1])
  const faults = ['limit', 'cursor'].flatMap((parameter): Fault[] =>
    given.has(parameter) ? [{ parameter, code: 'not_in_export' }] : [],
  )
  if (faults.length > 0) throw new DomainError('parameter_invalid', {}, faults)
  return { type, language: languageOf(headers['accept-language']), isHead: request.method === 'HEAD' }
}

/** Says that the answer depends on what was asked for; a refusal does not, and one that did would tell how far the request came. */
export function varies(reply: FastifyReply): FastifyReply {
  const vary = [reply.getHeader('vary'), 'Accept', 'Accept-Language'].flat().filter((name) => name !== undefined)
  return reply.header('vary', vary.join(', '))
}

/**
 * Streams a table. What fails on the way breaks the connection: no file that was cut off ends well.
 * @param day of the name of the file, `YYYY-MM-DD`
 */
export function sendExport<Item>(
  reply: FastifyReply,
  { type, language, isHead }: Asked,
  table: Table<Item>,
  day: string,
): FastifyReply {
  const { contentType, extension, isWorded, write } = formats[type]
  varies(reply)
  if (isWorded) reply.header('content-language', language)
  reply.header('content-disposition', `attachment; filename="waspada-${table.name}-${day}.${extension}"`)
  return reply.type(contentType).send(isHead ? Readable.from([]) : write(table))
}

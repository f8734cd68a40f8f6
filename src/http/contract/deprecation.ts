import type { FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { parseLocalDate, parseTimestamp } from '../timestamps.ts'
import type { Json } from './json-schema.ts'

/** That something of the contract will be gone, and when. */
export interface DeprecationNote {
  /** A day or a moment (RFC 3339): new programs should not use it from then on. */
  since: string
  /** Until when it answers as it always did. */
  sunset: string
  /** A page that says what to do instead: an address, or a path of this service. */
  link?: string
}

export interface Deprecation extends DeprecationNote {
  /** What every answer carries, refusals too (RFC 9745, RFC 8594), by lower-case name. */
  headers: Record<'deprecation' | 'sunset', string>
}

/** @throws Error where the dates cannot be: a contract that says so does not boot */
export function readDeprecation(where: string, note: DeprecationNote): Deprecation {
  const [since, sunset] = [note.since, note.sunset].map((text) => momentOf(where, text)) as [Date, Date]
  if (sunset < since)
    throw new Error(`contract: ${where} is gone (${note.sunset}) before it is deprecated (${note.since})`)
  const link = note.link
  if (link !== undefined && !/^(https?:\/\/|\/)[!-;=?-~]+$/.test(link))
    throw new Error(`contract: ${where}: ${link} is no link`)
  const deprecation = `@${Math.floor(since.getTime() / 1000)}`
  return { ...note, headers: { deprecation, sunset: sunset.toUTCString() } }
}

function momentOf(where: string, text: string): Date {
  const moment = parseLocalDate(text) ? new Date(text) : parseTimestamp(text)?.instant
  if (!moment) throw new Error(`contract: ${where}: ${text} is no day`)
  return moment
}

/** An onSend hook, so that answers of hooks before the handler carry it as well. */
export function tellDeprecation({ headers, link }: Deprecation) {
  const links = link === undefined ? [] : [`<${link}>; rel="deprecation"`, `<${link}>; rel="sunset"`]
  return (
    _request: FastifyRequest,
    reply: FastifyReply,
    payload: unknown,
    done: (error: null, sent: unknown) => void,
  ) => {
    reply.headers(headers)
    // Behind what the answer says itself: readers of pages take the first.
    if (links.length > 0) reply.header('link', [reply.getHeader('link'), ...links].filter(Boolean).join(', '))
    done(null, payload)
  }
}

/**
 * A parameter or a member that will be gone; the document says so, and the comparison of contracts lets it go when its sunset has
 * passed.
 */
export function deprecated<Schema extends z.ZodType>(schema: Schema, note: DeprecationNote): Schema {
  readDeprecation('a parameter or member', note)
  const words = [schema.description, inWords(note)].filter(Boolean).join('. ')
  return schema.meta({ ...marksOf(note), description: words })
}

/** An answer of the document with the headers that tell of the deprecation. */
export function withDeprecation(answer: Json, deprecation: DeprecationNote | undefined): Json {
  if (!deprecation) return answer
  const reference = (name: string) => ({ $ref: `#/components/headers/${name}` })
  const link = deprecation.link === undefined ? {} : { Link: reference('DeprecationLink') }
  const told = { Deprecation: reference('Deprecation'), Sunset: reference('Sunset'), ...link }
  return { ...answer, headers: { ...(answer.headers as Json), ...told } }
}

/** How the document marks what will be gone, besides its words. */
export function marksOf({ since, sunset, link }: DeprecationNote): Json {
  return { deprecated: true, 'x-deprecation': { since, sunset, ...(link !== undefined && { link }) } }
}

export function inWords({ since, sunset, link }: DeprecationNote): string {
  return `Deprecated since ${since}, gone from ${sunset}${link === undefined ? '' : `: see ${link}`}`
}

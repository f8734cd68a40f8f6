import type { DomainError, ErrorCode, Fault, FaultCode } from '../errors.ts'
import type { Language } from './accept.ts'
import { english } from './problem-texts.en.ts'
import { indonesian } from './problem-texts.id.ts'

export interface ProblemTexts {
  /** Title and detail. */
  problems: Record<ErrorCode, readonly [title: string, detail: string]>
  faults: Record<FaultCode, string>
  /** Words for the params `expected` (by zod's name for a type) and `reason`. */
  words: Record<string, string>
}

/** An RFC 9457 problem as sent. */
export interface Problem {
  type: string
  title: string
  status: number
  detail: string
  /** The id of the request, as in X-Request-Id. */
  instance: string
  code: ErrorCode
  /** On a conflict: the report that holds the key or reference. */
  existingId?: string
  /** Where a position does not hold: the oldest one that does. */
  oldest?: number
  errors?: { pointer?: string; parameter?: string; header?: string; code: FaultCode; detail: string }[]
}

const statuses: Record<ErrorCode, number> = {
  request_malformed: 400,
  parameter_invalid: 400,
  cursor_invalid: 400,
  body_invalid: 422,
  value_refused: 422,
  token_missing: 401,
  token_invalid: 401,
  scope_missing: 403,
  person_required: 403,
  offices_only: 403,
  route_not_found: 404,
  region_not_found: 404,
  election_not_found: 404,
  report_not_found: 404,
  question_not_found: 404,
  follow_up_not_found: 404,
  link_not_found: 404,
  situation_report_not_found: 404,
  break_glass_grant_not_found: 404,
  client_not_found: 404,
  upload_not_found: 404,
  attachment_not_found: 404,
  release_not_found: 404,
  method_not_allowed: 405,
  not_acceptable: 406,
  reference_conflict: 409,
  idempotency_conflict: 409,
  situation_report_exists: 409,
  change_refused: 409,
  client_exists: 409,
  client_in_use: 409,
  client_above_clearance: 409,
  client_above_scopes: 409,
  transition_not_allowed: 409,
  not_in_charge: 409,
  author_may_not_verify: 409,
  proposer_may_not_approve: 409,
  question_answered: 409,
  link_not_allowed: 409,
  upload_offset_conflict: 409,
  uploads_exhausted: 409,
  events_position_unknown: 409,
  attachment_removed: 410,
  release_retracted: 410,
  events_gone: 410,
  version_stale: 412,
  tus_version_unsupported: 412,
  body_too_large: 413,
  media_type_unsupported: 415,
  range_not_satisfiable: 416,
  file_refused: 422,
  precondition_required: 428,
  headers_too_large: 431,
  request_timeout: 408,
  events_too_many_waiting: 429,
  rate_limited: 429,
  internal_error: 500,
  attachment_unavailable: 503,
  service_unavailable: 503,
}

export const errorCodes = Object.keys(statuses) as ErrorCode[]
export const faultCodes = Object.keys(english.faults) as FaultCode[]
export const problemMediaType = 'application/problem+json'

export const texts: Record<Language, ProblemTexts> = { id: indonesian, en: english }

export function statusOf(code: ErrorCode): number {
  return statuses[code]
}

/** The problem that a refusal is to the caller, in one language. */
export function problemOf({ code, params, faults }: DomainError, language: Language, requestId: string): Problem {
  const [title, detail] = texts[language].problems[code]
  const { existingId, oldest } = params
  return {
    type: `/problems/${code}`,
    title,
    status: statuses[code],
    detail: fill(detail, inWords(language, params)),
    instance: requestId,
    code,
    ...(existingId !== undefined && { existingId: String(existingId) }),
    ...(oldest !== undefined && { oldest: Number(oldest) }),
    ...(faults.length > 0 && { errors: faults.map((fault) => faultIn(language, fault)) }),
  }
}

function faultIn(language: Language, { params = {}, code, ...where }: Fault) {
  return { ...where, code, detail: fill(texts[language].faults[code], inWords(language, params)) }
}

function inWords(language: Language, params: DomainError['params']): DomainError['params'] {
  const { words } = texts[language]
  const named = { ...params }
  for (const name of ['expected', 'reason'])
    if (named[name] !== undefined) named[name] = words[named[name]] ?? named[name]
  return named
}

function fill(template: string, params: Record<string, string | number>): string {
  const insert = (text: string) => text.replaceAll(/\{(\w+)\}/g, (_, name) => String(params[name] ?? ''))
  return insert(
    template.replaceAll(/\[([^\]]*)\]/g, (_, part: string) => {
      const names = [...part.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as string)
      return names.every((name) => params[name] !== undefined) ? part : ''
    }),
  )
}

/**
 * The headers that HTTP wants beside a refusal.
 * @param resourceMetadata where a caller learns which issuers are believed (RFC 9728, section 5.1)
 */
export function headersOf({ code, params }: DomainError, resourceMetadata?: string): Record<string, string> {
  const metadata = resourceMetadata === undefined ? '' : `, resource_metadata="${resourceMetadata}"`
  const realm = `Bearer realm="waspada"${metadata}`
  switch (code) {
    case 'token_missing':
      return { 'www-authenticate': realm }
    case 'token_invalid':
      return { 'www-authenticate': `${realm}, error="invalid_token"` }
    case 'scope_missing':
      return {
        'www-authenticate': `${realm}, error="insufficient_scope"${params.scope ? `, scope="${params.scope}"` : ''}`,
      }
    case 'method_not_allowed':
      return { allow: String(params.allow ?? '') }
    case 'media_type_unsupported':
      return acceptedOf(params)
    case 'events_too_many_waiting':
    case 'rate_limited':
      return { 'retry-after': String(params.retryAfter ?? 60) }
    case 'tus_version_unsupported':
      return { 'tus-version': '1.0.0' }
    case 'upload_offset_conflict':
      return params.received === undefined ? {} : { 'upload-offset': String(params.received) }
    case 'range_not_satisfiable':
      return { 'content-range': `bytes */${params.size}` }
    case 'attachment_unavailable':
    case 'service_unavailable':
      return { 'retry-after': String(params.retryAfter ?? 5) }
    default:
      return {}
  }
}

/** What would be taken (RFC 9110, 15.5.16; RFC 5789, 2.2). */
function acceptedOf({ accept = 'application/json', acceptEncoding }: DomainError['params']): Record<string, string> {
  return {
    accept: String(accept),
    ...(accept === 'application/merge-patch+json' && { 'accept-patch': accept }),
    ...(acceptEncoding !== undefined && { 'accept-encoding': String(acceptEncoding) }),
  }
}

import { STATUS_CODES } from 'node:http'
import type { z } from 'zod'
import type { ErrorCode } from '../../errors.ts'
import { longestList } from '../list-body.ts'
import { ndjsonMediaType } from '../media-type.ts'
import { problemMediaType, texts } from '../problem.ts'
import { type Components, examplesOf } from './components.ts'
import { inWords, marksOf, withDeprecation } from './deprecation.ts'
import { headerName } from './fault-of-issue.ts'
import { type Json, mapValues } from './json-schema.ts'
import { exampleProblem } from './problem-schema.ts'
import { mediaTypesOf } from './responses.ts'
import type { ResponseContract, RouteContract } from './route-contract.ts'
import type { RouteSchema, RouteScope } from './route-schema.ts'

const requestIdHeader = { 'X-Request-Id': { $ref: '#/components/headers/RequestId' } }
const limitHeaders = headerReferences(['RateLimit', 'RateLimit-Policy'])

function headerReferences(names: readonly string[]): Json {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name.replaceAll('-', '')}` }]))
}

/** The OpenAPI operation of one route. */
export function operationOf(
  contract: RouteContract,
  components: Components,
  problemResponses: Map<string, Json>,
): Json {
  const { schema, scope, responses, problems, deprecation } = contract
  const parameters = parametersOf(contract, components)
  const answers: [number, Json][] = [...responses].map(([status, response]) => [
    status,
    responseOf(status, response, components, scope),
  ])
  for (const [status, codes] of problems) {
    const own = answers.find(([each]) => each === status)
    if (own) own[1] = eitherOf(own[1], problemResponse(status, codes))
    else if (deprecation) answers.push([status, problemResponse(status, codes)])
    else answers.push([status, sharedProblem(status, codes, problemResponses)])
  }
  return {
    operationId: schema.operationId,
    tags: [...schema.tags],
    summary: schema.summary,
    description: [schema.description, accessNote(scope), deprecation && `${inWords(deprecation)}.`]
      .filter(Boolean)
      .join(' '),
    ...(deprecation && marksOf(deprecation)),
    ...(parameters.length > 0 && { parameters }),
    ...requestBodyOf(contract, components),
    responses: Object.fromEntries(
      answers.sort(([a], [b]) => a - b).map(([status, answer]) => [status, withDeprecation(answer, deprecation)]),
    ),
    security: scope === 'public' ? [] : [{ bearer: scope === 'authenticated' ? [] : [scope] }],
  }
}

function requestBodyOf({ schema, bodyMediaTypes }: RouteContract, components: Components): Json {
  const body = schema.body ?? schema.bodyItems ?? schema.form ?? schema.bytes
  if (!body || bodyMediaTypes.length === 0) return {}
  const content = { schema: components.publish(body, 'request'), ...examplesOf(schema.bodyExamples) }
  const entries = bodyMediaTypes.map((type) => [type, type === ndjsonMediaType ? linesOf(schema) : content])
  return { requestBody: { required: schema.bodyOptional !== true, content: Object.fromEntries(entries) } }
}

/** OpenAPI 3.1 has no word for a stream of items: it is text, and each line of it an item of the array. */
function linesOf({ bodyExamples = {} }: RouteSchema): Json {
  const lines = (items: unknown) => (items as unknown[]).map((item) => `${JSON.stringify(item)}\n`).join('')
  return {
    schema: {
      type: 'string',
      description: 'One item of the array a line, in UTF-8; blank lines are passed over',
      maxLength: longestList,
      pattern: '^[\\s\\S]*$',
    },
    ...examplesOf(mapValues(bodyExamples, lines)),
  }
}

/** Refusals that any route may answer, once among the components. */
function sharedProblem(status: number, codes: ReadonlySet<ErrorCode>, shared: Map<string, Json>): Json {
  const name = nameOfProblems(codes)
  if (!shared.has(name)) shared.set(name, problemResponse(status, codes))
  return { $ref: `#/components/responses/${name}` }
}

/** One status with two forms, which the media type tells apart. */
function eitherOf(own: Json, problem: Json): Json {
  return {
    description: `${own.description} ${problem.description}`,
    headers: { ...(problem.headers as Json), ...(own.headers as Json) },
    content: { ...(own.content as Json), ...(problem.content as Json) },
  }
}

function accessNote(scope: RouteScope): string {
  if (scope === 'public') return 'Public: no token is needed.'
  return scope === 'authenticated' ? 'Any valid access token will do.' : `Needs the scope \`${scope}\`.`
}

const places = [
  ['params', 'path'],
  ['querystring', 'query'],
  ['headers', 'header'],
] as const

function parametersOf({ schema }: RouteContract, components: Components): Json[] {
  return places.flatMap(([part, place]) => {
    const given = schema[part]
    return given ? parametersIn(place, components.publish(given as z.ZodType, 'parameter')) : []
  })
}

function parametersIn(place: 'path' | 'query' | 'header', json: Json): Json[] {
  const required = new Set(json.required as string[] | undefined)
  return Object.entries(json.properties as Record<string, Json>).map(([name, property]) => {
    const { description, examples, deprecated, 'x-deprecation': deprecation, ...schema } = property
    return {
      name: place === 'header' ? headerName(name) : name,
      in: place,
      required: place === 'path' || required.has(name),
      ...(description !== undefined && { description }),
      ...(deprecated === true && { deprecated, 'x-deprecation': deprecation }),
      ...(schema.type === 'array' && { style: place === 'query' ? 'form' : 'simple', explode: false }),
      schema,
      ...(Array.isArray(examples) && { example: examples[0] }),
    }
  })
}

function responseOf(
  status: number,
  { schema, notes }: ResponseContract,
  components: Components,
  scope: RouteScope,
): Json {
  const headers = Object.fromEntries(
    Object.entries(notes.headers ?? {}).map(([name, { description, required, schema }]) => [
      name,
      { description, ...(required && { required }), schema },
    ]),
  )
  const content = schema && { schema: components.publish(schema, 'response'), ...examplesOf(notes.examples) }
  const others = mapValues(notes.otherForms ?? {}, (form) => ({ schema: components.publish(form, 'response') }))
  const contentOf = (type: string) => others[type] ?? content
  const body = content && { content: Object.fromEntries(mediaTypesOf(notes).map((type) => [type, contentOf(type)])) }
  return {
    description: notes.description ?? STATUS_CODES[status] ?? 'Success',
    headers: { ...requestIdHeader, ...(scope !== 'public' && limitHeaders), ...headers },
    ...body,
  }
}

/** `TokenMissingOrTokenInvalid`: what may be answered is its name, so equal sets are one component. */
function nameOfProblems(codes: ReadonlySet<ErrorCode>): string {
  const pascal = (code: string) => code.replaceAll(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase())
  return [...codes].sort().map(pascal).join('Or')
}

const headersOfStatus: Record<number, readonly string[]> = {
  401: ['WWW-Authenticate'],
  403: ['WWW-Authenticate'],
  405: ['Allow'],
  415: ['Accept', 'Accept-Patch', 'Accept-Encoding'],
  429: ['Retry-After'],
  503: ['Retry-After'],
}

function problemResponse(status: number, codes: ReadonlySet<ErrorCode>): Json {
  const sorted = [...codes].sort()
  const names = ['Content-Language', ...(headersOfStatus[status] ?? [])]
  return {
    description: sorted.map((code) => `\`${code}\`: ${texts.en.problems[code][0]}.`).join(' '),
    headers: { ...requestIdHeader, ...limitHeaders, ...headerReferences(names) },
    content: {
      [problemMediaType]: {
        schema: { $ref: '#/components/schemas/Problem' },
        ...examplesOf(Object.fromEntries(sorted.map((code) => [code, exampleProblem(code)]))),
      },
    },
  }
}

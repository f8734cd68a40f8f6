import type { Json } from '../../../scripts/breaking/break.ts'

interface Pair {
  what: string
  was: Json
  is: Json
  breaks: readonly string[]
}

/** The smallest contract that has a schema in a request and in an answer. */
function contractOf({
  request = {},
  response = {},
  schemas = {},
  more = {},
}: {
  request?: Json
  response?: Json
  schemas?: Json
  more?: Json
}) {
  const content = (schema: Json) => ({ 'application/json': { schema } })
  const post = {
    operationId: 'post',
    requestBody: { content: content(request) },
    responses: { '200': { content: content(response) }, ...more },
  }
  return { paths: { '/x': { post } }, components: { schemas } }
}

const request = (was: Json, is: Json) => ({ was: contractOf({ request: was }), is: contractOf({ request: is }) })
const response = (was: Json, is: Json) => ({ was: contractOf({ response: was }), is: contractOf({ response: is }) })
const inRequest = 'POST /x request application/json'
const inResponse = 'POST /x 200 application/json'
const string = { type: 'string' }
const integer = { type: 'integer' }
const map = { type: 'object', additionalProperties: integer }
const problem = { content: { 'application/problem+json': { examples: { gone: {} } } } }
const letter = (byDefault?: string) => ({
  $ref: '#/components/schemas/Letter',
  ...(byDefault !== undefined && { default: byDefault }),
})
const letters = (byDefault: string) => ({ Letter: { type: 'string', enum: ['a', 'b'], default: byDefault } })
const closed = { type: 'object', additionalProperties: false }

const tree = (more: Json) => ({
  request: { $ref: '#/components/schemas/Tree' },
  response: { $ref: '#/components/schemas/Tree' },
  schemas: {
    Tree: {
      type: 'object',
      properties: { children: { type: 'array', items: { $ref: '#/components/schemas/Tree' } }, ...more },
    },
  },
})

/** What our contract has not, and may have one day. */
export const synthetic: readonly Pair[] = [
  {
    what: 'an open object is closed',
    ...request({ type: 'object' }, closed),
    breaks: [`${inRequest}: additional_closed`],
  },
  {
    what: 'other members are of another type',
    ...request({ type: 'object', additionalProperties: string }, { type: 'object', additionalProperties: integer }),
    breaks: [`${inRequest}/*: type_narrowed string -> integer`],
  },
  {
    what: 'another form of an answer',
    ...response({ oneOf: [named('a'), named('b')] }, { oneOf: [named('a'), named('b'), named('c')] }),
    breaks: [`${inResponse}: variant_added object`],
  },
  {
    what: 'one form of an answer becomes two of one type',
    ...response(named('a'), { oneOf: [named('a'), named('c')] }),
    breaks: [`${inResponse}: variant_added object`],
  },
  {
    what: 'a form without its tag is found by what it takes',
    ...request(
      {
        oneOf: [
          { ...closed, properties: { a: string } },
          { ...closed, properties: { b: string } },
        ],
      },
      {
        oneOf: [
          { ...closed, properties: { b: string, c: string } },
          { ...closed, properties: { a: integer } },
        ],
      },
    ),
    breaks: [`${inRequest}/a: type_narrowed string -> integer`],
  },
  {
    what: 'a schema that contains itself, in both directions, each once',
    was: contractOf(tree({ name: string })),
    is: contractOf(tree({ name: integer })),
    breaks: [
      'request Tree/name: type_narrowed string -> integer',
      'response Tree/name: type_widened string -> integer',
    ],
  },
  {
    what: 'anything becomes something',
    ...request({}, string),
    breaks: [`${inRequest}: type_narrowed any -> string`],
  },
  {
    what: 'something becomes anything',
    ...response(string, {}),
    breaks: [`${inResponse}: type_widened string -> any`],
  },
  {
    what: 'all of two parts, one of which narrows',
    ...request(
      { allOf: [{ type: 'integer', maximum: 9 }, { minimum: 1 }] },
      {
        allOf: [
          { type: 'integer', maximum: 9 },
          { minimum: 2, multipleOf: 2 },
        ],
      },
    ),
    breaks: [`${inRequest}: bound_narrowed minimum: 1 -> 2`, `${inRequest}: bound_narrowed multipleOf: none -> 2`],
  },
  {
    what: 'a tuple loses a position',
    ...request(
      { type: 'array', prefixItems: [string, string], items: false },
      { type: 'array', prefixItems: [string], items: false },
    ),
    breaks: [`${inRequest}: bound_narrowed maxItems: none -> none`],
  },
  {
    what: 'a pattern of names of members is gone',
    ...response({ type: 'object', patternProperties: { '^x-': string } }, { type: 'object' }),
    breaks: [`${inResponse}/^x-: member_gone`],
  },
  {
    what: 'a member of a map gets a schema of its own',
    ...request(map, { ...map, properties: { a: string, b: integer } }),
    breaks: [`${inRequest}/a: type_narrowed integer -> string`],
  },
  {
    what: 'a member of a map that comes gets a schema of its own',
    ...response(map, { ...map, properties: { a: string, b: integer } }),
    breaks: [`${inResponse}/a: type_widened integer -> string`],
  },
  {
    what: 'what an open object took is refused',
    ...request({ type: 'object' }, { type: 'object', properties: { a: string } }),
    breaks: [`${inRequest}/a: type_narrowed any -> string`],
  },
  {
    what: 'an open object and a closed one that come have a new member',
    ...response(
      { type: 'object', properties: { a: closed } },
      { type: 'object', properties: { a: { ...closed, additionalProperties: integer }, b: string } },
    ),
    breaks: [],
  },
  {
    what: 'a member of a map may be absent',
    ...response({ ...map, required: ['a'] }, map),
    breaks: [`${inResponse}/a: member_no_longer_required`],
  },
  {
    what: 'a default beside a reference, and behind one',
    was: contractOf({
      request: { type: 'object', properties: { a: letter('a'), b: named('b') } },
      schemas: letters('a'),
    }),
    is: contractOf({
      request: { type: 'object', properties: { a: letter('b'), b: named('b') } },
      schemas: letters('a'),
    }),
    breaks: [`${inRequest}/a: default_changed "a" -> "b"`],
  },
  {
    what: 'the default of a named schema',
    was: contractOf({ request: { type: 'object', properties: { a: letter() } }, schemas: letters('a') }),
    is: contractOf({ request: { type: 'object', properties: { a: letter() } }, schemas: letters('b') }),
    breaks: [`${inRequest}/a: default_changed "a" -> "b"`],
  },
  {
    what: 'an address where none was said',
    was: contractOf({}),
    is: { ...contractOf({}), servers: [{ url: '/api' }] },
    breaks: ['servers /: server_gone'],
  },
  {
    what: 'the root, said',
    was: contractOf({}),
    is: { ...contractOf({}), servers: [{ url: '/' }] },
    breaks: [],
  },
  {
    what: 'a problem of two statuses is told with one of them alone',
    was: contractOf({ more: { '409': problem, '412': problem } }),
    is: contractOf({ more: { '412': problem } }),
    breaks: ['POST /x 409: problem_status_changed gone: 409 -> 412'],
  },
  {
    what: 'a list that grows in one of two parts only',
    ...response(
      { allOf: [{ enum: ['a'], 'x-extensible-enum': true }, { enum: ['a'] }] },
      { allOf: [{ enum: ['a', 'b'], 'x-extensible-enum': true }, { enum: ['a', 'b'] }] },
    ),
    breaks: [`${inResponse}: enum_value_added "b"`],
  },
  {
    what: 'none twice, in one of two parts',
    ...request(
      { allOf: [{ type: 'array', uniqueItems: false }, { uniqueItems: false }] },
      { allOf: [{ type: 'array', uniqueItems: false }, { uniqueItems: true }] },
    ),
    breaks: [`${inRequest}: bound_narrowed uniqueItems: false -> true`],
  },
  {
    what: 'values of a list inside all of two parts',
    ...response(
      { allOf: [{ enum: ['a', 'b'] }, { enum: ['b', 'c'] }] },
      { allOf: [{ enum: ['a', 'b', 'c'] }, { enum: ['b', 'c'] }] },
    ),
    breaks: [`${inResponse}: enum_value_added "c"`],
  },
]

function named(kind: string): Json {
  return { ...closed, properties: { kind: { const: kind } }, required: ['kind'] }
}

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
}: {
  request?: Json
  response?: Json
  schemas?: Json
}) {
  const content = (schema: Json) => ({ 'application/json': { schema } })
  const post = {
    operationId: 'post',
    requestBody: { content: content(request) },
    responses: { '200': { content: content(response) } },
  }
  return { paths: { '/x': { post } }, components: { schemas } }
}

const request = (was: Json, is: Json) => ({ was: contractOf({ request: was }), is: contractOf({ request: is }) })
const response = (was: Json, is: Json) => ({ was: contractOf({ response: was }), is: contractOf({ response: is }) })
const inRequest = 'POST /x request application/json'
const inResponse = 'POST /x 200 application/json'
const string = { type: 'string' }
const integer = { type: 'integer' }
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

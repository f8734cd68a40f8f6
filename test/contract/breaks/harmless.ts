import { answer, member, operation, parameter, without } from './places.ts'
import type { Plant } from './plants.ts'

/** Changes that no program written for the contract notices. */
export const harmless: readonly Omit<Plant, 'breaks'>[] = [
  {
    what: 'a new operation',
    change: (d) => {
      d.paths['/v1/new'] = { get: { ...operation(d, 'get', '/v1/me'), operationId: 'getNew' } }
    },
  },
  {
    what: 'a new optional parameter',
    change: (d) =>
      operation(d, 'get', '/v1/events').parameters.push({ name: 'new', in: 'query', required: false, schema: {} }),
  },
  { what: 'parameters in another order', change: (d) => operation(d, 'get', '/v1/events').parameters.reverse() },
  {
    what: 'a parameter that may be left out',
    change: (d) => {
      parameter(d, '/v1/stages', 'region').required = false
    },
  },
  {
    what: 'a new optional member of a request, with a default',
    change: (d) => {
      d.components.schemas.AskQuestion.properties.urgent = { type: 'boolean', default: false }
    },
  },
  {
    what: 'a member of a request that may be left out',
    change: (d) => without(d.components.schemas.AskQuestion.required, 'text'),
  },
  {
    what: 'a request that may be null, longer, and of more types',
    change: (d) =>
      Object.assign(member(d, 'AskQuestion', 'text'), {
        type: ['string', 'null', 'integer'],
        maxLength: 5000,
        minLength: 1,
      }),
  },
  {
    what: 'a wider list of a request',
    change: (d) => parameter(d, '/v1/reports', 'sort').schema.enum.push('subject'),
  },
  {
    what: 'a request without a pattern and a format',
    change: (d) => {
      delete parameter(d, '/v1/stages', 'region').schema.pattern
      delete parameter(d, '/v1/stages', 'on').schema.format
    },
  },
  {
    what: 'greater whole numbers in a request',
    change: (d) => Object.assign(parameter(d, '/v1/reports', 'limit').schema, { maximum: 2 ** 40, format: 'int64' }),
  },
  {
    what: 'whole numbers above 0, said otherwise',
    change: (d) => {
      const { schema } = parameter(d, '/v1/reports', 'limit')
      delete schema.minimum
      schema.exclusiveMinimum = 0
    },
  },
  {
    what: 'one more form of a request',
    change: (d) => {
      d.components.schemas.NewCode = structuredClone(d.components.schemas.NewSecret)
      member(d, 'NewCode', 'kind').const = 'code'
      member(d, 'AddClient', 'credential').oneOf.unshift({ $ref: '#/components/schemas/NewCode' })
    },
  },
  {
    what: 'a body that may be left out',
    change: (d) => {
      operation(d, 'post', '/v1/reports/{id}/close').requestBody.required = false
    },
  },
  {
    what: 'a new media type of a request',
    change: (d) => {
      const { content } = operation(d, 'post', '/v1/reports').requestBody
      content['application/cbor'] = content['application/json']
    },
  },
  {
    what: 'a new member of an answer',
    change: (d) => {
      d.components.schemas.Me.properties.since = { type: ['string', 'null'] }
      d.components.schemas.Me.required.push('since')
    },
  },
  {
    what: 'a narrower answer',
    change: (d) => {
      without(member(d, 'Me', 'tier').enum, 'agency')
      member(d, 'Me', 'agency').type = 'string'
      member(d, 'EventPage', 'items').maxItems = 100
      member(d, 'Report', 'subject').minLength = 10
    },
  },
  {
    what: 'a value of a list that was marked to grow',
    change: (d) => {
      member(d, 'Problem', 'code').enum.push('moon_full')
      member(d, 'Me', 'scopes').items.enum.push('moon:read')
      member(d, 'Me', 'scopes').maxItems += 1
    },
  },
  {
    what: 'a closed list of what a client sends that is marked to grow from now on',
    change: (d) => {
      member(d, 'SubmitReport', 'severity')['x-extensible-enum'] = true
    },
  },
  {
    what: 'a new header, a new form, a new status and a new problem',
    change: (d) => {
      const { responses } = operation(d, 'get', '/v1/me')
      responses['200'].headers['X-New'] = { schema: { type: 'string' } }
      responses['200'].content['application/cbor'] = responses['200'].content['application/json']
      responses['202'] = responses['200']
      responses['409'] = { $ref: '#/components/responses/VersionStale' }
    },
  },
  {
    what: 'a header that is always there',
    change: (d) => {
      answer(d, 'get', '/v1/events', '200').headers.Link.required = true
    },
  },
  {
    what: 'a token for fewer scopes, or none',
    change: (d) => {
      operation(d, 'get', '/v1/events').security = [{ bearer: [] }]
      operation(d, 'get', '/v1/reports').security = [{ bearer: ['releases:read'] }, { bearer: ['reports:read'] }]
      operation(d, 'get', '/v1/me').security = []
    },
  },
  {
    what: 'words and examples',
    change: (d) => {
      d.info.version = '0.9.0'
      operation(d, 'get', '/v1/me').summary = 'Me'
      operation(d, 'get', '/v1/me').tags = ['other']
      member(d, 'Event', 'type').description = 'Other words'
      member(d, 'Event', 'type').examples = ['report.submitted']
      answer(d, 'get', '/v1/me', '200').description = 'Other words'
      d.components.securitySchemes.bearer.description = 'Other words'
    },
  },
  {
    what: 'that something will be gone',
    change: (d) => {
      operation(d, 'get', '/v1/me').deprecated = true
      operation(d, 'get', '/v1/me')['x-deprecation'] = { since: '2026-01-01', sunset: '2027-01-01' }
      member(d, 'Event', 'type').deprecated = true
    },
  },
  {
    what: 'that something will be gone later than was said',
    before: (d) => {
      operation(d, 'get', '/v1/me')['x-deprecation'] = { since: '2026-01-01', sunset: '2027-01-01' }
    },
    change: (d) => {
      operation(d, 'get', '/v1/me')['x-deprecation'].sunset = '2028-01-01'
    },
  },
  {
    what: 'how a parameter is written, where it is as always',
    change: (d) => Object.assign(parameter(d, '/v1/reports', 'q'), { style: 'form', explode: true }),
  },
  {
    what: 'members, values and operations in another order',
    change: (d) => {
      const turned = (part: object) => Object.fromEntries(Object.entries(part).reverse())
      d.paths = turned(d.paths)
      d.components.schemas = turned(d.components.schemas)
      d.components.schemas.Report.properties = turned(d.components.schemas.Report.properties)
      d.components.schemas.Report.required.reverse()
      member(d, 'Me', 'tier').enum.reverse()
    },
  },
  {
    what: 'a schema by another name',
    change: (d) => {
      d.components.schemas.Fact = d.components.schemas.Event
      delete d.components.schemas.Event
      member(d, 'EventPage', 'items').items.$ref = '#/components/schemas/Fact'
    },
  },
  {
    what: 'a named schema, written where it is used, in parts',
    change: (d) => {
      const { properties, required, ...rest } = d.components.schemas.Event
      const { id, ...others } = properties
      member(d, 'EventPage', 'items').items = {
        allOf: [
          { type: 'object', properties: { id }, required: ['id'] },
          { ...rest, properties: others, required: required.filter((name: string) => name !== 'id') },
        ],
      }
    },
  },
  {
    what: 'null and constants, said otherwise',
    change: (d) => {
      const { type: _types, description: _words, ...office } = member(d, 'Me', 'office')
      d.components.schemas.Me.properties.office = { oneOf: [{ type: 'null' }, { type: 'object', ...office }] }
      d.components.schemas.NewSecret.properties.kind = { enum: ['secret'] }
      const { type: _type, enum: values } = member(d, 'Me', 'tier')
      d.components.schemas.Me.properties.tier = { anyOf: values.map((value: string) => ({ const: value })) }
    },
  },
]

import { answer, type Document, member, operation, parameter, without } from './places.ts'

/** A change at a real place of the contract, and the breaks that it is. */
export interface Plant {
  what: string
  /** What the released contract has besides, which ours has not today. */
  before?(document: Document): void
  change(document: Document): void
  breaks: readonly string[]
}

const ofOperations: Plant[] = [
  {
    what: 'an operation is gone',
    change: (d) => delete d.paths['/v1/events'].get,
    breaks: ['GET /v1/events: operation_gone listEvents'],
  },
  {
    what: 'a path is gone, with all its operations',
    change: (d) => delete d.paths['/v1/clients'],
    breaks: ['GET /v1/clients: operation_gone listClients', 'POST /v1/clients: operation_gone addClient'],
  },
  {
    what: 'a path has another name',
    change: (d) => {
      d.paths['/v1/whoami'] = d.paths['/v1/me']
      delete d.paths['/v1/me']
    },
    breaks: ['GET /v1/me: operation_gone getMe'],
  },
  {
    what: 'a parameter of a path has another name',
    change: (d) => {
      d.paths['/v1/reports/{reportId}/close'] = d.paths['/v1/reports/{id}/close']
      delete d.paths['/v1/reports/{id}/close']
    },
    breaks: ['POST /v1/reports/{id}/close: operation_gone closeReport'],
  },
  {
    what: 'it is to be gone sooner than was promised',
    before: (d) => {
      operation(d, 'get', '/v1/me')['x-deprecation'] = { since: '2026-01-01', sunset: '2028-01-01' }
      parameter(d, '/v1/reports', 'limit')['x-deprecation'] = { since: '2026-01-01', sunset: '2028-01-01' }
      member(d, 'Me', 'system')['x-deprecation'] = { since: '2026-01-01', sunset: '2028-01-01' }
    },
    change: (d) => {
      for (const marked of [
        operation(d, 'get', '/v1/me'),
        parameter(d, '/v1/reports', 'limit'),
        member(d, 'Me', 'system'),
      ])
        marked['x-deprecation'].sunset = '2027-01-01'
    },
    breaks: [
      'GET /v1/me: sunset_sooner 2028-01-01 -> 2027-01-01',
      'GET /v1/reports ?limit: sunset_sooner 2028-01-01 -> 2027-01-01',
      'response Me/system: sunset_sooner 2028-01-01 -> 2027-01-01',
    ],
  },
  {
    what: 'another operationId',
    change: (d) => {
      operation(d, 'get', '/v1/me').operationId = 'whoAmI'
    },
    breaks: ['GET /v1/me: operation_id_changed getMe -> whoAmI'],
  },
  {
    what: 'another base address',
    change: (d) => {
      d.servers[0].url = '/api'
    },
    breaks: ['servers /: server_gone'],
  },
  {
    what: 'another scheme of tokens',
    change: (d) => {
      d.components.securitySchemes.bearer.bearerFormat = 'opaque'
      d.components.securitySchemes.bearer.scheme = 'basic'
    },
    breaks: [
      'securitySchemes bearer: security_scheme_changed {"type":"http","scheme":"bearer","bearerFormat":"JWT"} -> ' +
        '{"type":"http","scheme":"basic","bearerFormat":"opaque"}',
    ],
  },
  {
    what: 'a public operation wants a token',
    change: (d) => {
      operation(d, 'get', '/livez').security = [{ bearer: [] }]
    },
    breaks: ['GET /livez: token_newly_required bearer'],
  },
  {
    what: 'an operation for any token wants a scope',
    change: (d) => {
      operation(d, 'get', '/v1/regions').security = [{ bearer: ['reports:read'] }]
    },
    breaks: ['GET /v1/regions: scope_newly_required reports:read'],
  },
  {
    what: 'an operation wants another scope',
    change: (d) => {
      operation(d, 'get', '/v1/events').security = [{ bearer: ['reports:read'] }]
    },
    breaks: ['GET /v1/events: scope_newly_required reports:read'],
  },
]

const ofParameters: Plant[] = [
  {
    what: 'a query parameter is gone',
    change: (d) => without(operation(d, 'get', '/v1/events').parameters, parameter(d, '/v1/events', 'types')),
    breaks: ['GET /v1/events ?types: parameter_gone'],
  },
  {
    what: 'a header parameter is gone',
    change: (d) =>
      without(operation(d, 'post', '/v1/reports').parameters, parameter(d, '/v1/reports', 'Idempotency-Key', 'post')),
    breaks: ['POST /v1/reports header idempotency-key: parameter_gone'],
  },
  {
    what: 'a parameter moves from the query into a header',
    change: (d) => {
      parameter(d, '/v1/events', 'types').in = 'header'
    },
    breaks: ['GET /v1/events ?types: parameter_gone'],
  },
  {
    what: 'a parameter is newly required',
    change: (d) => {
      parameter(d, '/v1/stages', 'on').required = true
    },
    breaks: ['GET /v1/stages ?on: parameter_newly_required'],
  },
  {
    what: 'a parameter with a default is newly required',
    change: (d) => {
      parameter(d, '/v1/events', 'after').required = true
      delete parameter(d, '/v1/events', 'after').schema.default
    },
    breaks: ['GET /v1/events ?after: parameter_newly_required'],
  },
  {
    what: 'a new parameter is required',
    change: (d) =>
      (operation(d, 'get', '/v1/me').parameters = [
        { name: 'reason', in: 'query', required: true, schema: { type: 'string' } },
      ]),
    breaks: ['GET /v1/me ?reason: parameter_added_required'],
  },
  {
    what: 'a new parameter of a whole path is required',
    change: (d) => {
      d.paths['/v1/me'].parameters = [{ name: 'X-Reason', in: 'header', required: true, schema: { type: 'string' } }]
    },
    breaks: ['GET /v1/me header x-reason: parameter_added_required'],
  },
  {
    what: 'a list is written otherwise',
    change: (d) => {
      parameter(d, '/v1/events', 'types').explode = true
    },
    breaks: ['GET /v1/events ?types: parameter_style_changed ["form",false] -> ["form",true]'],
  },
  {
    what: 'another type',
    change: (d) => {
      parameter(d, '/v1/reports', 'exercise').schema = { type: 'integer' }
    },
    breaks: ['GET /v1/reports ?exercise: type_narrowed boolean -> integer'],
  },
  {
    what: 'a value is refused',
    change: (d) => without(parameter(d, '/v1/reports', 'sort').schema.enum, 'relevance'),
    breaks: ['GET /v1/reports ?sort: enum_value_gone "relevance"'],
  },
  {
    what: 'values of a list are refused',
    change: (d) => {
      const { items } = parameter(d, '/v1/reports', 'severity').schema
      without(items.enum, 'low')
      without(items.enum, 'high')
    },
    breaks: [
      'GET /v1/reports ?severity/*: enum_value_gone "high"',
      'GET /v1/reports ?severity/*: enum_value_gone "low"',
    ],
  },
  {
    what: 'free text becomes a closed list',
    change: (d) => {
      parameter(d, '/v1/stages', 'region').schema.enum = ['74']
    },
    breaks: ['GET /v1/stages ?region: enum_closed none -> ["74"]'],
  },
  {
    what: 'a default is another one',
    change: (d) => {
      parameter(d, '/v1/reports', 'limit').schema.default = 20
    },
    breaks: ['GET /v1/reports ?limit: default_changed 50 -> 20'],
  },
  {
    what: 'a default is gone',
    change: (d) => delete parameter(d, '/v1/reports', 'anyStage').schema.default,
    breaks: ['GET /v1/reports ?anyStage: default_changed false -> none'],
  },
  {
    what: 'a default comes where there was none',
    change: (d) => {
      parameter(d, '/v1/reports', 'exercise').schema.default = false
    },
    breaks: ['GET /v1/reports ?exercise: default_changed none -> false'],
  },
  {
    what: 'a smaller maximum',
    change: (d) => {
      parameter(d, '/v1/reports', 'limit').schema.maximum = 100
    },
    breaks: ['GET /v1/reports ?limit: bound_narrowed maximum: 200 -> 100'],
  },
  {
    what: 'a greater minimum',
    change: (d) => {
      parameter(d, '/v1/reports', 'limit').schema.minimum = 10
    },
    breaks: ['GET /v1/reports ?limit: bound_narrowed minimum: 1 -> 10'],
  },
  {
    what: 'fewer items',
    change: (d) => {
      parameter(d, '/v1/reports', 'stage').schema.maxItems = 1
    },
    breaks: ['GET /v1/reports ?stage: bound_narrowed maxItems: 50 -> 1'],
  },
  {
    what: 'more items at least, and none twice',
    change: (d) => Object.assign(parameter(d, '/v1/reports', 'stage').schema, { minItems: 2, uniqueItems: true }),
    breaks: [
      'GET /v1/reports ?stage: bound_narrowed minItems: 1 -> 2',
      'GET /v1/reports ?stage: bound_narrowed uniqueItems: none -> true',
    ],
  },
  {
    what: 'a position of a tuple is narrower',
    change: (d) => {
      parameter(d, '/v1/positions', 'coordinates').schema.prefixItems[1].maximum = 11
    },
    breaks: ['GET /v1/positions ?coordinates/1: bound_narrowed maximum: 90 -> 11'],
  },
  {
    what: 'the positions of a tuple change places',
    change: (d) => parameter(d, '/v1/positions', 'coordinates').schema.prefixItems.reverse(),
    breaks: [
      'GET /v1/positions ?coordinates/0: bound_narrowed maximum: 180 -> 90',
      'GET /v1/positions ?coordinates/0: bound_narrowed minimum: -180 -> -90',
    ],
  },
  {
    what: 'a shorter text',
    change: (d) => {
      parameter(d, '/v1/reports', 'q').schema.maxLength = 50
      parameter(d, '/v1/reports', 'q').schema.minLength = 3
    },
    breaks: [
      'GET /v1/reports ?q: bound_narrowed maxLength: 200 -> 50',
      'GET /v1/reports ?q: bound_narrowed minLength: 2 -> 3',
    ],
  },
  {
    what: 'another pattern',
    change: (d) => {
      parameter(d, '/v1/stages', 'region').schema.pattern = '^\\d\\d$'
    },
    breaks: ['GET /v1/stages ?region: pattern_changed "^\\\\d{2}(\\\\.\\\\d{2}(\\\\.\\\\d{2})?)?$" -> "^\\\\d\\\\d$"'],
  },
  {
    what: 'another format',
    change: (d) => {
      parameter(d, '/v1/stages', 'on').schema.format = 'date-time'
    },
    breaks: ['GET /v1/stages ?on: format_changed "date" -> "date-time"'],
  },
]

const ofRequests: Plant[] = [
  {
    what: 'a media type is refused',
    change: (d) => delete operation(d, 'post', '/v1/reports/batch').requestBody.content['application/x-ndjson'],
    breaks: ['POST /v1/reports/batch request application/x-ndjson: request_media_type_gone'],
  },
  {
    what: 'no body is taken',
    change: (d) => delete operation(d, 'post', '/v1/reports/{id}/close').requestBody,
    breaks: ['POST /v1/reports/{id}/close request: request_body_gone'],
  },
  {
    what: 'a body is required where there was none',
    change: (d) => {
      operation(d, 'post', '/v1/reports/{id}/withdraw').requestBody.required = true
    },
    breaks: ['POST /v1/reports/{id}/withdraw request: request_body_newly_required'],
  },
  {
    what: 'a body is required where none was taken',
    change: (d) => {
      operation(d, 'get', '/v1/me').requestBody = { required: true, content: {} }
    },
    breaks: ['GET /v1/me request: request_body_newly_required'],
  },
  {
    what: 'a member is newly required',
    change: (d) => {
      d.components.schemas.AskQuestion.required.push('dueAt')
    },
    breaks: ['request AskQuestion/dueAt: member_newly_required'],
  },
  {
    what: 'a member with a default is newly required, which says it once',
    change: (d) => {
      d.components.schemas.SubmitReport.required.push('urgency')
      delete member(d, 'SubmitReport', 'urgency').default
    },
    breaks: ['request SubmitReport/urgency: member_newly_required'],
  },
  {
    what: 'a new member is required',
    change: (d) => {
      d.components.schemas.CloseReport.required.push('closedBy')
      d.components.schemas.CloseReport.properties.closedBy = { type: 'string' }
    },
    breaks: ['request CloseReport/closedBy: member_added_required'],
  },
  {
    what: 'a member is refused',
    change: (d) => delete d.components.schemas.AskQuestion.properties.dueAt,
    breaks: ['request AskQuestion/dueAt: member_gone'],
  },
  {
    what: 'a member of a member is refused',
    change: (d) => delete d.components.schemas.LocationInput.properties.coordinates,
    breaks: ['request LocationInput/coordinates: member_gone'],
  },
  {
    what: 'a default is another one',
    change: (d) => {
      member(d, 'SubmitReport', 'handling').default = 'ordinary'
    },
    breaks: ['request SubmitReport/handling: default_changed "restricted" -> "ordinary"'],
  },
  {
    what: 'null is refused, where the types say it',
    change: (d) => {
      member(d, 'LocationInput', 'place').type = 'string'
    },
    breaks: ['request LocationInput/place: null_refused'],
  },
  {
    what: 'null is refused, where a union says it',
    change: (d) => member(d, 'SubmitReport', 'athgNotes').anyOf.pop(),
    breaks: ['request SubmitReport/athgNotes: null_refused'],
  },
  {
    what: 'a value is refused',
    change: (d) => without(member(d, 'SubmitReport', 'severity').enum, 'low'),
    breaks: ['request SubmitReport/severity: enum_value_gone "low"'],
  },
  {
    what: 'a narrower number',
    change: (d) => {
      member(d, 'ImpactInput', 'deaths').maximum = 1000
    },
    breaks: ['request ImpactInput/deaths: bound_narrowed maximum: 100000000 -> 1000'],
  },
  {
    what: 'a tuple inside a member that may be null',
    change: (d) => {
      member(d, 'LocationInput', 'coordinates').prefixItems[0].minimum = 90
    },
    breaks: ['request LocationInput/coordinates/0: bound_narrowed minimum: -180 -> 90'],
  },
  {
    what: 'a form of a union is refused',
    change: (d) => member(d, 'NewPublicKey', 'jwk').oneOf.pop(),
    breaks: ['request NewPublicKey/jwk: variant_gone RsaPublicKey'],
  },
  {
    what: 'the tag of a form is another one',
    change: (d) => {
      member(d, 'NewSecret', 'kind').const = 'password'
    },
    breaks: ['request NewSecret/kind: enum_value_gone "secret"'],
  },
  {
    what: 'a type is another one',
    change: (d) => {
      member(d, 'SubmitReport', 'actors').type = ['object', 'null']
    },
    breaks: ['request SubmitReport/actors: type_narrowed array -> object'],
  },
]

const ofAnswers: Plant[] = [
  {
    what: 'a status is gone',
    change: (d) => delete operation(d, 'get', '/v1/reports/{id}').responses['304'],
    breaks: ['GET /v1/reports/{id} 304: status_gone'],
  },
  {
    what: 'a success has another status',
    change: (d) => {
      const { responses } = operation(d, 'post', '/v1/reports')
      responses['200'] = responses['201']
      delete responses['201']
    },
    breaks: ['POST /v1/reports 201: status_gone'],
  },
  {
    what: 'a media type is gone',
    change: (d) => delete answer(d, 'get', '/v1/reports', '200').content['text/csv'],
    breaks: ['GET /v1/reports 200 text/csv: media_type_gone'],
  },
  {
    what: 'a body is gone',
    change: (d) => delete answer(d, 'get', '/v1/me', '200').content,
    breaks: ['GET /v1/me 200 application/json: media_type_gone'],
  },
  {
    what: 'a header is gone',
    change: (d) => delete answer(d, 'post', '/v1/reports', '201').headers.Location,
    breaks: ['POST /v1/reports 201 header location: header_gone'],
  },
  {
    what: 'a header may be absent',
    change: (d) => {
      answer(d, 'get', '/v1/reports/{id}', '200').headers.ETag.required = false
    },
    breaks: ['GET /v1/reports/{id} 200 header etag: header_no_longer_required'],
  },
  {
    what: 'a header has another form',
    change: (d) => {
      d.components.headers.RetryAfter.schema.pattern = '^.+$'
    },
    breaks: ['header RetryAfter: pattern_changed "^[0-9]+$" -> "^.+$"'],
  },
  {
    what: 'a problem is not told any more',
    change: (d) => {
      const { responses } = operation(d, 'patch', '/v1/reports/{id}')
      responses['409'] = structuredClone(d.components.responses.ChangeRefusedOrNotInChargeOrTransitionNotAllowed)
      delete responses['409'].content['application/problem+json'].examples.not_in_charge
    },
    breaks: ['PATCH /v1/reports/{id} 409: problem_code_gone not_in_charge'],
  },
  {
    what: 'a refusal is gone',
    change: (d) => delete operation(d, 'patch', '/v1/reports/{id}').responses['428'],
    breaks: ['PATCH /v1/reports/{id} 428: problem_code_gone precondition_required'],
  },
  {
    what: 'a refusal has another status',
    change: (d) => {
      const { responses } = operation(d, 'patch', '/v1/reports/{id}')
      responses['409'] = { $ref: '#/components/responses/VersionStale' }
      delete responses['412']
    },
    breaks: [
      'PATCH /v1/reports/{id} 409: problem_code_gone change_refused',
      'PATCH /v1/reports/{id} 409: problem_code_gone not_in_charge',
      'PATCH /v1/reports/{id} 409: problem_code_gone transition_not_allowed',
      'PATCH /v1/reports/{id} 412: problem_status_changed version_stale: 412 -> 409',
    ],
  },
  {
    what: 'a member is gone',
    change: (d) => {
      delete d.components.schemas.Me.properties.system
      without(d.components.schemas.Me.required, 'system')
    },
    breaks: ['response Me/system: member_gone'],
  },
  {
    what: 'a member of a member is gone',
    change: (d) => {
      delete member(d, 'Event', 'region').properties.regency
      without(member(d, 'Event', 'region').required, 'regency')
    },
    breaks: ['response Event/region/regency: member_gone'],
  },
  {
    what: 'a member may be absent',
    change: (d) => without(d.components.schemas.Me.required, 'agency'),
    breaks: ['response Me/agency: member_no_longer_required'],
  },
  {
    what: 'a member may be null',
    change: (d) => {
      member(d, 'Me', 'clearance').type = ['string', 'null']
      member(d, 'Me', 'clearance').enum.push(null)
    },
    breaks: ['response Me/clearance: newly_nullable'],
  },
  {
    what: 'a named member may be null',
    change: (d) => {
      d.components.schemas.InboxItem.properties.report = {
        anyOf: [{ $ref: '#/components/schemas/InboxReport' }, { type: 'null' }],
      }
    },
    breaks: ['response InboxItem/report: newly_nullable'],
  },
  {
    what: 'another type',
    change: (d) => {
      member(d, 'Me', 'system').type = 'string'
    },
    breaks: ['response Me/system: type_widened boolean -> string'],
  },
  {
    what: 'one more type',
    change: (d) => {
      member(d, 'Me', 'system').type = ['boolean', 'string']
    },
    breaks: ['response Me/system: type_widened string'],
  },
  {
    what: 'a number that was whole',
    change: (d) => {
      member(d, 'EventPage', 'next').type = 'number'
    },
    breaks: ['response EventPage/next: type_widened integer -> number'],
  },
  {
    what: 'a value that was not in a closed list',
    change: (d) => member(d, 'Me', 'tier').enum.push('village'),
    breaks: ['response Me/tier: enum_value_added "village"'],
  },
  {
    what: 'any value in place of a closed list',
    change: (d) => delete member(d, 'Me', 'tier').enum,
    breaks: ['response Me/tier: enum_opened ["regency","province","national","agency"] -> none'],
  },
  {
    what: 'a closed list of answers that may grow from now on',
    change: (d) => {
      member(d, 'Me', 'tier')['x-extensible-enum'] = true
    },
    breaks: ['response Me/tier: enum_opened ["regency","province","national","agency"] -> grows'],
  },
  {
    what: 'a member that is only null from now on',
    change: (d) => {
      d.components.schemas.Report.properties.athgNotes = { type: 'null' }
    },
    breaks: ['response Report/athgNotes: member_gone only null'],
  },
  {
    what: 'members that generated clients leave out',
    change: (d) => {
      member(d, 'SubmitReport', 'subject').readOnly = true
      member(d, 'Me', 'tier').writeOnly = true
    },
    breaks: [
      'request SubmitReport/subject: keyword_changed readOnly: none -> true',
      'response Me/tier: keyword_changed writeOnly: none -> true',
    ],
  },
  {
    what: 'another format',
    change: (d) => {
      member(d, 'Event', 'occurredAt').format = 'date'
    },
    breaks: ['response Event/occurredAt: format_changed "date-time" -> "date"'],
  },
  {
    what: 'a whole number outgrows its format, which says it once',
    change: (d) => Object.assign(member(d, 'Client', 'version'), { maximum: 2 ** 40, format: 'int64' }),
    breaks: ['response Client/version: bound_widened maximum: 2147483647 -> 1099511627776'],
  },
  {
    what: 'more items than a page had',
    change: (d) => {
      member(d, 'EventPage', 'items').maxItems = 1000
    },
    breaks: ['response EventPage/items: bound_widened maxItems: 200 -> 1000'],
  },
  {
    what: 'another pattern',
    change: (d) => delete member(d, 'Me', 'agency').pattern,
    breaks: ['response Me/agency: pattern_changed "^[a-z][a-z0-9-]{1,31}$" -> none'],
  },
  {
    what: 'values of a map may be of another type',
    change: (d) => member(d, 'ExportedFeature', 'properties').additionalProperties.anyOf.push({ type: 'array' }),
    breaks: ['response ExportedFeature/properties/*: type_widened array'],
  },
  {
    what: 'a map is gone',
    change: (d) => {
      member(d, 'ExportedFeature', 'properties').additionalProperties = false
    },
    breaks: ['response ExportedFeature/properties: map_gone'],
  },
  {
    what: 'the names in a map are others',
    change: (d) => {
      member(d, 'ExportedFeature', 'properties').propertyNames.maxLength = 500
    },
    breaks: ['response ExportedFeature/properties/{name}: bound_widened maxLength: 100 -> 500'],
  },
  {
    what: 'a position of a tuple may be null',
    change: (d) => {
      member(d, 'ExportedFeature', 'geometry', 'coordinates').prefixItems[1].type = ['number', 'null']
    },
    breaks: ['response ExportedFeature/geometry/coordinates/1: newly_nullable'],
  },
  {
    what: 'a named schema is another one, whatever its name',
    change: (d) => {
      d.components.schemas.Fact = structuredClone(d.components.schemas.Event)
      d.components.schemas.Fact.properties.type.maxLength = 500
      member(d, 'EventPage', 'items').items.$ref = '#/components/schemas/Fact'
    },
    breaks: ['response Event/type: bound_widened maxLength: 100 -> 500'],
  },
  {
    what: 'forms are told apart by another member',
    change: (d) => {
      member(d, 'AddClient', 'credential').discriminator.propertyName = 'type'
    },
    breaks: ['request AddClient/credential: keyword_changed discriminator: "kind" -> "type"'],
  },
  {
    what: 'a rule that is not weighed',
    change: (d) => {
      d.components.schemas.Me.dependentRequired = { office: ['agency'] }
    },
    breaks: ['response Me: keyword_changed dependentRequired: none -> {"office":["agency"]}'],
  },
]

export const plants: readonly Plant[] = [...ofOperations, ...ofParameters, ...ofRequests, ...ofAnswers]

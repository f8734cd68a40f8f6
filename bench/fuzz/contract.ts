import { readFileSync } from 'node:fs'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'

/** A JSON Schema, or any other part of the document. */
export type Node = Record<string, unknown>

export interface Parameter {
  name: string
  in: 'path' | 'query' | 'header'
  required: boolean
  schema: Node
}

/** A part of the document with its place in it, by which a validator finds it. */
interface Placed {
  node: Node
  pointer: string
}

export interface Answerable {
  /** Media type to the place of its schema; empty where there is no content. */
  content: Map<string, string>
  /** Lower-case name to what the document says of the header. */
  headers: Map<string, { required: boolean; pointer: string }>
}

export interface RequestBody {
  mediaType: string
  schema: Node
  pointer: string
  required: boolean
  /** Whether it is a list, each item of which is taken or refused by itself. */
  isList: boolean
}

export interface Operation {
  id: string
  method: string
  /** Such as `/v1/reports/{id}`. */
  template: string
  pattern: RegExp
  /** OAuth scopes that it needs; undefined for what needs no token. */
  scopes: readonly string[] | undefined
  parameters: readonly Parameter[]
  body: RequestBody | undefined
  responses: Map<number, Answerable>
}

/** JSON itself or a kind of it, such as a merge patch. */
export function isJson(mediaType: string | undefined): boolean {
  return /[/+]json$/.test(mediaType ?? '')
}

const committed = new URL('../../openapi/openapi.json', import.meta.url)

/** What the OpenAPI document promises, resolved once. */
export class Contract {
  readonly operations: readonly Operation[]
  readonly #document: Node
  readonly #ajv = new Ajv2020({ strict: false, allErrors: false })
  readonly #validators = new Map<string, ValidateFunction>()

  constructor(text = readFileSync(committed, 'utf8')) {
    this.#document = JSON.parse(text)
    addFormats.default(this.#ajv)
    this.#ajv.addSchema(this.#document, 'document', undefined, false)
    const paths = this.#document.paths as Record<string, Record<string, Node>>
    this.operations = Object.entries(paths).flatMap(([template, item]) =>
      methods.filter((method) => item[method]).map((method) => this.#operation(template, method)),
    )
  }

  /** The schema itself where it refers to another. */
  resolve(schema: Node): Node {
    return typeof schema.$ref === 'string' ? this.#at(schema.$ref.slice(1)).node : schema
  }

  /** Why a value does not hold against the schema at a place of the document; undefined when it does. */
  fault(pointer: string, value: unknown): string | undefined {
    let validate = this.#validators.get(pointer)
    if (!validate) {
      validate = this.#ajv.compile({ $ref: `document#${pointer}` })
      this.#validators.set(pointer, validate)
    }
    return validate(value) ? undefined : this.#ajv.errorsText(validate.errors)
  }

  /** The schema of a problem, for what no operation answers. */
  readonly problemPointer = '/components/schemas/Problem'

  #operation(template: string, method: string): Operation {
    const { node, pointer } = this.#at(`/paths/${escaped(template)}/${method}`)
    const security = node.security as Record<string, string[]>[] | undefined
    return {
      id: String(node.operationId),
      method: method.toUpperCase(),
      template,
      pattern: new RegExp(`^${template.replaceAll('.', '\\.').replaceAll(/\{[^}]+\}/g, '[^/]*')}$`),
      scopes: security && security.length > 0 ? Object.values(security[0] ?? {}).flat() : undefined,
      parameters: ((node.parameters ?? []) as Node[]).map((given) => this.resolve(given) as unknown as Parameter),
      body: this.#body(pointer, node),
      responses: new Map(
        Object.keys(node.responses as Node).map((status) => [
          Number(status),
          this.#response(`${pointer}/responses/${status}`),
        ]),
      ),
    }
  }

  #body(pointer: string, { requestBody }: Node): Operation['body'] {
    if (!requestBody) return undefined
    const { content, required } = requestBody as { content: Record<string, Node>; required?: boolean }
    const [mediaType = ''] = Object.keys(content)
    const place = `${pointer}/requestBody/content/${escaped(mediaType)}/schema`
    const isList = 'application/x-ndjson' in content
    return { mediaType, schema: this.#at(place).node, pointer: place, required: required === true, isList }
  }

  #response(place: string): Answerable {
    const { node, pointer } = this.#at(place)
    const content = Object.keys((node.content ?? {}) as Node)
    const headers = Object.keys((node.headers ?? {}) as Node).map((name) => {
      const header = this.#at(`${pointer}/headers/${escaped(name)}`)
      return [
        name.toLowerCase(),
        { required: header.node.required === true, pointer: `${header.pointer}/schema` },
      ] as const
    })
    return {
      content: new Map(content.map((type) => [type, `${pointer}/content/${escaped(type)}/schema`])),
      headers: new Map(headers),
    }
  }

  /** What stands at a place, past any reference. */
  #at(pointer: string): Placed {
    const steps = pointer
      .split('/')
      .slice(1)
      .map((step) => decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~'))
    let node: Node = this.#document
    for (const step of steps) node = node[step] as Node
    if (!node) throw new Error(`The document has nothing at ${pointer}`)
    return typeof node.$ref === 'string' ? this.#at(node.$ref.slice(1)) : { node, pointer }
  }
}

const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace']

function escaped(step: string): string {
  return encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'))
}

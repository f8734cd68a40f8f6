import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'

type Node = Record<string, unknown>

/** The examples of an OpenAPI document that its own schemas refuse, each by its place and the reason. */
export function invalidExamples(document: Record<string, unknown>): string[] {
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  addFormats.default(ajv)
  ajv.addSchema(document, 'document', undefined, false)
  const found: string[] = []
  visit(document, '', (node, pointer) => {
    if (!node.schema) return
    const named = Object.values((node.examples ?? {}) as Record<string, Node>).map(({ value }) => value)
    const examples = 'example' in node ? [...named, node.example] : named
    if (examples.length === 0) return
    const validate = ajv.compile({ $ref: `document#${pointer}/schema` })
    for (const example of examples) if (!validate(example)) found.push(`${pointer}: ${ajv.errorsText(validate.errors)}`)
  })
  return found
}

function visit(node: unknown, pointer: string, look: (node: Node, pointer: string) => void): void {
  if (node === null || typeof node !== 'object') return
  look(node as Node, pointer)
  for (const [key, inner] of Object.entries(node)) {
    visit(inner, `${pointer}/${encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1'))}`, look)
  }
}

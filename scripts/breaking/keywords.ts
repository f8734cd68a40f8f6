/** The keywords of JSON Schema that the comparison weighs, or looks into. */
export const weighed = new Set(
  (
    '$ref type enum const format pattern minLength maxLength minimum maximum exclusiveMinimum exclusiveMaximum multipleOf ' +
    'minItems maxItems uniqueItems minProperties maxProperties properties patternProperties propertyNames required ' +
    'additionalProperties items prefixItems anyOf oneOf allOf'
  ).split(' '),
)

/** They hold no schema, and must stay as they were. */
const plain = new Set(['readOnly', 'writeOnly', 'contentEncoding', 'contentMediaType', 'dependentRequired'])

const annotations = new Set([
  'description',
  'title',
  'example',
  'examples',
  'default',
  'deprecated',
  'discriminator',
  'externalDocs',
  '$comment',
])

/** Whether a keyword only explains, so that no value is taken or refused by it. */
export function isAnnotation(keyword: string): boolean {
  return annotations.has(keyword) || keyword.startsWith('x-')
}

/** Whether a keyword may hold what this comparison would not see change. */
export function isUnknown(keyword: string): boolean {
  return !weighed.has(keyword) && !plain.has(keyword) && !isAnnotation(keyword)
}

import type { Json } from './break.ts'

export const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace']

const known = {
  document: 'openapi info servers tags paths components security externalDocs',
  server: 'url description name',
  path: `${methods.join(' ')} parameters summary description`,
  operation: 'operationId tags summary description externalDocs deprecated security parameters requestBody responses',
  parameter: 'name in required description deprecated example examples schema style explode',
  body: 'required description content',
  media: 'schema example examples',
  answer: 'description summary headers content',
  header: 'required description deprecated example examples schema',
}
const names = new Map(Object.entries(known).map(([part, text]) => [part, new Set(text.split(' '))]))

/**
 * What this comparison does not look into must not be there, or it would change unseen: `Alternatives` says the same of schemas.
 * @throws Error on a part of OpenAPI that is not compared yet
 */
export function refuseUnknown(part: keyof typeof known, place: string, ...given: readonly Json[]): void {
  for (const each of given) {
    const other = Object.keys(each).find((name) => !names.get(part)?.has(name) && !name.startsWith('x-'))
    if (other !== undefined) throw new Error(`${place}: ${other} is not compared yet`)
  }
}

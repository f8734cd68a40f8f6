// biome-ignore lint/suspicious/noExplicitAny: a document is taken as it comes, and broken anywhere
export type Document = any

export const operation = (document: Document, method: string, path: string) => document.paths[path][method]
export const parameter = (document: Document, path: string, name: string, method = 'get') =>
  operation(document, method, path).parameters.find((each: Document) => each.name === name)
export const member = (document: Document, schema: string, ...names: string[]) =>
  names.reduce((at, name) => at.properties[name], document.components.schemas[schema])
export const answer = (document: Document, method: string, path: string, status: string) =>
  operation(document, method, path).responses[status]
export const without = (list: unknown[], value: unknown) => list.splice(list.indexOf(value), 1)

import { readFile } from 'node:fs/promises'

/** What the contract says of an operation that answers with what was asked for by filters. */
export interface Operation {
  /** Names of the parameters of its query. */
  parameters: string[]
  /** The words that a parameter, or an item of it, may be. */
  words(parameter: string): string[]
  mediaTypes: string[]
}

interface Parameter {
  name: string
  in: string
  schema: { enum?: string[]; items?: { enum?: string[] } }
}

const file = new URL('../../../openapi/openapi.json', import.meta.url)

/** The GET operations of the contract by path. */
export async function readContract(): Promise<(path: string) => Operation | undefined> {
  const { paths } = JSON.parse(await readFile(file, 'utf8'))
  return (path) => {
    const operation = paths[path]?.get
    if (!operation) return undefined
    const parameters: Parameter[] = operation.parameters.filter((each: Parameter) => each.in === 'query')
    const words = (parameter: string) => {
      const schema = parameters.find(({ name }) => name === parameter)?.schema
      return schema?.items?.enum ?? schema?.enum ?? []
    }
    const mediaTypes = Object.keys(operation.responses['200'].content)
    return { parameters: parameters.map(({ name }) => name), words, mediaTypes }
  }
}

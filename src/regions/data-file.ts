import { readFile } from 'node:fs/promises'
import { ReferenceDataError } from './reference-data-error.ts'

/** Where a file of our own copy of reference data lies: `src` and `dist` are equally deep, so one path serves both. */
export function dataFile(name: string): URL {
  return new URL(`../../data/${name}`, import.meta.url)
}

/** The JSON document in a file of `data/`, not yet checked. */
export async function readDataFile(name: string): Promise<unknown> {
  const text = await readFile(dataFile(name), 'utf8')
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new ReferenceDataError(name, [`not JSON: ${(error as Error).message}`])
  }
}

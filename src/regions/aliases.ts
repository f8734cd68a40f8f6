import { z } from 'zod'
import { readDataFile } from './data-file.ts'
import { ReferenceDataError } from './reference-data-error.ts'

const Code = z.string().regex(/^\d{2}(\.\d{2}){0,2}$/)
const Aliases = z.record(z.string().min(1), z.union([Code, z.array(Code).min(1)]))

/** Short names people use, `sultra` -> `74`: one code, or several where people mean more than one place. */
export type RegionAliases = Readonly<Record<string, string | readonly string[]>>

/** Our own list of short names; a directory refuses those of a region it does not have. */
export async function loadRegionAliases(): Promise<RegionAliases> {
  const parsed = Aliases.safeParse(await readDataFile('region-aliases.json'))
  if (parsed.success) return parsed.data
  throw new ReferenceDataError(
    'region-aliases.json',
    parsed.error.issues.map(({ path, message }) => `${path.join('/')}: ${message}`),
  )
}

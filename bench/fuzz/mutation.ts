import type fc from 'fast-check'
import type { Draft } from './draft.ts'

/** One way to spoil a request. */
export interface Mutation {
  name: string
  /** Which requests can be spoilt so; all, unless said. */
  fits?(draft: Draft): boolean
  spoil(draft: Draft): fc.Arbitrary<Partial<Draft>>
}

/** The same request with a header in place of those of its name. */
export function withHeader({ headers }: Draft, name: string, value: string): Pick<Draft, 'headers'> {
  const others = headers.filter(([each]) => each.toLowerCase() !== name.toLowerCase())
  return { headers: [...others, [name, value]] }
}

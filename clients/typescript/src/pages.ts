import type { ContractClient } from './client.ts'
import type { paths } from './contract.ts'
import { type Answer, answerOf } from './problem.ts'
import type { CallOptions } from './transport/call.ts'

type Json<Path extends keyof paths> = paths[Path] extends {
  get: { responses: { 200: { content: { 'application/json': infer Body } } } }
}
  ? Body
  : undefined

/** Paths whose GET answers in pages, `{ items, next }`. */
export type PagedPath = {
  [Path in keyof paths]: Json<Path> extends { items: unknown[]; next: string | null } ? Path : never
}[keyof paths]

export type PageOf<Path extends PagedPath> = Json<Path>
export type ItemOf<Path extends PagedPath> = Json<Path> extends { items: (infer Item)[] } ? Item : never

type Given<Parameters, Part extends string> = Part extends keyof Parameters
  ? NonNullable<Parameters[Part]> extends never
    ? unknown
    : undefined extends Parameters[Part]
      ? { [Name in Part]?: Omit<NonNullable<Parameters[Part]>, 'cursor'> }
      : { [Name in Part]: Omit<Parameters[Part], 'cursor'> }
  : unknown

type ParametersOf<Path extends PagedPath> = paths[Path] extends { get: { parameters: infer Parameters } }
  ? Parameters
  : never

/** `{ query, path, header }` of the operation, but for the cursor. */
export type PageParams<Path extends PagedPath> = Given<ParametersOf<Path>, 'query'> &
  Given<ParametersOf<Path>, 'path'> &
  Given<ParametersOf<Path>, 'header'>

export type PageOptions = Pick<CallOptions, 'signal' | 'retries' | 'timeoutMs'>

type Asked<Path extends PagedPath> =
  Record<never, never> extends PageParams<Path>
    ? [params?: PageParams<Path>, options?: PageOptions]
    : [params: PageParams<Path>, options?: PageOptions]

interface AnyPage {
  items: unknown[]
  next: string | null
}

/** Lists of the contract as one goes through them, each page asked for when it is wanted. */
export interface Pages {
  /** @throws ProblemError (`cursor_invalid` when more than a day lies between two pages), UnreachableError, CredentialsError */
  pages<Path extends PagedPath>(path: Path, ...asked: Asked<Path>): AsyncGenerator<PageOf<Path>, void, undefined>
  /** The items of all pages. @throws as `pages` */
  items<Path extends PagedPath>(path: Path, ...asked: Asked<Path>): AsyncGenerator<ItemOf<Path>, void, undefined>
}

export function createPages(client: ContractClient, clock: () => Date): Pages {
  async function* walk(path: string, params: { query?: object } = {}, options: PageOptions = {}) {
    let cursor: string | null = null
    do {
      const query: object = { ...params.query, ...(cursor !== null && { cursor }) }
      const init = { ...options, params: { ...params, query } }
      const answer = await client.GET(path as never, init as never)
      const page: AnyPage = answerOf(answer as Answer<AnyPage>, clock())
      yield page
      cursor = page.next
    } while (cursor !== null)
  }
  async function* items(path: string, ...asked: [object?, PageOptions?]) {
    for await (const page of walk(path, ...asked)) yield* page.items
  }
  return { pages: walk, items } as unknown as Pages
}

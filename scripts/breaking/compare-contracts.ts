import { type Break, type Json, sunsetOf } from './break.ts'
import { compareAnswers, compareMedia } from './compare-answers.ts'
import { compareParameters } from './compare-parameters.ts'
import { compareRequirements, compareSchemes, type Requirement } from './compare-security.ts'
import { methods, refuseUnknown } from './refuse-unknown.ts'
import { compareSunsets, startWalks, tell, type Walk } from './walk.ts'

type Named = Record<string, Json>
type Walks = ReturnType<typeof startWalks>

/**
 * Every change from one OpenAPI 3.1 document to another that breaks a program written for the first: what it sends is refused or means
 * something else, what it waits for is gone or is not what it was. Requests are strict here, so that what is gone is refused.
 * @throws Error on a part of OpenAPI that our contract does not use, and this comparison does not know
 */
export function compareContracts(was: Json, is: Json): Break[] {
  for (const { openapi, ...document } of [was, is]) {
    if (typeof openapi === 'string' && !openapi.startsWith('3.1.'))
      throw new Error(`OpenAPI ${openapi} is not compared yet`)
    refuseUnknown('document', 'the contract', document)
    refuseUnknown('server', 'servers', ...((document.servers ?? []) as Json[]))
  }
  const walks = startWalks(was, is)
  for (const url of urls(was)) if (!urls(is).includes(url)) tell(walks, `servers ${url}`, 'server_gone', '')
  const schemesOf = ({ components = {} }: Json) => ((components as Named).securitySchemes ?? {}) as Named
  compareSchemes(walks.request, schemesOf(was), schemesOf(is))
  const after = operationsOf(is)
  for (const [place, before] of operationsOf(was)) {
    const now = after.get(place)
    if (now) compareOperations(walks, before, now, place)
    else tell(walks, place, 'operation_gone', String(before.operationId), sunsetOf(before))
  }
  return walks.found
}

/** Where none is said it is the root. */
function urls({ servers = [] }: Json): string[] {
  const said = (servers as { url: string }[]).map(({ url }) => url)
  return said.length === 0 ? ['/'] : said
}

/** Operations by method and path, each with the parameters and the security that it does not state itself. */
function operationsOf({ paths = {}, security = [] }: Json): Map<string, Json> {
  const found = new Map<string, Json>()
  for (const [path, item] of Object.entries(paths as Named)) {
    refuseUnknown('path', path, item)
    const shared = (item.parameters ?? []) as Json[]
    for (const method of methods) {
      const operation = item[method] as Json | undefined
      if (!operation) continue
      refuseUnknown('operation', `${method} ${path}`, operation)
      const parameters = [...shared, ...((operation.parameters ?? []) as Json[])]
      found.set(`${method.toUpperCase()} ${path}`, { security, ...operation, parameters })
    }
  }
  return found
}

function compareOperations({ request, response }: Walks, was: Json, is: Json, place: string): void {
  compareSunsets(request, was, is, place)
  if (was.operationId !== is.operationId)
    tell(request, place, 'operation_id_changed', `${was.operationId} -> ${is.operationId}`)
  compareRequirements(request, was.security as Requirement[], is.security as Requirement[], place)
  compareParameters(request, was.parameters as Json[], is.parameters as Json[], place)
  compareBodies(request, was.requestBody as Json | undefined, is.requestBody as Json | undefined, `${place} request`)
  compareAnswers(response, (was.responses ?? {}) as Named, (is.responses ?? {}) as Named, place)
}

function compareBodies(walk: Walk, given: Json | undefined, taken: Json | undefined, place: string): void {
  const [was, is] = [given && walk.was.resolve(given), taken && walk.is.resolve(taken)]
  for (const body of [was, is]) if (body) refuseUnknown('body', place, body)
  if (is?.required === true && was?.required !== true) tell(walk, place, 'request_body_newly_required', '')
  if (!was) return
  if (!is) {
    tell(walk, place, 'request_body_gone', '')
    return
  }
  const [before, after] = [(was.content ?? {}) as Named, (is.content ?? {}) as Named]
  for (const [mediaType, given] of Object.entries(before)) {
    const now = after[mediaType]
    if (now) compareMedia(walk, given, now, `${place} ${mediaType}`)
    else tell(walk, `${place} ${mediaType}`, 'request_media_type_gone', '')
  }
}

import { makeCallers, refusedTokens } from './callers.ts'
import { addFollowUps, askQuestions, linkReports } from './children.ts'
import { addClients, openGrants, postReports, referenceOf } from './existing.ts'
import { attachFiles } from './files.ts'
import { liveReports } from './lives.ts'
import { makeProofs } from './proofs.ts'
import { releaseReports } from './releases.ts'
import { postSituationReports } from './situations.ts'
import { ask, type Caller, type Target } from './target.ts'

/** The next page of a list, as the service gave it to a caller. */
export interface Continued {
  operation: string
  caller: string
  target: string
}

/** What exists in the service before the first request: made in the same order each time, so that a seed says the same again. */
export interface World {
  address: string
  callers: readonly Caller[]
  /** Values of the Authorization header that no secured operation may accept. */
  refused: readonly { name: string; authorization: string }[]
  /** Texts without one of which nobody gets a token. */
  proofs: readonly string[]
  /** Values of the Authorization header of the token endpoint, good and bad. */
  basic: readonly string[]
  continued: readonly Continued[]
  /** Values by the name of a parameter, a header or a member; `operation.name` comes before `name`. */
  known: Readonly<Record<string, readonly unknown[]>>
}

export async function makeWorld(target: Target): Promise<World> {
  const callers = await makeCallers(target)
  const { known: ofTokens, ...proofs } = await makeProofs(target, callers)
  const reports = await postReports(target, callers)
  const followUps = await addFollowUps(target, callers, reports.ids ?? [])
  const questions = await askQuestions(target, callers)
  const links = await linkReports(target, callers, reports.ids ?? [])
  const situationReports = await postSituationReports(target, callers)
  const lives = await liveReports(target, callers)
  const files = await attachFiles(target, callers)
  const releases = await releaseReports(target, callers)
  const clients = await addClients(target, callers)
  const grants = await openGrants(target, callers, reports.ids ?? [])
  await target.chained()
  return {
    address: target.address,
    callers,
    refused: await refusedTokens(target),
    ...proofs,
    continued: await nextPages(target, callers),
    known: {
      ...(await referenceOf(target, callers)),
      ...reports,
      ...followUps,
      ...questions,
      ...links,
      ...situationReports,
      ...lives,
      ...files,
      ...releases,
      ...clients,
      ...grants,
      ...ofTokens,
      'listEvents.after': [0, 1, 3],
      // Whoever is made to wait tells nothing while others could.
      'listEvents.wait': [0],
    },
  }
}

const lists = [
  { operation: 'listReports', scope: 'reports:read', target: '/v1/reports?limit=2' },
  { operation: 'listReports', scope: 'reports:read', target: '/v1/reports?limit=1&sort=receivedAt&athg=disruption' },
  { operation: 'listFollowUps', scope: 'reports:read', target: '/v1/follow-ups?limit=2' },
  { operation: 'listSituationReports', scope: 'reports:read', target: '/v1/situation-reports?limit=2' },
  { operation: 'listRegions', scope: 'reports:read', target: '/v1/regions?limit=3&level=district' },
  { operation: 'listBreakGlass', scope: 'reports:read', target: '/v1/access/break-glass?limit=2' },
  { operation: 'listClients', scope: 'clients:manage', target: '/v1/clients?limit=2&disabled=false' },
  { operation: 'listInbox', scope: 'reports:read', target: '/v1/inbox?limit=2' },
  { operation: 'listAudit', scope: 'audit:read', target: '/v1/audit?limit=2' },
]

async function nextPages(target: Target, callers: readonly Caller[]): Promise<Continued[]> {
  const found: Continued[] = []
  for (const list of lists) {
    for (const caller of callers.filter(({ scopes }) => scopes.includes(list.scope))) {
      const { body } = await ask(target, caller, list.target)
      if (body.next === null) continue
      found.push({ operation: list.operation, caller: caller.name, target: `${list.target}&cursor=${body.next}` })
    }
  }
  return found
}

import { issueToken } from '../../src/access/issue-token.ts'
import { scopesOf } from '../../src/access/vocabulary.ts'
import { submitReportExample } from '../../src/reports/examples.ts'
import { regency } from './callers.ts'
import { ask, type Caller, callerNamed, type Target } from './target.ts'

/** Reports for each way to change one: each can be gone once. */
const reportsOfEach = 16
const because = { reason: 'Diperiksa bersama Bawaslu Kota Kendari.' }
const outcome = { outcome: 'Pelaku diamankan Polresta Kendari.' }

/** Who takes a new report to where an operation can begin, step by step. */
const ways: Record<string, readonly (readonly [caller: string, verb: string, body: object])[]> = {
  correctReport: [],
  withdrawReport: [],
  verifyReport: [],
  rejectReport: [],
  escalateReport: [['regency', 'verify', {}]],
  returnReport: [
    ['regency', 'verify', {}],
    ['regency', 'escalate', {}],
  ],
  closeReport: [['regency', 'verify', {}]],
  reopenReport: [
    ['regency', 'verify', {}],
    ['regency', 'close', outcome],
  ],
}

/** Reports in every part of their life, posted by an official who is none of the callers: what they posted they may not verify. */
export async function liveReports(
  target: Target,
  callers: readonly Caller[],
): Promise<Record<string, readonly unknown[]>> {
  const author = await authorOf(target)
  const known: Record<string, readonly unknown[]> = {}
  for (const [operation, steps] of Object.entries(ways)) {
    const ids: string[] = []
    const etags: string[] = []
    for (let number = 0; number < reportsOfEach; number += 1) {
      const { clientReference: _given, ...given } = submitReportExample
      let { body, headers } = await ask(target, author, '/v1/reports', { given })
      for (const [name, verb, said] of steps) {
        const more = { given: said, headers: { 'if-match': '*' } }
        const answer = await ask(target, callerNamed(callers, name), `/v1/reports/${body.id}/${verb}`, more)
        ;({ body, headers } = answer)
      }
      ids.push(body.id)
      etags.push(String(headers.get('etag')))
    }
    known[`${operation}.id`] = ids
    known[`${operation}.If-Match`] = [...etags, ...etags.map(() => '*'), ...etags.map(() => '*')]
  }
  return {
    ...known,
    'listRevisions.id': [...(known['reopenReport.id'] ?? []), ...(known['returnReport.id'] ?? [])],
    reason: [because.reason],
    // Whole patches: of members made up each by itself, few go together.
    'correctReport.': [
      { severity: 'high' },
      { handling: 'top_secret' },
      { impact: { deaths: 1 }, ...because },
      { analysis: null },
    ],
  }
}

/** Of the regency, and none of the callers. */
export async function authorOf({ keys, trusted, now }: Target): Promise<Caller> {
  const scopes = scopesOf('regency')
  const official = { clientId: 'fuzz-regency', subject: 'official-2', place: { region: regency } }
  const token = await issueToken(keys, trusted, {
    ...{ ...official, scopes, clearance: 'top_secret', lifetime: 3600, now },
  })
  return { name: 'author', token, scopes }
}

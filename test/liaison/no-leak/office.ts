import { randomBytes } from 'node:crypto'
import sharp from 'sharp'
import { handlingOf } from '../../../src/access/vocabulary.ts'
import { uploads } from '../../attachments/files.ts'
import type { Content } from '../../releases/model.ts'
import { callers } from '../../support/callers.ts'
import { canary } from '../../support/canaries.ts'
import type { Api } from '../../support/start-api.ts'
import { approvedOf, exactness, type How, secret, secretive } from './content.ts'
import type { Happening, Release } from './model.ts'

type Members = Record<string, unknown>

/**
 * An office at its work: every step through the API, in the name of its official, each at a moment of its own.
 * @param published told of each version that comes into force
 */
export function openOffice(api: Api, published: (release: Release) => Promise<void>) {
  const happened: Happening[] = []
  const releases: Release[] = []
  const tokens = new Map<string, string>()
  let posted = 0
  async function send(official: string, method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, body?: Members) {
    api.time.now = new Date(api.time.now.getTime() + 1_237)
    const token = tokens.get(official) ?? (await api.tokenOf(callers.nation, { subject: official }))
    tokens.set(official, token)
    const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json'
    const payload = body && { payload: JSON.stringify(body) }
    const headers = { authorization: `Bearer ${token}`, 'if-match': '*', ...(body && { 'content-type': type }) }
    const answer = await api.call({ method, url, headers, ...payload })
    if (answer.statusCode >= 300) throw new Error(`${method} ${url}: ${answer.payload}`)
    return answer.payload === '' ? {} : answer.json()
  }
  const bodyOf = (how: How) => ({
    agencies: how.agencies ?? 'all',
    handling: handlingOf(how.handling),
    fields: how.fields,
    ...(how.fields.includes('region') && { regionLevel: exactness(how.fields).regionLevel }),
    ...(how.fields.includes('position') && { positionDecimals: exactness(how.fields).positionDecimals }),
    ...(how.attachments && { attachments: how.attachments }),
    reason: secret(),
  })
  const noteVersion = (release: Release, made: Members, how: How, report: Members) => {
    const before = release.versions.at(-1)
    const content = approvedOf(report, how, (made.content as Members).attachments)
    const { agencies, handling } = how
    const at = api.time.now.getTime()
    const version = { version: Number(made.version), agencies, handling, releasedAt: at, content }
    release.versions.push(version)
    happened.push({ what: 'version', release, version, before, at })
  }
  const approveIfNeeded = async (release: Release, made: Members, how: How, report: Members) => {
    if (made.status === 'proposed') await send('second', 'POST', `/v1/releases/${release.id}/approve`)
    noteVersion(release, made, how, report)
    await published(release)
  }
  return {
    happened,
    releases,
    send,
    /** Posts and verifies a report. @returns its id */
    async report(changes: Members = {}): Promise<string> {
      posted += 1
      const { id } = await send('author', 'POST', '/v1/reports', secretive(posted, changes))
      await send('checker', 'POST', `/v1/reports/${id}/verify`)
      return id
    },
    /** A photo that tells of its maker, under a name of its own. */
    async photo(report: string): Promise<string> {
      const exif = { IFD0: { ImageDescription: canary() } }
      const noise = randomBytes(3).toString('hex')
      const picture = sharp({ create: { width: 48, height: 32, channels: 3, background: `#${noise}` } })
      const bytes = await picture.withExif(exif).jpeg().toBuffer()
      return (await uploads(api, 'nation', report).upload(bytes, { filename: `${canary()}.jpg` })).id
    },
    /** Releases, by two officials where two must agree; `proposed` and `refused` never come into force. */
    async release(report: string, how: How, name: string, until: 'proposed' | 'refused' | 'published' = 'published') {
      const document = await send('author', 'GET', `/v1/reports/${report}`)
      const made = await send('proposer', 'POST', `/v1/reports/${report}/releases`, bodyOf(how))
      const none = { isRetracted: false, etags: [], file: how.attachments?.[0], unapproved: undefined }
      const release: Release = { id: made.id, name, versions: [], ...none }
      releases.push(release)
      if (until === 'published') await approveIfNeeded(release, made, how, document)
      if (until === 'refused') await send('second', 'POST', `/v1/releases/${made.id}/refuse`, { reason: secret() })
      return release
    },
    async revise(report: string, release: Release, how: How, until: 'proposed' | 'published' = 'published') {
      const document = await send('author', 'GET', `/v1/reports/${report}`)
      const made = await send('proposer', 'POST', `/v1/releases/${release.id}/versions`, bodyOf(how))
      if (until === 'published') await approveIfNeeded(release, made, how, document)
    },
    async retract(release: Release) {
      await send('proposer', 'POST', `/v1/releases/${release.id}/retract`, { reason: secret() })
      release.isRetracted = true
      const [before, version] = [undefined, release.versions.at(-1)]
      if (version) happened.push({ what: 'retracted', release, version, before, at: api.time.now.getTime() })
    },
    /** What changed in the version in force without a new one. */
    async again(release: Release, change: (content: Content) => void) {
      const version = release.versions.at(-1)
      if (!version) throw new Error(`${release.name} is not in force`)
      change(version.content)
      happened.push({ what: 'again', release, version, before: version, at: api.time.now.getTime() })
      await published(release)
    },
  }
}
export type Office = ReturnType<typeof openOffice>

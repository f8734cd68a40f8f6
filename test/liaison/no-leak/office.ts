import { randomBytes } from 'node:crypto'
import sharp from 'sharp'
import { uploads } from '../../attachments/files.ts'
import type { ReleaseField } from "../../../src/releases/vocabulary.ts"
import type { Content } from '../../releases/model.ts'
import { aReport } from '../../support/a-report.ts'
import { callers } from '../../support/callers.ts'
import { canary } from '../../support/canaries.ts'
import type { Api } from '../../support/start-api.ts'
import type { Audience, Happening, Release } from './model.ts'

type Members = Record<string, unknown>

/** What is approved of a report, and for whom. */
export interface How extends Audience {
  fields: readonly ReleaseField[]
  attachments?: string[]
}

/** A word that all reports hold in a member that is searched, beside one of their own. */
export const markerOf = (member: string) => `zebra${member.toLowerCase()}`
export const searched = ['subject', 'facts', 'analysis', 'prediction', 'actionsTaken', 'recommendation', 'place']
const text = (member: string) => `Kata ${markerOf(member)} dan ${canary()} di sini.`
const secret = () => `Rahasia kantor ${canary()}.`

/** A report in which everything is found nowhere else: words, numbers, digits of the position, moments. */
export function secretive(number: number, changes: Members = {}): Members {
  const unique = (from: number) => from + number * 1_117 + 7
  const moment = new Date(Date.parse('2024-11-24T01:00:00Z') + number * 1_234_567)
  const athg = ['threat', 'challenge', 'obstacle', 'disruption'][number % 4] as string
  const other = athg === 'threat' ? 'challenge' : 'threat'
  return aReport({
    ...Object.fromEntries(searched.filter((each) => each !== 'place').map((member) => [member, text(member)])),
    ...{ athg, athgNotes: { [other]: secret() }, clientReference: canary() },
    ...{ severity: ['low', 'moderate', 'high', 'critical'][number % 4], domain: number % 3 ? 'politics' : 'security' },
    ...{ phase: number % 2 ? 'actual' : 'imminent', product: number % 5 ? 'incident' : 'attention' },
    location: {
      regionCode: number % 3 ? '74.71' : '51.71',
      place: text('place'),
      coordinates: [Number(`122.5${unique(134_971)}`), Number(`-3.9${unique(754_133)}`)],
    },
    impact: { deaths: unique(310_003), lossIdr: unique(450_000_000) },
    actors: [{ role: 'perpetrator', description: secret(), count: unique(520_007) }],
    occurredAt: moment.toISOString(),
    obtainedAt: new Date(moment.getTime() + 61_001).toISOString(),
    composedAt: new Date(moment.getTime() + 122_003).toISOString(),
    ...changes,
  })
}

const regionLength = { nation: 0, province: 2, regency: 5, district: 8 }
type Level = keyof typeof regionLength

/** How exactly place and position are approved: by the number of fields, so that both change as they do. */
const exactness = (fields: readonly ReleaseField[]): { regionLevel: Level; positionDecimals: number } =>
  fields.length > 10 ? { regionLevel: 'regency', positionDecimals: 2 } : { regionLevel: 'province', positionDecimals: 1 }

/** What was approved of a report as its office reads it, said once more and independently of the service. */
export function approvedOf(report: Members, { fields }: How, files: unknown): Content {
  const { location, classification, source } = report as Record<string, Record<string, never>>
  const { regionLevel, positionDecimals } = exactness(fields)
  const code = String((classification?.region as Members).code).slice(0, regionLength[regionLevel])
  const degrees = (location?.coordinates as unknown as number[]).map((each) => Number(each.toFixed(positionDecimals)) + 0)
  const special: Members = {
    region: { code, level: regionLevel, regency: code.length > 2 ? code : null, province: code.slice(0, 2) },
    place: location?.place,
    position: { coordinates: degrees, decimals: positionDecimals },
    stages: classification?.stages,
    assessment: { reliability: source?.reliability, credibility: source?.credibility },
    attachments: files,
  }
  const content: Members = { exercise: report.exercise }
  for (const field of fields) content[field] = field in special ? special[field] : report[field]
  if (!fields.includes('occurredAt')) return content as Content
  content.occurredAtPrecision = report.occurredAtPrecision
  if (fields.includes('region')) content.localDate = (classification?.region as Members).localDate
  return content as Content
}

/** An office at its work: every step through the API, in the name of its official, each at a moment of its own. */
export function openOffice(api: Api) {
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
    handling: ['ordinary', 'restricted', 'secret', 'top_secret'][how.handling],
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
    again(release: Release, change: (content: Content) => void) {
      const version = release.versions.at(-1)
      if (!version) throw new Error(`${release.name} is not in force`)
      change(version.content)
      happened.push({ what: 'again', release, version, before: version, at: api.time.now.getTime() })
    },
  }
}
export type Office = ReturnType<typeof openOffice>

import { createHash } from 'node:crypto'
import type { Ask } from './ask.ts'
import type { Release, Seen } from './model.ts'
import { missing, type OfOne, type Outlet, refusal } from './ways.ts'
import { documentOf } from './world.ts'

const at = ({ id }: Pick<Release, 'id'>) => `/v1/releases/${id}`
const noId = '0190c8f0-0000-7000-8000-000000000000'

const read: OfOne = {
  name: 'by its id',
  async one(ask, release) {
    const answer = await ask({ url: at(release) })
    if (answer.statusCode !== 200) return refusal(answer)
    const etag = String(answer.headers.etag)
    return { etag: release.etags.at(-1) === etag, document: answer.json() }
  },
  expected: (seen, release) =>
    seen.state === 'here' ? { etag: true, document: documentOf(release, seen.version) } : missing[seen.state],
}

const known: OfOne = {
  name: 'by HEAD with every ETag that it ever had',
  async one(ask, release) {
    const tags = [...release.etags, '"none"'].join(', ')
    const head = await ask({ url: at(release), method: 'HEAD', headers: { 'if-none-match': tags } })
    return [head.statusCode, head.payload, head.headers.etag === undefined]
  },
  expected: ({ state }) => [Number.parseInt(state === 'here' ? '304' : missing[state], 10), '', state !== 'here'],
}

const outdated: OfOne = {
  name: 'by its id with the ETags that it had before',
  of: ({ etags }) => etags.length > 1,
  async one(ask, release) {
    const answer = await ask({ url: at(release), headers: { 'if-none-match': release.etags.slice(0, -1).join(', ') } })
    return answer.statusCode === 200 ? '200' : refusal(answer)
  },
  expected: ({ state }) => (state === 'here' ? '200' : missing[state]),
}

export const findRelease: Outlet = { needs: 'releases:read', ways: [read, known, outdated] }

async function readFile(ask: Ask, release: Release, file: string) {
  const url = `${at(release)}/attachments/${file}`
  const whole = await ask({ url })
  if (whole.statusCode !== 200) {
    const others = [
      await ask({ url, headers: { range: 'bytes=0-9' } }),
      await ask({ url, headers: { 'if-none-match': '*' } }),
    ]
    const { statusCode, headers } = await ask({ url, method: 'HEAD' })
    const isSame = headers['content-length'] === whole.headers['content-length']
    return [refusal(whole), ...others.map(refusal), statusCode, isSame]
  }
  const part = await ask({ url, headers: { range: 'bytes=2-9' } })
  const same = await ask({ url, headers: { 'if-none-match': '*' } })
  return {
    sha256: createHash('sha256').update(whole.rawPayload).digest('hex'),
    isPart: part.statusCode === 206 && part.rawPayload.equals(whole.rawPayload.subarray(2, 10)),
    again: same.statusCode,
    name: whole.headers['content-disposition'],
  }
}

function expectedFile({ state, ...seen }: Seen, file: string) {
  const refused = (said: string) => [said, said, said, Number.parseInt(said, 10), true]
  if (state !== 'here') return refused(missing[state])
  const { version } = seen as Extract<Seen, { state: 'here' }>
  const files = (version.content.attachments ?? []) as { id: string; sha256: string }[]
  const approved = files.find(({ id }) => id === file)
  if (!approved) return refused('404 attachment_not_found')
  return { sha256: approved.sha256, isPart: true, again: 304, name: `attachment; filename="${file}.jpeg"` }
}

const approved: OfOne = {
  name: 'its file',
  of: ({ file }) => file !== undefined,
  one: (ask, release) => readFile(ask, release, release.file ?? noId),
  expected: (seen, release) => expectedFile(seen, release.file ?? noId),
}
const unapproved: OfOne = {
  name: 'a file of its report that was not approved',
  of: ({ unapproved }) => unapproved !== undefined,
  one: (ask, release) => readFile(ask, release, release.unapproved ?? noId),
  expected: (seen, release) => expectedFile(seen, release.unapproved ?? noId),
}
const foreign: OfOne = {
  name: 'a file of another release, or such as nobody has',
  async one(ask, release, { strange }) {
    const file = release.file === undefined ? strange.file : noId
    return refusal(await ask({ url: `${at(release)}/attachments/${file}` }))
  },
  expected: ({ state }) => (state === 'here' ? '404 attachment_not_found' : missing[state]),
}

export const readReleasedFile: Outlet = { needs: 'releases:read', ways: [approved, unapproved, foreign] }
export { noId }

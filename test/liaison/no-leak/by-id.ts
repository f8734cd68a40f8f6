import { createHash } from 'node:crypto'
import type { Ask } from './ask.ts'
import type { Release, Seen } from './model.ts'
import { missing, type OfOne, type Outlet, refusal } from './ways.ts'
import { documentOf, type World } from './world.ts'

const at = ({ id }: Pick<Release, 'id'>) => `/v1/releases/${id}`
const noId = '0190c8f0-0000-7000-8000-000000000000'

const read: OfOne = {
  name: 'by its id',
  async one(ask, release) {
    const answer = await ask({ url: at(release) })
    if (answer.statusCode !== 200) return refusal(answer)
    const etag = String(answer.headers.etag)
    return { etag: release.etags.at(-1) === etag, ...answer.json() }
  },
  expected: (seen, release) =>
    seen.state === 'here' ? { etag: true, ...documentOf(release, seen.version) } : missing[seen.state],
}

const known: OfOne = {
  name: 'by its id with every ETag that it ever had, with *, and with those that it had before',
  async one(ask, release) {
    const tags = [release.etags, ['*'], release.etags.slice(0, -1)].map((list) => list.join(', ') || '"none"')
    const answers = []
    for (const tag of tags) answers.push(await ask({ url: at(release), headers: { 'if-none-match': tag } }))
    return answers.map((answer) => (answer.statusCode < 400 ? `${answer.statusCode}` : refusal(answer)))
  },
  expected: ({ state }) => {
    const said = state === 'here' ? undefined : missing[state]
    return ['304', '304', '200'].map((status) => said ?? status)
  },
}

const head: OfOne = {
  name: 'HEAD',
  async one(ask, release) {
    const { statusCode, headers, payload } = await ask({ url: at(release), method: 'HEAD' })
    return [statusCode, payload, headers.etag === undefined]
  },
  expected: ({ state }) => [Number.parseInt(state === 'here' ? '200' : missing[state], 10), '', state !== 'here'],
}

export const findRelease: Outlet = { needs: 'releases:read', ways: [read, known, head] }

async function readFile(ask: Ask, release: Release, file: string) {
  const url = `${at(release)}/attachments/${file}`
  const whole = await ask({ url })
  if (whole.statusCode !== 200) {
    const others = [
      await ask({ url, headers: { range: 'bytes=0-9' } }),
      await ask({ url, headers: { 'if-none-match': '*' } }),
    ]
    const { statusCode } = await ask({ url, method: 'HEAD' })
    return [refusal(whole), ...others.map(refusal), statusCode]
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
  const refused = (said: string) => [said, said, said, Number.parseInt(said, 10)]
  if (state !== 'here') return refused(missing[state])
  const { version } = seen as Extract<Seen, { state: 'here' }>
  const files = (version.content.attachments ?? []) as { id: string; sha256: string }[]
  const approved = files.find(({ id }) => id === file)
  if (!approved) return refused('404 attachment_not_found')
  return { sha256: approved.sha256, isPart: true, again: 304, name: `attachment; filename="${file}.jpeg"` }
}

/** Its own file or else that of another release. */
const fileOf = (release: Release, { strange }: World) => release.file ?? strange.file
const approved: OfOne = {
  name: 'a file that was approved, of it or of another release',
  one: (ask, release, world) => readFile(ask, release, fileOf(release, world)),
  expected: (seen, release, _caller, world) => expectedFile(seen, fileOf(release, world)),
}
const unapproved: OfOne = {
  name: 'a file of its report that was not approved, or none',
  one: (ask, release) => readFile(ask, release, release.unapproved ?? noId),
  expected: (seen, release) => expectedFile(seen, release.unapproved ?? noId),
}

export const readReleasedFile: Outlet = { needs: 'releases:read', ways: [approved, unapproved] }
export { noId }

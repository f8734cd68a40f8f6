import t from 'tap'
import { startApi, testNow } from '../support/start-api.ts'
import { any, asAgency, change, plain, registerAgencies, release, verified } from './releases.ts'
import { release as putInForce } from './world.ts'

const minute = 60_000

t.test('a version is released after the one that it replaces, whatever the clock of a process says', async (t) => {
  const api = await startApi(t)
  await registerAgencies(api)
  const bssn = asAgency(api, 'bssn')
  const id = await verified(api)
  const made = await release(api, id)
  const read = async () => (await bssn.get(`/v1/releases/${made.id}`)).json()
  const behind = new Date(testNow.getTime() - 2_000)
  for (const version of [2, 3]) {
    const { releasedAt: before } = await read()
    api.time.now = behind
    const body = { ...plain, handling: version === 3 ? 'secret' : plain.handling }
    const next = await change(api, ['kendariSecret'], `/v1/releases/${made.id}/versions`, body, any)
    if (version === 3)
      await change(api, ['kendariSecret', 'b'], `/v1/releases/${made.id}/approve`, undefined, {
        'if-match': next.json().etag,
      })
    const after = await read()
    t.equal(after.version, version)
    t.ok(after.releasedAt > before, `${after.releasedAt} after ${before}`)
    t.equal(after.firstReleasedAt, made.publishedAt)
  }
})

t.test('a walk loses no change that says it is older than the walk, and came while it went on', async (t) => {
  const api = await startApi(t)
  await registerAgencies(api)
  const bssn = asAgency(api, 'bssn')
  const report = await verified(api)
  const to = { agencies: null, handling: 0 }
  const at = (minutes: number) => testNow.getTime() - minutes * minute
  const give = (subject: string, minutes: number, more = {}) =>
    putInForce(api, report, { ...to, ...more, releasedAt: at(minutes), content: { exercise: false, subject } })
  await give('Yang terbaru', 20)
  const second = await give('Yang berikutnya', 90)
  await give('Yang terakhir', 100)
  const page = async (cursor: string) => (await bssn.get(`/v1/releases?limit=1${cursor}`)).json()
  let { items, next } = await page('')
  // Its photos were copied for minutes, or the clock of that process is as much behind.
  await give('Yang dibetulkan', 8, { id: second, version: 2 })
  while (next !== null) {
    const more = await page(`&cursor=${next}`)
    items = [...items, ...more.items]
    next = more.next
  }
  t.same(
    items.map(({ content }: { content: { subject: string } }) => content.subject),
    ['Yang terbaru', 'Yang terakhir', 'Yang dibetulkan'],
  )
})

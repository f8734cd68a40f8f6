import type { Ask } from './ask.ts'
import { noId } from './by-id.ts'
import { forOffices } from './contract.ts'
import type { Outlet, Whole } from './ways.ts'
import type { World } from './world.ts'

/** The path with ids that exist, or with such as nobody has. */
function filled(path: string, { strange, releases }: World, exists: boolean): string {
  const release = releases.find(({ isRetracted }) => !isRetracted)?.id
  const ids: Record<string, string | undefined> = {
    attachmentId: strange.file,
    id: path.includes('releases/{id}') ? release : strange.report,
  }
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => (exists && ids[name]) || noId)
}

/** An agency that asks an office's operation is refused before anything is looked for: alike, whether what it names exists or not. */
const refused = ({ method, path }: (typeof forOffices)[number]): Whole => ({
  name: `${method} ${path}`,
  async whole(ask: Ask, world) {
    const headers = { 'if-match': '*', 'idempotency-key': 'no-leak-0000000000000001', 'break-glass': noId }
    const body = method === 'GET' || method === 'DELETE' ? {} : { body: { reason: 'Ingin tahu.' } }
    const answers = []
    for (const exists of [true, false]) {
      const request = ask({ url: filled(path, world, exists), method, headers, ...body })
      answers.push(await request.then(({ statusCode }) => statusCode).catch(({ status }) => status))
    }
    return answers
  },
  expected: ({ fault }) => (fault ? [401, 401] : [403, 403]),
})

/** What is for offices alone; `public`, since every way says by itself whom it refuses. */
export const ofOffices: Readonly<Record<string, Outlet>> = Object.fromEntries(
  forOffices.map((operation) => [operation.operationId, { needs: 'public', ways: [refused(operation)] }]),
)

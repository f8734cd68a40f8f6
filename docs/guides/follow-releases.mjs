import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createWaspada, filePositionStore, PositionGoneError } from 'waspada-client'

const [, , baseUrl, clientId, keyFile, folder] = process.argv
const privateKey = JSON.parse(await readFile(keyFile, 'utf8'))
const waspada = createWaspada({ baseUrl, credentials: { clientId, privateKey } })

const copies = `${folder}/copies`
await mkdir(copies, { recursive: true })
const store = filePositionStore(`${folder}/position`)

/** Makes our copy what the service says now. Done twice, it does no harm. */
async function renew(id) {
  const copy = `${copies}/${id}.json`
  const { data, error } = await waspada.GET('/v1/releases/{id}', { params: { path: { id } } })
  if (data) await writeFile(copy, JSON.stringify(data))
  else if (['release_retracted', 'release_not_found'].includes(error.code)) await rm(copy, { force: true })
  else throw new Error(error.detail)
}

/** Where the log has a gap for us: every copy that we hold, and every release that there is. */
async function renewAll() {
  const ids = new Set((await readdir(copies)).map((file) => file.replace('.json', '')))
  for await (const { id } of waspada.items('/v1/releases')) ids.add(id)
  for (const id of ids) await renew(id)
}

for (;;) {
  try {
    for await (const { sequence, type, subject } of waspada.events.follow({ store })) {
      if (type.startsWith('release.')) await renew(subject.id)
      console.log(sequence, type, subject.id)
    }
  } catch (error) {
    if (!(error instanceof PositionGoneError)) throw error
    await renewAll()
    await store.save(error.oldest)
    console.log('listed anew; on from', error.oldest)
  }
}

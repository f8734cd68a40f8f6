import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createClient } from '@hey-api/openapi-ts'
import t from 'tap'
import { tsImport } from 'tsx/esm/api'
import { submitReportExample } from '../../src/reports/examples.ts'
import { callers } from '../support/callers.ts'
import { startApi } from '../support/start-api.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

const contract = JSON.parse(await readFile(join(root, 'openapi/openapi.json'), 'utf8'))
const operationIds = Object.values<Record<string, { operationId: string }>>(contract.paths).flatMap((path) =>
  Object.values(path).map(({ operationId }) => operationId),
)
const operationsOf = (sdk: string) => [...sdk.matchAll(/^export const (\w+) = </gm)].map(([, name]) => name).sort()

/** What somebody would write on the generated client, who knows nothing else. */
const program = `
import { createClient, createConfig } from './client/index.ts'
import { findReport, submitReport } from './sdk.gen.ts'
import type { SubmitReport } from './types.gen.ts'

export async function postAndRead(baseUrl: string, token: string, body: SubmitReport) {
  const client = createClient(createConfig({ baseUrl, auth: token }))
  const posted = await submitReport({ client, body })
  if (!posted.data) return { refused: posted.error.code, faults: posted.error.errors ?? [] }
  const read = await findReport({ client, path: { id: posted.data.id } })
  const missing = await findReport({ client, path: { id: '0190c8f0-0000-7000-8000-000000000000' } })
  return { posted: posted.data, read: read.data, missing: missing.error?.code }
}
`

// The client's own runtime, which is the same for every contract, is not written for exactOptionalPropertyTypes.
const settings = {
  extends: join(root, 'tsconfig.json'),
  compilerOptions: { rootDir: '.', lib: ['ES2023', 'DOM', 'DOM.Iterable'], exactOptionalPropertyTypes: false },
  include: ['client'],
  exclude: [],
}

t.test('a second generator makes a client of the contract, which type-checks and drives the service', async (t) => {
  const folder = await mkdtemp(join(root, 'node_modules', '.second-generator-'))
  t.teardown(() => rm(folder, { recursive: true }))
  const client = join(folder, 'client')
  await createClient({
    input: join(root, 'openapi/openapi.json'),
    output: { path: client, module: { extension: '.ts' } },
    plugins: ['@hey-api/typescript', '@hey-api/sdk', '@hey-api/client-fetch'],
    logs: { level: 'silent' },
  })
  const sdk = await readFile(join(client, 'sdk.gen.ts'), 'utf8')
  t.same(
    operationsOf(sdk),
    operationIds.toSorted(),
    'every operation of the contract has its function, and no other is there',
  )
  await writeFile(join(client, 'program.ts'), program)
  await writeFile(join(folder, 'package.json'), '{"type":"module"}')
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(settings))
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  const checked = await promisify(execFile)(process.execPath, [tsc, '-p', folder]).catch((error) => error)
  t.equal(checked.stdout, '')

  const api = await startApi(t)
  const baseUrl = await api.app.listen({ host: '127.0.0.1', port: 0 })
  const { postAndRead } = await tsImport(join(client, 'program.ts'), import.meta.url)
  const token = await api.tokenOf(callers.kendari)
  const { posted, read, missing } = await postAndRead(baseUrl, token, submitReportExample)
  t.match(posted.classification.stages, [{ election: 'pilkada-2024', stage: 'masa_tenang' }])
  t.same(read, posted)
  t.equal(missing, 'report_not_found')
  const refused = await postAndRead(baseUrl, token, { ...submitReportExample, subject: 'x' })
  t.match(refused, { refused: 'body_invalid', faults: [{ pointer: '/subject' }] })
})

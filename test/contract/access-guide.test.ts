import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { createEmptyDatabase } from '../support/database.ts'
import { serveWaspada } from '../support/run-waspada.ts'

const guide = await readFile(new URL('../../docs/guides/access.md', import.meta.url), 'utf8')
const program = fileURLToPath(new URL('../../src/bin/waspada.ts', import.meta.url))
const called = 'waspada() { npm run --silent waspada -- "$@"; }'

/** The blocks of commands of the guide as one script, run as a reader would in a folder of their own. */
function script(address: string): string {
  const blocks = [...guide.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block]) => block)
  const text = ['set -euo pipefail', ...blocks].join('\n').replaceAll('http://localhost:3000', address)
  if (!text.includes(called)) throw new Error('The guide calls the program in another way')
  return text.replace(
    called,
    `waspada() { '${process.execPath}' --import '${import.meta.resolve('tsx')}' '${program}' "$@"; }`,
  )
}

t.test('the commands of the guide on access do what it says, in its order', async (t) => {
  const environment = { DATABASE_URL: await createEmptyDatabase(), WASPADA_DATA_DIR: t.testdir() }
  const service = await serveWaspada(environment)
  const address = service.address.replace('127.0.0.1', 'localhost')
  const { PATH = '', HOME = '' } = process.env
  const folder = `${environment.WASPADA_DATA_DIR}`
  const shell = spawn('bash', ['-c', script(address)], { cwd: folder, env: { PATH, HOME, ...environment } })
  const said = { out: '', err: '' }
  shell.stdout.on('data', (chunk) => {
    said.out += chunk
  })
  shell.stderr.on('data', (chunk) => {
    said.err += chunk
  })
  const [code] = await once(shell, 'close')
  t.equal(code, 0, `${said.err.slice(-2000)}\n${said.out.slice(-1000)}`)
  for (const expected of [
    '"clientId":"kemendagri-admin"',
    /^553$/m,
    '"disabled":true',
    'a revoked token: 401',
    '"action":"client.disabled"',
    /\d+ rows of the audit fit/,
    'restricted: 1825 days after receipt',
    '"clientId":"kesbangpol-74.71"',
    '"agency":"bssn"',
    'reports for an agency: 403',
  ])
    t.match(said.out, expected, String(expected))
  service.child.kill('SIGTERM')
  t.equal((await service.ended).code, 0)
})

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { createEmptyDatabase } from './database.ts'
import { compiled, serveWaspada } from './run-waspada.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const called = 'waspada() { npm run --silent waspada -- "$@"; }'

interface Place {
  teardown(end: () => Promise<void> | void): unknown
  testdir(): string
}

/** What the commands of a guide said and how they ended. */
export interface Said {
  code: number
  out: string
  err: string
}

/** The blocks of commands of a guide in `docs/guides`, in their order. @param fence `sh` for what is run */
export async function commandsOf(guide: string, fence = 'sh'): Promise<string[]> {
  const text = await readFile(`${root}docs/guides/${guide}`, 'utf8')
  return [...text.matchAll(new RegExp(`^\`\`\`(?:${fence})\\n(.*?)^\`\`\`$`, 'gms'))].map(
    ([, block]) => block as string,
  )
}

/**
 * Runs the commands of a guide as one script beside a service on an empty database, as a reader would.
 * @param folder where they are run: the folder of the data, or that of the repository
 */
export async function runGuide(t: Place, guide: string, folder: 'data' | 'repository'): Promise<Said> {
  const environment = { DATABASE_URL: await createEmptyDatabase(), WASPADA_DATA_DIR: t.testdir() }
  const service = await serveWaspada(environment)
  const { PATH = '', HOME = '' } = process.env
  const cwd = folder === 'data' ? environment.WASPADA_DATA_DIR : root
  const script = scriptOf(await commandsOf(guide), service.address.replace('127.0.0.1', 'localhost'))
  const shell = spawn('bash', ['-c', script], { cwd, env: { PATH, HOME, ...environment } })
  const said = { out: '', err: '' }
  shell.stdout.on('data', (chunk) => {
    said.out += chunk
  })
  shell.stderr.on('data', (chunk) => {
    said.err += chunk
  })
  const [code] = await once(shell, 'close')
  service.child.kill('SIGTERM')
  const { code: ended } = await service.ended
  if (ended !== 0) throw new Error(`The service ended with ${ended}`)
  return { code, ...said }
}

function scriptOf(blocks: readonly string[], address: string): string {
  const text = ['set -euo pipefail', ...blocks].join('\n').replaceAll('http://localhost:3000', address)
  if (!text.includes(called)) throw new Error('The guide calls the program in another way')
  return text.replace(
    called,
    `waspada() { '${process.execPath}' ${compiled.map((part) => `'${part}'`).join(' ')} "$@"; }`,
  )
}

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { createEmptyDatabase } from './database.ts'
import { compiled, freePort, serveWaspada } from './run-waspada.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const called = 'waspada() { npm run --silent waspada -- "$@"; }'
const asBuilt = 'waspada() { node dist/bin/waspada.js "$@"; }'

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
  const cwd = folder === 'data' ? environment.WASPADA_DATA_DIR : root
  const said = await runScript(t, scriptOf(await commandsOf(guide), service.address), { environment, cwd })
  service.child.kill('SIGTERM')
  const { code: ended } = await service.ended
  if (ended !== 0) throw new Error(`The service ended with ${ended}`)
  return said
}

/** As `runGuide`, for a guide that starts and stops the service itself. */
export async function runGuideThatServes(t: Place, guide: string): Promise<Said> {
  const port = await freePort()
  const environment = { DATABASE_URL: await createEmptyDatabase(), WASPADA_DATA_DIR: t.testdir(), PORT: String(port) }
  const script = scriptOf(await commandsOf(guide), `http://127.0.0.1:${port}`)
  return runScript(t, script, { environment, cwd: root })
}

async function runScript(
  t: Place,
  script: string,
  { environment, cwd }: { environment: Record<string, string>; cwd: string },
): Promise<Said> {
  const { PATH = '', HOME = '' } = process.env
  const shell = spawn('bash', ['-c', script], { cwd, env: { PATH, HOME, ...environment }, detached: true })
  const said = { out: '', err: '' }
  shell.stdout.on('data', (chunk) => {
    said.out += chunk
  })
  shell.stderr.on('data', (chunk) => {
    said.err += chunk
  })
  const closed = once(shell, 'close')
  // A script that broke off leaves running what it started.
  t.teardown(() => endGroup(shell))
  const [code] = await once(shell, 'exit')
  if (code !== 0) endGroup(shell)
  await closed
  return { code, ...said }
}

function endGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGTERM')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

function scriptOf(blocks: readonly string[], address: string): string {
  const reached = address.replace('127.0.0.1', 'localhost')
  const text = ['set -euo pipefail', ...blocks].join('\n').replaceAll('http://localhost:3000', reached)
  if (text.includes(asBuilt)) return text
  if (!text.includes(called)) throw new Error('The guide calls the program in another way')
  return text.replace(
    called,
    `waspada() { '${process.execPath}' ${compiled.map((part) => `'${part}'`).join(' ')} "$@"; }`,
  )
}

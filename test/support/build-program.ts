import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const settings = ['package.json', 'tsconfig.json', 'tsconfig.build.json', 'clients/typescript/tsconfig.json']
const note = join(root, 'dist', '.built-from')

/**
 * The program for those tests that start it as a process, unless it stands as it would be built. Types are the business of
 * `npm run check`.
 */
export async function buildProgram(): Promise<void> {
  const sources = await fingerprint()
  const hasClient = existsSync(join(root, 'clients/typescript/dist/index.js'))
  if (hasClient && (await readFile(note, 'utf8').catch(() => '')) === sources) return
  const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc')
  for (const project of ['clients/typescript', 'tsconfig.build.json']) {
    const [code] = await once(spawn(process.execPath, [compiler, '-p', project, '--noCheck'], { cwd: root }), 'exit')
    if (code !== 0) throw new Error('The sources do not compile: npm run build says why')
  }
  await writeFile(note, sources)
}

/** Of all that is built, and of what says how. */
async function fingerprint(): Promise<string> {
  const hash = createHash('sha256')
  for (const file of [...settings, ...(await sourcesIn('clients/typescript/src')), ...(await sourcesIn('src'))]) {
    const bytes = await readFile(join(root, file))
    hash.update(`${file} ${bytes.length}\n`).update(bytes)
  }
  return hash.digest('hex')
}

async function sourcesIn(folder: string): Promise<string[]> {
  const names = await readdir(join(root, folder), { recursive: true })
  return names
    .filter((name) => name.endsWith('.ts'))
    .sort()
    .map((name) => join(folder, name))
}

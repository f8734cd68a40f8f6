import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build, type Plugin, stop } from 'esbuild'

const root = fileURLToPath(new URL('../..', import.meta.url))
/** Within the repository, where the packages are found; a folder for each run, named by its process. */
const folder = join(root, '.tap', 'compiled')

export interface CompiledTests {
  /** What Node runs, by what a person wrote: `test/config.test.ts`. */
  programs: Map<string, string>
  remove(): Promise<void>
}

/**
 * The test files and all of ours that they stand on as JavaScript, compiled once: with a loader in each process, a file takes three times
 * as long to start.
 * @param named test files, or folders of them; all of them without any
 */
export async function compileTests(named: readonly string[]): Promise<CompiledTests> {
  await removeLeftovers()
  const files = await chosen(named)
  const outdir = join(folder, String(process.pid))
  await build({
    absWorkingDir: root,
    entryPoints: files,
    outdir,
    outbase: '.',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    keepNames: true,
    sourcemap: 'linked',
    conditions: ['waspada-source'],
    plugins: [oursOnly, whereTheSourceLies],
  })
  await stop()
  return {
    programs: new Map(files.map((file) => [file, join(outdir, file.replace(/ts$/, 'js'))])),
    remove: () => rm(outdir, { recursive: true, force: true }),
  }
}

/** The packages stay where they are, but for the client, which is ours. */
const oursOnly: Plugin = {
  name: 'ours-only',
  setup({ onResolve }) {
    onResolve({ filter: /^[^./]/ }, ({ kind, path }) =>
      kind === 'entry-point' || /^waspada-client(\/|$)/.test(path) ? undefined : { path, external: true },
    )
  },
}

/** Files beside a source are found from its own place, not from that of what it became. */
const whereTheSourceLies: Plugin = {
  name: 'where-the-source-lies',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8')
      return { contents: text.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href)), loader: 'ts' }
    })
  },
}

async function chosen(named: readonly string[]): Promise<string[]> {
  const all = (await readdir(join(root, 'test'), { recursive: true }))
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => join('test', name))
    .sort()
  if (named.length === 0) return all
  const asked = named.map((name) => {
    const path = relative(root, name)
    const files = all.filter((file) => file === path || file.startsWith(`${path}/`))
    if (files.length === 0) throw new Error(`${name} is no test file`)
    return files
  })
  return [...new Set(asked.flat())]
}

/** Of runs that were killed. */
async function removeLeftovers(): Promise<void> {
  await mkdir(folder, { recursive: true })
  const left = (await readdir(folder)).filter((pid) => !isRunning(Number(pid)))
  await Promise.all(left.map((pid) => rm(join(folder, pid), { recursive: true, force: true })))
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

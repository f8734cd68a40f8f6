import { execFile } from 'node:child_process'
import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import t from 'tap'
import { json, problem, scriptedServer } from './scripted-server.ts'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../..', import.meta.url))
const sources = join(root, 'clients', 'typescript')

/** The package as it is published, in a project of somebody else; what it depends on is linked, for nothing is fetched here. */
async function installed(folder: string): Promise<{ files: string[]; dependencies: string[] }> {
  const packed = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
    cwd: sources,
  })
  const [{ filename, files }] = JSON.parse(packed.stdout) as [{ filename: string; files: { path: string }[] }]
  const modules = join(folder, 'node_modules')
  await mkdir(join(modules, '@types'), { recursive: true })
  await run('tar', ['-xzf', join(folder, filename), '-C', modules])
  await cp(join(modules, 'package'), join(modules, 'waspada-client'), { recursive: true })
  const { dependencies } = JSON.parse(await readFile(join(modules, 'waspada-client', 'package.json'), 'utf8'))
  const names = [...Object.keys(dependencies), '@types/node']
  for (const name of names) await symlink(join(root, 'node_modules', name), join(modules, name))
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'kantor', type: 'module', private: true }))
  return { files: files.map(({ path }) => path), dependencies: Object.keys(dependencies) }
}

/** The programs of a document, as one that its reader would write. */
async function examplesOf(folder: string, name: string): Promise<string> {
  const text = await readFile(join(sources, `${name}.md`), 'utf8')
  const programs = [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, program]) => program)
  if (programs.length === 0) throw new Error(`${name}.md shows nothing`)
  await writeFile(join(folder, `${name}.ts`), programs.join('\n'))
  return `${name}.ts`
}

t.test('what an earlier build left is not published', async (t) => {
  // As npm runs it before it packs, up to the compiler: a copy, for other tests run what is compiled.
  const folder = t.testdir({ dist: { 'removed.js': 'left by an earlier build' } })
  const manifest = JSON.parse(await readFile(join(sources, 'package.json'), 'utf8'))
  const scripts = {
    ...manifest.scripts,
    build: 'node -e "fs.cpSync(process.env.BUILT, \'dist\', { recursive: true })"',
  }
  await writeFile(join(folder, 'package.json'), JSON.stringify({ ...manifest, scripts }))
  const env = { ...process.env, BUILT: join(sources, 'dist') }
  const { stdout } = await run('npm', ['pack', '--json', '--dry-run', '--silent'], { cwd: folder, env })
  const [{ files }] = JSON.parse(stdout) as [{ files: { path: string }[] }]
  const paths = files.map(({ path }) => path)
  t.ok(paths.includes('dist/index.js'))
  t.notOk(paths.includes('dist/removed.js'))
})

t.test('the package works in a project of somebody else, by plain Node and by their compiler', async (t) => {
  const folder = t.testdir()
  const { files, dependencies } = await installed(folder)
  const stray = files.filter(
    (path) => !/^(dist\/.*\.(js|d\.ts|js\.map)|package\.json|README(\.id)?\.md|LICENSE)$/.test(path),
  )
  t.same(stray, [])
  for (const needed of [
    'README.md',
    'README.id.md',
    'LICENSE',
    'dist/index.js',
    'dist/index.d.ts',
    'dist/contract.d.ts',
    'dist/outbox/index.js',
    'dist/outbox/index.d.ts',
    'dist/outbox/check-report.js',
  ])
    t.ok(files.includes(needed), needed)
  const imported = await Promise.all(
    files.filter((path) => path.endsWith('.js')).map((path) => readFile(join(sources, path), 'utf8')),
  )
  const foreign = imported.flatMap((text) => [...text.matchAll(/from '([^.'][^']*)'/g)].map(([, name]) => String(name)))
  const packages = foreign.map((name) => name.split('/', name.startsWith('@') ? 2 : 1).join('/'))
  const outside = packages.filter((name) => !name.startsWith('node:'))
  t.same(
    [...new Set(outside)].filter((name) => !dependencies.includes(name)),
    [],
    'it needs what it says and nothing of the service',
  )

  const { baseUrl } = await scriptedServer(t, [
    json(200, { items: [{ id: 'a' }], next: 'more' }),
    json(200, { items: [{ id: 'b' }], next: null }),
    problem(422, 'body_invalid'),
    json(200, { clientId: 'kendari', office: { code: '74.71', name: 'Kendari' } }),
    problem(422, 'body_invalid'),
  ])
  await cp(new URL('consumer', import.meta.url), folder, { recursive: true })
  const { stdout } = await run(process.execPath, ['run.mjs', baseUrl], { cwd: folder, env: {} })
  t.same(JSON.parse(stdout), {
    found: ['a', 'b'],
    problem: 'body_invalid',
    faults: 11,
    refused: ['body_invalid'],
  })

  const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc')
  const compilerOptions = { strict: true, noEmit: true, target: 'ES2023', module: 'NodeNext', types: ['node'] }
  const examples = await Promise.all(['README', 'README.id'].map((name) => examplesOf(folder, name)))
  const project = { compilerOptions, files: ['checked.ts', ...examples] }
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(project))
  const checked = await run(process.execPath, [compiler, '-p', folder]).catch((error) => error)
  t.equal(checked.stdout, '', 'its types resolve and are no any, and its documents are right')
})

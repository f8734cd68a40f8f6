import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { inspect } from 'node:util'
import { Parser, type Result } from 'tap-parser'
import { startTestCluster } from './cluster.ts'

/**
 * `npm test [files]`: one throw-away PostgreSQL for the whole run, a migrated template in it, then the test files through tap.
 * Prints a line for each file, what failed, and last `N passed, N failed`: every single assertion counts once.
 */
const counts = { passed: 0, failed: 0, skipped: 0 }

function follow(parser: Parser, path: string[]): void {
  let child: Parser | undefined
  parser.on('child', (nested: Parser) => {
    child = nested
    follow(nested, [...path, nested.name])
  })
  parser.on('assert', (result: Result) => {
    const closes = child !== undefined
    // The line that closes a subtest sums up what was counted, unless it broke off without a failed assertion of its own.
    if (!closes || (!result.ok && child?.results?.failures.length === 0)) tally(result, path)
    if (path.length === 0)
      console.log(`${result.ok ? 'ok    ' : 'NOT OK'} ${result.name} (${Math.round(result.time ?? 0)} ms)`)
    child = undefined
  })
  parser.on('bailout', (reason: string) => {
    counts.failed += 1
    console.log(`BAIL OUT ${reason}`)
  })
}

function tally(result: Result, path: string[]): void {
  if (result.skip) counts.skipped += 1
  else if (result.ok) counts.passed += 1
  else {
    counts.failed += 1
    console.log(`FAILED ${[...path, result.name].join(' > ')}\n${inspect(result.diag, { depth: 6, colors: false })}`)
  }
}

const manifest = createRequire(import.meta.url).resolve('tap/package.json')
const program = join(dirname(manifest), 'dist', 'esm', 'run.mjs')

/** tap as `.taprc` wants it. It would build itself anew in the run as well, and give the test files of that run its old plugins. */
async function buildTap(): Promise<void> {
  const built = await readFile(createRequire(manifest).resolve('@tapjs/test/test-built'), 'utf8')
  if (!built.includes('@tapjs/typescript')) return
  const [code] = await once(
    spawn(process.execPath, [program, 'build'], { stdio: ['ignore', 'ignore', 'inherit'] }),
    'exit',
  )
  if (code !== 0) throw new Error(`tap build ended with ${code}`)
}

async function runTap(environment: Record<string, string>): Promise<number> {
  const args = [program, 'run', '--reporter=tap', ...process.argv.slice(2)]
  const tap = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...environment },
  })
  const parser = new Parser()
  follow(parser, [])
  tap.stdout.pipe(parser)
  const [[code]] = await Promise.all([once(tap, 'exit'), once(parser, 'complete')])
  return code ?? 1
}

/** The program for those tests that start it as a process. Types are the business of `npm run check`. */
async function build(): Promise<void> {
  const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc')
  for (const project of ['clients/typescript', 'tsconfig.build.json']) {
    const [code] = await once(spawn(process.execPath, [compiler, '-p', project, '--noCheck']), 'exit')
    if (code !== 0) throw new Error('The sources do not compile: npm run build says why')
  }
}

const { DATABASE_URL, PG_BIN_DIR } = process.env
const [cluster] = await Promise.all([startTestCluster(DATABASE_URL, PG_BIN_DIR), build(), buildTap()])
try {
  const code = await runTap(cluster.environment)
  // A run that ended badly must not look clean, whatever was counted.
  if (code !== 0 && counts.failed === 0) counts.failed = 1
  process.exitCode = counts.failed > 0 || counts.passed === 0 ? 1 : 0
} finally {
  await cluster.close()
}
console.log(
  `${counts.passed} passed, ${counts.failed} failed${counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''}`,
)

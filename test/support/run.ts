import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { inspect } from 'node:util'
import { type FinalResults, Parser, type Result } from 'tap-parser'
import { buildProgram } from './build-program.ts'
import { startTestCluster } from './cluster.ts'
import { compileTests } from './compile-tests.ts'

/**
 * `npm test [files]`: one throw-away PostgreSQL for the whole run, a migrated template in it, then each test file in a process of its own.
 * Prints a line for each file, what failed, and last `N passed, N failed`: every single assertion counts once.
 */
const counts = { passed: 0, failed: 0, skipped: 0 }

const jobs = 2
/** tap ends a file that takes longer, and says what it waits for; one that does not let itself be ended is killed a little later. */
const longest = { seconds: 600, killed: 630 }

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
    child = undefined
  })
}

function tally(result: Result, path: string[]): void {
  if (result.skip) counts.skipped += 1
  else if (result.ok) counts.passed += 1
  else fail([...path, result.name].join(' > '), result.diag)
}

function fail(what: string, diagnosis: unknown): void {
  counts.failed += 1
  console.log(`FAILED ${what}\n${inspect(diagnosis, { depth: 6, colors: false })}`)
}

async function runFile(file: string, program: string, environment: Record<string, string>): Promise<void> {
  const began = performance.now()
  const test = spawn(process.execPath, ['--enable-source-maps', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...environment, TAP_TIMEOUT: String(longest.seconds) },
    timeout: longest.killed * 1000,
    killSignal: 'SIGKILL',
  })
  const parser = new Parser()
  follow(parser, [file])
  // What a test writes that is no assertion: the log that was asked for.
  parser.on('extra', (text: string) => process.stdout.write(text))
  test.stdout.pipe(parser)
  const [[code, signal], [results]] = (await Promise.all([once(test, 'exit'), once(parser, 'complete')])) as [
    [number | null, NodeJS.Signals | null],
    [FinalResults],
  ]
  // A file that broke off must not look clean, whatever was counted.
  const isComplete = results.ok && code === 0
  if (!isComplete && results.failures.every(({ tapError }) => tapError)) fail(file, { code, signal, ...results })
  console.log(`${isComplete ? 'ok    ' : 'NOT OK'} ${file} (${Math.round(performance.now() - began)} ms)`)
}

const { DATABASE_URL, PG_BIN_DIR } = process.env
const tests = await compileTests(process.argv.slice(2))
try {
  const [cluster] = await Promise.all([startTestCluster(DATABASE_URL, PG_BIN_DIR), buildProgram()])
  try {
    // From the end: the longest files lie there, and none of them is left to run alone.
    const queue = [...tests.programs].reverse().values()
    const work = async () => {
      for (const [file, program] of queue) await runFile(file, program, cluster.environment)
    }
    await Promise.all(Array.from({ length: jobs }, work))
  } finally {
    await cluster.close()
  }
} finally {
  await tests.remove()
}
process.exitCode = counts.failed > 0 || counts.passed === 0 ? 1 : 0
console.log(
  `${counts.passed} passed, ${counts.failed} failed${counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''}`,
)

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { Parser } from 'tap-parser'
import { startTestCluster } from './cluster.ts'

/** `npm test`: one throw-away PostgreSQL for the whole run, a migrated template in it, then every test file through tap. */
const results = join('.tap', 'results.tap')

interface Counts {
  passed: number
  failed: number
}

/** Every single assertion counts once; a file that broke off counts as failed. */
async function count(): Promise<Counts> {
  const counts: Counts = { passed: 0, failed: 0 }
  const follow = (parser: Parser) => {
    let inside = false
    parser.on('child', (child: Parser) => {
      inside = true
      follow(child)
    })
    parser.on('assert', ({ ok }: { ok: boolean }) => {
      // The line that closes a subtest sums up what has been counted, unless the subtest itself broke off.
      if (!inside) counts[ok ? 'passed' : 'failed'] += 1
      inside = false
    })
  }
  const parser = new Parser()
  follow(parser)
  parser.end(await readFile(results, 'utf8'))
  return counts
}

async function runTap(environment: Record<string, string>): Promise<number> {
  const manifest = createRequire(import.meta.url).resolve('tap/package.json')
  const program = join(dirname(manifest), 'dist', 'esm', 'run.mjs')
  const given = process.argv.slice(2)
  const args = [program, 'run', '--reporter=terse', `--output-file=${results}`, ...given]
  const tap = spawn(process.execPath, args, { stdio: 'inherit', env: { ...process.env, ...environment } })
  const [code] = await once(tap, 'exit')
  return code ?? 1
}

await mkdir('.tap', { recursive: true })
const cluster = await startTestCluster(process.env.DATABASE_URL, process.env.WASPADA_PG_BIN_DIR)
try {
  const code = await runTap(cluster.environment)
  const { passed, failed } = await count()
  console.log(`${passed} passed, ${code !== 0 && failed === 0 ? 1 : failed} failed`)
  process.exitCode = code
} finally {
  await cluster.close()
}

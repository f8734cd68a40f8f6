import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

/** Waspada as production runs it, compiled and in a process of its own. */
export interface Service {
  /** Such as `http://127.0.0.1:34567`. */
  address: string
  pid: number
  process: ChildProcess
  stop(): Promise<void>
}

const startTime = 60_000

interface ServiceOptions {
  databaseUrl: string
  dataDir: string
  profile?: string | undefined
  /** More arguments to Node.js; the process is then one that can be sent messages. */
  nodeArguments?: readonly string[]
  /** The compiled program. */
  program?: string
}

/** @throws when the service does not come up; run `npm run build` first */
export async function startService({
  databaseUrl,
  dataDir,
  profile,
  nodeArguments = [],
  program = 'dist/bin/waspada.js',
}: ServiceOptions): Promise<Service> {
  const profiling = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`]
  const env = {
    ...process.env,
    PORT: '0',
    HOST: '127.0.0.1',
    DATABASE_URL: databaseUrl,
    WASPADA_DATA_DIR: dataDir,
    NODE_ENV: 'production',
    // What is measured is how fast or how right answers are: no client of ours is to wait.
    WASPADA_RATE_LIMIT: '0',
    WASPADA_RATE_LIMIT_UNAUTHENTICATED: '0',
  }
  // Log lines are written, as in production, and go nowhere.
  const child = spawn(process.execPath, [...profiling, ...nodeArguments, program, 'serve'], {
    env,
    stdio: ['ignore', 'pipe', 'ignore', ...(nodeArguments.length > 0 ? (['ipc'] as const) : [])],
  })
  const address = await addressOf(child)
  return { address, pid: child.pid ?? 0, process: child, stop: () => stop(child) }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  child.kill('SIGTERM')
  await once(child, 'exit')
}

function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('The service did not start in time')), startTime)
    child.once('exit', (code) =>
      reject(new Error(`The service ended with ${code}; is it built, and is DATABASE_URL fit for production?`)),
    )
    let said = ''
    child.stdout?.on('data', (chunk) => {
      said += chunk
      const address = /serves at (http:\S+)/.exec(said)?.[1]
      if (!address) return
      clearTimeout(timer)
      resolve(address)
    })
  })
}

import { spawn } from 'node:child_process'

/** Milliseconds that a scan may take. */
const longest = 60_000
/** Scanners of this process at once: each may take a gigabyte of memory. What comes in between is scanned by the job. */
const mostAtOnce = 2

export type Verdict = 'clean' | 'infected' | 'unknown'

/** The scanner could not be run, or came to no verdict. */
export class ScanFailed extends Error {
  /** What it ended with: an exit code, a signal, or why it did not begin. */
  readonly code: string

  constructor(code: string) {
    super('The scanner gave no verdict')
    this.code = code
  }
}

/** The program that looks for harmful content, as the operator named it. */
export class Scanner {
  readonly #program: string
  readonly #parameters: readonly string[]
  readonly #limit: number
  #running = 0

  /** @param command the program and its first arguments; the path of the file comes last, and no shell reads it */
  constructor(command: readonly string[], { limit = longest }: { limit?: number } = {}) {
    const [program = '', ...parameters] = command
    this.#program = program
    this.#parameters = parameters
    this.#limit = limit
  }

  /**
   * By the exit code: 0 is clean, 1 infected. Unknown only while too many are scanned.
   * @throws ScanFailed
   */
  async scan(path: string): Promise<Verdict> {
    if (this.#running >= mostAtOnce) return 'unknown'
    this.#running += 1
    try {
      const end = await this.#run(path)
      if (end === 'exit_0') return 'clean'
      if (end === 'exit_1') return 'infected'
      throw new ScanFailed(end)
    } finally {
      this.#running -= 1
    }
  }

  /** The scanner gets none of our settings: passwords are among them. */
  #run(path: string): Promise<string> {
    return new Promise((resolve) => {
      const child = spawn(this.#program, [...this.#parameters, path], {
        stdio: 'ignore',
        env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C.UTF-8' },
      })
      // Node's own limit goes on where the program could not be started, and keeps the process from ending.
      const timer = setTimeout(() => child.kill('SIGKILL'), this.#limit)
      const end = (how: string) => {
        clearTimeout(timer)
        resolve(how)
      }
      child.once('error', (error: NodeJS.ErrnoException) => end(error.code ?? 'error'))
      child.once('exit', (code, signal) => end(signal ?? `exit_${code}`))
    })
  }
}

import { spawn } from 'node:child_process'

/** Milliseconds that a scan may take. */
const longest = 60_000
/** Scanners of this process at once: each may take a gigabyte of memory. What comes in between is scanned by the job. */
const mostAtOnce = 2

export type Verdict = 'clean' | 'infected' | 'unknown'

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

  /** By the exit code: 0 is clean, 1 infected; whatever else happens, nothing is known. */
  async scan(path: string): Promise<Verdict> {
    if (this.#running >= mostAtOnce) return 'unknown'
    this.#running += 1
    try {
      const code = await this.#run(path)
      return code === 0 ? 'clean' : code === 1 ? 'infected' : 'unknown'
    } finally {
      this.#running -= 1
    }
  }

  /** The scanner gets none of our settings: passwords are among them. */
  #run(path: string): Promise<number | null> {
    return new Promise((resolve) => {
      const child = spawn(this.#program, [...this.#parameters, path], {
        stdio: 'ignore',
        env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C.UTF-8' },
        timeout: this.#limit,
        killSignal: 'SIGKILL',
      })
      child.once('error', () => resolve(null))
      child.once('exit', resolve)
    })
  }
}

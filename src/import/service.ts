import { setTimeout } from 'node:timers/promises'
import { type TokenSource, TokenUnavailable } from './tokens.ts'
import { worthAnother } from './worth-another.ts'

/** What became of one line of a batch, as the service answers it. */
export interface LineResult {
  result: 'created' | 'replayed' | 'valid' | 'invalid' | 'conflict' | 'failed'
  clientReference: string | null
  problem?: { code: string; detail: string; errors?: { pointer?: string; detail: string }[] }
}

export interface ServiceOptions {
  url: string
  tokens: TokenSource
  language: string
  /** How often a request is made before it is given up. */
  attempts: number
  /** Told of each wait, in seconds. */
  waiting?: (reason: string, seconds: number) => void
}

const answerTime = 120_000
const longestWait = 60

/** The service as an office reaches it: over lines that break. What is sent is safe to send again. */
export class Service {
  readonly #options: ServiceOptions

  constructor(options: ServiceOptions) {
    this.#options = options
  }

  /** Code of the office that the token is for. @throws when it is for none, or may not post */
  async office(): Promise<string> {
    const answer = await this.#request('/v1/me', { method: 'GET' })
    const { office, scopes = [] } = (await answer.json()) as { office?: { code: string } | null; scopes?: string[] }
    if (!office || !scopes.includes('reports:submit'))
      throw new Error('The token is not for an office that may post reports')
    return office.code
  }

  /** Sends lines, again and again until each is answered for good. */
  async submit(lines: readonly string[], dryRun: boolean): Promise<LineResult[]> {
    const body = `${lines.join('\n')}\n`
    const headers = { 'content-type': 'application/x-ndjson' }
    for (let attempt = 1; ; attempt += 1) {
      const answer = await this.#request(`/v1/reports/batch?dryRun=${dryRun}`, { method: 'POST', headers, body })
      const { items } = (await answer.json()) as { items: LineResult[] }
      if (items.length !== lines.length) throw new Error(`${lines.length} rows were sent, and ${items.length} answered`)
      if (attempt >= this.#options.attempts || !items.some(({ result }) => result === 'failed')) return items
      await this.#wait('the service failed on some rows', attempt)
    }
  }

  async #request(path: string, init: RequestInit): Promise<Response> {
    const { attempts } = this.#options
    let renew = false
    for (let attempt = 1; ; attempt += 1) {
      const answer = await this.#attempt(path, init, renew)
      if (answer instanceof Response) {
        if (answer.ok) return answer
        const renewed = renew
        renew = answer.status === 401
        if (!worthAnother.has(answer.status) && (!renew || renewed)) throw new Error(await refusalOf(answer))
        if (attempt >= attempts) throw new Error(`Given up after ${attempts} attempts: ${await refusalOf(answer)}`)
        const said = Number(answer.headers.get('retry-after') ?? Number.NaN)
        await answer.body?.cancel()
        if (!renew) await this.#wait(`the service answers ${answer.status}`, attempt, said)
      } else {
        if (attempt >= attempts) throw new Error(`Given up after ${attempts} attempts`, { cause: answer })
        await this.#wait(`${this.#options.url} cannot be reached`, attempt)
      }
    }
  }

  /** @returns the answer, or what kept it from coming */
  async #attempt(path: string, init: RequestInit, renew: boolean): Promise<Response | Error> {
    const { url, tokens, language } = this.#options
    try {
      const authorization = `Bearer ${await tokens.token(renew)}`
      const headers = { ...init.headers, authorization, 'accept-language': language }
      const answer = await fetch(`${url}${path}`, { ...init, headers, signal: AbortSignal.timeout(answerTime) })
      // A line that breaks in the middle of an answer is a broken line as well.
      return new Response(await answer.arrayBuffer(), answer)
    } catch (error) {
      if (isBrokenLine(error)) return error as Error
      throw error
    }
  }

  /** Twice as long each time, and never as long as another that failed at the same moment. */
  async #wait(reason: string, attempt: number, said = Number.NaN): Promise<void> {
    const ours = Math.min(longestWait, 2 ** (attempt - 1)) * (0.5 + Math.random() / 2)
    const seconds = Number.isFinite(said) ? Math.max(said, 0) + Math.random() / 2 : ours
    this.#options.waiting?.(reason, seconds)
    await setTimeout(seconds * 1000)
  }
}

/** `fetch` says of all that happens to a line that it is a TypeError. */
function isBrokenLine(error: unknown): boolean {
  if (error instanceof TokenUnavailable) return true
  return error instanceof TypeError || (error as Error).name === 'TimeoutError'
}

async function refusalOf(answer: Response): Promise<string> {
  const text = await answer.text()
  try {
    const { title, detail } = JSON.parse(text) as { title?: string; detail?: string }
    return `${answer.status} ${[title, detail].filter(Boolean).join(': ')}`
  } catch {
    return `${answer.status}`
  }
}

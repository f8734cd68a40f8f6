import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
/** As `npm run build` leaves it, which the run does at its start: it loads in half the time that the sources take. */
export const compiled = [fileURLToPath(new URL('../../dist/bin/waspada.js', import.meta.url))]

/** As `npm start` has it. */
export const fromSources = [
  '--conditions=waspada-source',
  '--import',
  'tsx',
  fileURLToPath(new URL('../../src/bin/waspada.ts', import.meta.url)),
]

export interface Ran {
  code: number | null
  stdout: string
  stderr: string
}

/** The command line as a person runs it, with nothing of this process's environment but the path. */
export function startWaspada(
  args: string[],
  environment: Record<string, string>,
  program: readonly string[] = compiled,
): { child: ChildProcess; ended: Promise<Ran>; output: () => string } {
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(process.execPath, [...program, ...args], {
    cwd: root,
    env: { PATH, HOME, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const text = { stdout: '', stderr: '' }
  child.stdout?.on('data', (chunk) => {
    text.stdout += chunk
  })
  child.stderr?.on('data', (chunk) => {
    text.stderr += chunk
  })
  const ended = once(child, 'close').then(([code]) => ({ code, ...text }))
  return { child, ended, output: () => text.stdout + text.stderr }
}

export async function runWaspada(args: string[], environment: Record<string, string>): Promise<Ran> {
  return startWaspada(args, environment).ended
}

/** A service, once it is ready; its address comes from what it prints. */
export async function serveWaspada(environment: Record<string, string>, program = compiled) {
  const port = await freePort()
  const service = startWaspada(['serve'], { ...environment, PORT: String(port) }, program)
  const address = `http://127.0.0.1:${port}`
  const died = service.ended.then((ran) => {
    throw new Error(`The service ended: ${JSON.stringify(ran)}`)
  })
  died.catch(() => {})
  await Promise.race([died, untilReady(`${address}/readyz`)])
  return { ...service, address }
}

async function untilReady(url: string): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    const answer = await fetch(url).catch(() => undefined)
    if (answer?.status === 200) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`${url} did not answer`)
}

/** A port on which nothing listens. */
export async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('No port')
  return address.port
}

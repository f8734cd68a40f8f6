import { AsyncLocalStorage } from 'node:async_hooks'
import { CommanderError } from 'commander'
import { EndedWith } from '../../src/bin/ended-with.ts'
import { waspada } from '../../src/bin/program.ts'
import type { Ran } from './run-waspada.ts'

type Output = Pick<Ran, 'stdout' | 'stderr'>

/** What a command writes is its own; what the test writes meanwhile goes where it went before. */
const running = new AsyncLocalStorage<Output>()

for (const name of ['stdout', 'stderr'] as const) {
  const stream = process[name]
  const write = stream.write.bind(stream) as (...args: unknown[]) => boolean
  stream.write = ((...args: unknown[]) => {
    const output = running.getStore()
    if (!output) return write(...args)
    output[name] += String(args[0])
    return true
  }) as typeof stream.write
}

/** The command line within this process: many times as fast as `runWaspada`. One at a time, since the environment is shared. */
export async function runCommand(args: string[], environment: Record<string, string>): Promise<Ran> {
  Object.assign(process.env, environment)
  const output: Output = { stdout: '', stderr: '' }
  const code = await running.run(output, () => exitCodeOf(args, output))
  return { code, ...output }
}

async function exitCodeOf(args: string[], output: Output): Promise<number> {
  try {
    const program = await waspada(args)
    await program.parseAsync(args, { from: 'user' })
    return 0
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    output.stderr += `waspada: ${(error as Error).message}\n`
    return error instanceof EndedWith ? error.exitCode : 1
  }
}

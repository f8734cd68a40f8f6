#!/usr/bin/env node
import { CommanderError } from 'commander'
import { ConfigError } from '../config-error.ts'
import { EndedWith } from './ended-with.ts'
import { waspada } from './program.ts'

// Whoever reads the output may have had enough of it, as `head` does.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit(0)
})

/** Exit codes: 0 done, 1 it failed, 2 it was called wrongly (arguments or environment), 3 reports were refused. */
try {
  const args = process.argv.slice(2)
  const program = await waspada(args)
  await program.parseAsync(args, { from: 'user' })
} catch (error) {
  process.exitCode = exitCodeOf(error)
}

function exitCodeOf(error: unknown): number {
  // Commander has said already what was wrong, or has shown the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  process.stderr.write(`waspada: ${describe(error)}\n`)
  if (error instanceof EndedWith) return error.exitCode
  return error instanceof ConfigError ? 2 : 1
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  // Several addresses refused at once come as an AggregateError without a message of its own.
  const message =
    error.message || (error instanceof AggregateError ? error.errors.map(describe).join('; ') : error.name)
  return error.cause ? `${message} (${describe(error.cause)})` : message
}

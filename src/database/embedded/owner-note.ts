import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { handOver } from './account.ts'
import { absent, type Home } from './home.ts'
import { isAlive } from './processes.ts'

/**
 * A note of the service process that owns the running server, removed when that service stops it. Found without a
 * server it means the last service was killed; a server whose owner is gone is about to be stopped by its watchdog.
 */
export async function writeOwnerNote(home: Home): Promise<void> {
  await writeFile(noteOf(home), `${process.pid}\n`)
  await handOver(home.account, noteOf(home))
}

export async function removeOwnerNote(home: Home): Promise<void> {
  await rm(noteOf(home), { force: true })
}

export async function hasOwnerNote(home: Home): Promise<boolean> {
  return (await readOwner(home)) !== null
}

export async function ownerIsAlive(home: Home): Promise<boolean> {
  const owner = await readOwner(home)
  return owner !== null && (await isAlive(owner))
}

async function readOwner(home: Home): Promise<number | null> {
  const text = await readFile(noteOf(home), 'utf8').catch(absent)
  return text === null ? null : Number.parseInt(text, 10) || null
}

function noteOf(home: Home): string {
  return join(home.folder, 'postgres-owner')
}

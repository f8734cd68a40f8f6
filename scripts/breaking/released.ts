import { readdir, readFile } from 'node:fs/promises'
import type { Json } from './break.ts'
import type { AllowedBreak } from './judge.ts'
import { versionOf } from './judge.ts'

export const contractFile = new URL('../../openapi/openapi.json', import.meta.url)
export const releasedFolder = new URL('../../openapi/released/', import.meta.url)
export const allowedFile = new URL('allowed-breaks.json', releasedFolder)

export function releasedFile(version: string): URL {
  return new URL(`openapi-${version}.json`, releasedFolder)
}

export async function readContract(file: URL): Promise<{ text: string; version: string; document: Json }> {
  const text = await readFile(file, 'utf8')
  const document = JSON.parse(text) as Json & { info: { version: string } }
  return { text, version: document.info.version, document }
}

/** The version of the last released contract; undefined before the first. */
export async function lastReleased(): Promise<string | undefined> {
  const names = await readdir(releasedFolder)
  const versions = names.flatMap((name) => /^openapi-(\d+\.\d+\.\d+)\.json$/.exec(name)?.[1] ?? [])
  return versions.sort((a, b) => versionOf(a).order - versionOf(b).order).at(-1)
}

export async function readAllowed(): Promise<AllowedBreak[]> {
  return JSON.parse(await readFile(allowedFile, 'utf8'))
}

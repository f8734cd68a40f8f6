import { randomBytes } from 'node:crypto'
import { chown, link, mkdir, readFile, rename, stat, unlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose'
import { z } from 'zod'

export const builtInAlgorithm = 'ES256' as const

const PublicJwk = z.strictObject({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  kid: z.string().min(1),
  x: z.base64url(),
  y: z.base64url(),
})
const PrivateJwk = PublicJwk.extend({ d: z.base64url() })
export type PublicJwk = z.output<typeof PublicJwk>
export type PrivateJwk = z.output<typeof PrivateJwk>

const Cursor = z.base64url().refine((text) => Buffer.from(text, 'base64url').length === 32)

/** What `keys.json` holds. */
const StoredKeys = z.strictObject({
  /** Published already, and signs after the next rotation: whoever keeps the key set for a while knows it by then. */
  next: PrivateJwk,
  current: PrivateJwk,
  /** Signed before, and are believed until the last token of theirs has ended. */
  previous: z.array(z.strictObject({ key: PublicJwk, until: z.iso.datetime() })),
  cursorKey: Cursor,
})
export type StoredKeys = z.output<typeof StoredKeys>

/** As written before there was a rotation: one key that signs. */
const OneKey = z.strictObject({ signing: PrivateJwk, cursorKey: Cursor })

export function keyFileOf(dataDir: string): string {
  return join(dataDir, 'keys', 'keys.json')
}

/** The keys of the file, made or brought to today's form where needed. Processes that start together end with the same ones. */
export async function openKeyFile(file: string): Promise<StoredKeys> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  await makeWhereMissing(file)
  const stored = JSON.parse(await readFile(file, 'utf8'))
  const old = OneKey.safeParse(stored)
  if (!old.success) return StoredKeys.parse(stored)
  const { signing: current, cursorKey } = old.data
  await replaceKeyFile(file, { next: await newKey(), current, previous: [], cursorKey })
  // Another process may have done the same a moment later: what is in the file counts.
  return readKeyFile(file)
}

export async function readKeyFile(file: string): Promise<StoredKeys> {
  return StoredKeys.parse(JSON.parse(await readFile(file, 'utf8')))
}

export async function newKey(): Promise<PrivateJwk> {
  const pair = await generateKeyPair(builtInAlgorithm, { extractable: true })
  const jwk = await exportJWK(pair.privateKey)
  return PrivateJwk.parse({ ...jwk, kid: await calculateJwkThumbprint(jwk) })
}

export function publicHalf({ d: _private, ...shared }: PrivateJwk): PublicJwk {
  return shared
}

/** Puts new keys in the place of those there are: a reader sees the ones or the others, whole. */
export async function replaceKeyFile(file: string, keys: StoredKeys): Promise<void> {
  const draft = await writeDraft(file, keys)
  // An administrator may be another account than the service, which must be able to read on.
  const { uid, gid } = await stat(file)
  if (process.getuid?.() === 0) await chown(draft, uid, gid)
  await rename(draft, file)
}

async function makeWhereMissing(file: string): Promise<void> {
  if (await isThere(file)) return
  const cursorKey = randomBytes(32).toString('base64url')
  const draft = await writeDraft(file, { next: await newKey(), current: await newKey(), previous: [], cursorKey })
  try {
    // A link appears whole or not at all, and never replaces what another process put there first.
    await link(draft, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    await unlink(draft)
  }
}

async function writeDraft(file: string, keys: StoredKeys): Promise<string> {
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`
  await writeFile(draft, JSON.stringify(keys), { mode: 0o600, flush: true })
  return draft
}

async function isThere(file: string): Promise<boolean> {
  try {
    await stat(file)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
}

import { randomBytes } from 'node:crypto'
import { link, mkdir, readFile, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose'
import { z } from 'zod'

export const builtInAlgorithm = 'ES256'

const Stored = z.object({
  signing: z.looseObject({
    kty: z.literal('EC'),
    crv: z.literal('P-256'),
    kid: z.string(),
    d: z.string(),
    x: z.string(),
    y: z.string(),
  }),
  cursorKey: z.base64url(),
})

/** The secrets of an installation. They are kept with its data, readable by its account alone, and never leave it. */
export interface Keys {
  /** Private key of the built-in issuer (ES256). */
  signing: JWK & { kid: string }
  /** 32 bytes that seal cursors. */
  cursorKey: Uint8Array
}

/** The keys of a data folder, made at first use. Two processes that start together end with the same ones. */
export async function openKeys(dataDir: string): Promise<Keys> {
  const folder = join(dataDir, 'keys')
  const file = join(folder, 'keys.json')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const text = (await readIfThere(file)) ?? (await makeKeys(file))
  const { signing, cursorKey } = Stored.parse(JSON.parse(text))
  return { signing, cursorKey: Buffer.from(cursorKey, 'base64url') }
}

/** The public half, as a key set. */
export function publicKeys({ signing }: Keys): { keys: JWK[] } {
  const { d: _private, ...shared } = signing
  return { keys: [{ ...shared, alg: builtInAlgorithm, use: 'sig' }] }
}

async function makeKeys(file: string): Promise<string> {
  const pair = await generateKeyPair(builtInAlgorithm, { extractable: true })
  const jwk = await exportJWK(pair.privateKey)
  const signing = { ...jwk, kid: await calculateJwkThumbprint(jwk) }
  const text = JSON.stringify({ signing, cursorKey: randomBytes(32).toString('base64url') })
  const draft = `${file}.${process.pid}`
  await writeFile(draft, text, { mode: 0o600, flush: true })
  try {
    // A link appears whole or not at all, and never replaces what another process put there first.
    await link(draft, file)
    return text
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    return readFile(file, 'utf8')
  } finally {
    await unlink(draft)
  }
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

import { open, unlink } from 'node:fs/promises'
import type { ClientWithSecret } from '../clients/add-client.ts'
import { noteOn } from './credentials-note.ts'

/** Writes a secret into a new file for this account alone, and onto the disk. @throws when the file is there already */
export async function writeSecretFile(file: string, text: string): Promise<void> {
  const handle = await openSecretFile(file)
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Where the secret of a client goes. */
export interface Handing {
  secretFile?: string
  /** For a note that names the client as well. */
  credentialsFile?: string
}

/**
 * Hands out the one secret that `work` makes: on standard output, or in a new file that is opened before the work begins, so
 * that no secret is made for which there is no place.
 */
export async function handOut(
  { secretFile, credentialsFile }: Handing,
  work: () => Promise<ClientWithSecret>,
): Promise<void> {
  const file = credentialsFile ?? secretFile
  if (file === undefined) {
    const { secret } = await work()
    if (secret !== null) process.stdout.write(`${secret}\n`)
    return
  }
  const handle = await openSecretFile(file)
  let made: ClientWithSecret | undefined
  try {
    made = await work()
    await handle.writeFile(credentialsFile === undefined ? `${made.secret}\n` : noteOn(made))
    await handle.sync()
  } catch (error) {
    await unlink(file)
    if (made === undefined) throw error
    throw new Error(`The new credential is in force, but ${file} cannot be written: rotate it`, { cause: error })
  } finally {
    await handle.close()
  }
}

async function openSecretFile(file: string) {
  try {
    return await open(file, 'wx', 0o600)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    throw new Error(`${file} is there already, and is not replaced: name another`)
  }
}

import { chmod, mkdir, open, readdir, rmdir, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { Arrival } from '../clients/check-rows.ts'
import type { Delivery } from '../clients/onboard-clients.ts'
import { credentialsNote } from './credentials-note.ts'
import { writeSecretFile } from './secret-file.ts'

/** Files written and flushed at the same time. */
const atOnce = 16

/** A folder with one file for each client, so that each can be delivered alone; for this account and nobody else. */
export class CredentialsFolder implements Delivery {
  readonly #folder: string
  readonly #written: string[] = []
  #made = false

  constructor(folder: string) {
    this.#folder = folder
  }

  /** @throws when the folder holds anything already */
  async keep(arrivals: readonly Arrival[]): Promise<void> {
    this.#made = (await mkdir(this.#folder, { recursive: true, mode: 0o700 })) !== undefined
    if ((await readdir(this.#folder)).length > 0)
      throw new Error(`${this.#folder} is not empty; name a new folder for the credentials`)
    await chmod(this.#folder, 0o700)
    try {
      for (let from = 0; from < arrivals.length; from += atOnce) {
        await Promise.all(arrivals.slice(from, from + atOnce).map((arrival) => this.#write(arrival)))
      }
      await syncFolder(this.#folder)
    } catch (error) {
      await this.discard()
      throw error
    }
  }

  async discard(): Promise<void> {
    for (const file of this.#written.splice(0)) await unlink(file)
    if (this.#made) await rmdir(this.#folder)
  }

  async #write({ given, made }: Arrival): Promise<void> {
    const file = join(this.#folder, `${given.clientId}.json`)
    await writeSecretFile(
      file,
      credentialsNote(given, made.secret === null ? { kid: made.kid } : { secret: made.secret }),
    )
    this.#written.push(file)
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

import type { Readable } from 'node:stream'

/** Requests of this process that bring bytes, by upload. */
export class ActiveUploads {
  readonly #active = new Map<string, { bytes: Readable; ended: Promise<unknown> }>()

  /** Does the work of a request, and remembers it for as long. */
  async during<T>(id: string, bytes: Readable, work: () => Promise<T>): Promise<T> {
    const result = work()
    const entry = { bytes, ended: result.catch(() => {}) }
    this.#active.set(id, entry)
    try {
      return await result
    } finally {
      if (this.#active.get(id) === entry) this.#active.delete(id)
    }
  }

  /**
   * Whoever asks how far an upload is has lost the connection that brought it, though this end may not have noticed: it is
   * ended, and what it brought is kept before the question is answered. Only for whom the upload is known to be.
   * @returns whether there was such a request
   */
  async settle(id: string): Promise<boolean> {
    const active = this.#active.get(id)
    active?.bytes.destroy()
    await active?.ended
    return active !== undefined
  }
}

/** A request that brings bytes to an upload, for as long as it does. */
interface Active {
  stop: AbortController
  ended: Promise<unknown>
}

/** Requests of this process that bring bytes, by upload. Only of clients whose upload it is: nobody else stands in their way. */
export class ActiveUploads {
  readonly #active = new Map<string, Set<Active>>()

  /**
   * Does the work of a request, and remembers it for as long.
   * @param work takes bytes until its signal says that no more of them are wanted
   */
  async during<T>(id: string, work: (enough: AbortSignal) => Promise<T>): Promise<T> {
    const stop = new AbortController()
    const result = work(stop.signal)
    const entry = { stop, ended: result.catch(() => {}) }
    const beside = this.#active.get(id) ?? new Set()
    this.#active.set(id, beside.add(entry))
    try {
      return await result
    } finally {
      beside.delete(entry)
      if (beside.size === 0) this.#active.delete(id)
    }
  }

  /**
   * Whoever asks how far an upload is has lost the connection that brought it, though this end may not have noticed: no more
   * is taken from it, and what it brought is kept before the question is answered. Only for whom the upload is known to be.
   * @returns whether there was such a request
   */
  async settle(id: string): Promise<boolean> {
    const active = [...(this.#active.get(id) ?? [])]
    for (const { stop } of active) stop.abort()
    await Promise.all(active.map(({ ended }) => ended))
    return active.length > 0
  }
}

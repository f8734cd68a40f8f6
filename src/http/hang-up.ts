import type { FastifyReply } from 'fastify'

/** Aborted when the connection ends before the answer does; also once the answer has been sent. */
export function hangUpOf({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController()
  if (raw.closed || raw.destroyed) gone.abort()
  else raw.once('close', () => gone.abort())
  return gone.signal
}

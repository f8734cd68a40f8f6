import { once } from 'node:events'
import { createServer, connect as dial, type Socket } from 'node:net'

/** What happens to one connection. */
interface Plan {
  /** Bytes after which it ends, as the caller or the service sends. */
  cutUp: number
  cutDown: number
  /** Milliseconds that each piece of an answer waits. */
  delay: number
  /** All that was asked comes to the service a second time, by a connection of its own. */
  isDoubled: boolean
}

/** Numbers in [0, 1), the same for the same seed. */
function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A line between an office and a service that cuts at any byte in both directions, waits, and sends what it was told twice. */
export async function breakLine(target: string, seed: number) {
  const { port } = new URL(target)
  const random = numbers(seed)
  const counts = { connections: 0, cut: 0, doubled: 0 }
  const open = new Set<Socket>()
  const planOf = (): Plan => {
    const some = (chance: number, upTo: number) => (random() < chance ? Math.floor(random() * upTo) : Infinity)
    return {
      cutUp: some(0.3, 8000),
      cutDown: some(0.5, 12_000),
      delay: random() < 0.1 ? random() * 20 : 0,
      isDoubled: random() < 0.3,
    }
  }

  function lead(caller: Socket): void {
    counts.connections += 1
    const plan = planOf()
    const service = dial(Number(port), '127.0.0.1')
    const asked: Buffer[] = []
    const end = () => {
      for (const socket of [caller, service]) socket.destroy()
    }
    for (const socket of [caller, service]) {
      open.add(socket)
      socket.on('error', end).on('close', () => {
        open.delete(socket)
        end()
      })
    }
    let up = 0
    caller.on('data', (bytes: Buffer) => {
      const part = bytes.subarray(0, Math.max(0, plan.cutUp - up))
      up += bytes.length
      service.write(part)
      asked.push(part)
      if (up > plan.cutUp) cut(end)
    })
    let down = 0
    service.on('data', (bytes: Buffer) => {
      const part = bytes.subarray(0, Math.max(0, plan.cutDown - down))
      down += bytes.length
      const pass = () => {
        if (caller.destroyed) return
        caller.write(part)
        if (down > plan.cutDown) cut(end)
      }
      if (plan.delay > 0) setTimeout(pass, plan.delay)
      else pass()
    })
    if (plan.isDoubled) caller.on('close', () => double(asked))
  }

  function cut(end: () => void): void {
    counts.cut += 1
    end()
  }

  /** Late, as packets that took another way. */
  function double(asked: Buffer[]): void {
    counts.doubled += 1
    const again = dial(Number(port), '127.0.0.1')
    open.add(again)
    again.on('error', () => {}).on('close', () => open.delete(again))
    again.on('data', () => {})
    again.end(Buffer.concat(asked))
  }

  const server = createServer(lead)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('No port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    counts,
    async close() {
      for (const socket of open) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

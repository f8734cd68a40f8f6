import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

interface Teardown {
  teardown(end: () => Promise<void> | void): unknown
}

/** A line to a service that breaks where a test wants it: after so many bytes sent, or received. */
export async function breakingLine(t: Teardown, target: string) {
  const { hostname, port } = new URL(target)
  const line = {
    sent: 0,
    received: 0,
    breakAfterSent: Number.POSITIVE_INFINITY,
    breakAfterReceived: Number.POSITIVE_INFINITY,
    /** Bytes after which every single connection breaks. */
    breakEachAfter: Number.POSITIVE_INFINITY,
  }
  const open = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect({ host: hostname, port: Number(port) })
    const cut = () => {
      near.destroy()
      // What was carried arrives: a reset would take back what the service has not read.
      far.end()
    }
    for (const socket of [near, far]) {
      open.add(socket)
      socket.on('error', cut).on('close', () => {
        open.delete(socket)
        cut()
      })
    }
    let carried = 0
    const carry = (bytes: Buffer, to: Socket, left: number) => {
      const room = Math.max(0, Math.min(left, line.breakEachAfter - carried))
      carried += bytes.length
      if (bytes.length <= room) to.write(bytes)
      else to.write(bytes.subarray(0, room), cut)
    }
    near.on('data', (bytes) => {
      const left = line.breakAfterSent - line.sent
      line.sent += bytes.length
      carry(bytes, far, left)
    })
    far.on('data', (bytes) => {
      const left = line.breakAfterReceived - line.received
      line.received += bytes.length
      carry(bytes, near, left)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    for (const socket of open) socket.destroy()
    server.close()
  })
  return { baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, line }
}

import { type FileHandle, open, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setInterval } from 'node:timers'
import { handOver } from './account.ts'
import { absent, type Home } from './home.ts'

const MAX_BYTES = 10 * 1024 * 1024
const CHECK_EVERY_MS = 60_000

/** The file the server writes its messages to, straight, so that they outlive the service. */
export interface ServerLog {
  path: string
  /** For the server's stdout and stderr. */
  fd: number
  size(): Promise<number>
  /** What was written since the log had this size; of a lot, the end. */
  since(size: number): Promise<string>
  /** Keeps the file bounded from now on; unwatched it is at least cut at each start. */
  watchSize(): void
  close(): Promise<void>
}

/** Opens `postgres.log`; a full one first becomes `postgres.log.1`. */
export async function openServerLog(home: Home): Promise<ServerLog> {
  const path = join(home.folder, 'postgres.log')
  const size = (await stat(path).catch(absent))?.size ?? 0
  if (size > MAX_BYTES) await rename(path, `${path}.1`)
  const file = await open(path, 'a+', 0o600)
  await handOver(home.account, path)
  let timer: NodeJS.Timeout | undefined
  return {
    path,
    fd: file.fd,
    size: async () => (await file.stat()).size,
    since: (size) => readFrom(file, size),
    watchSize: () => {
      timer = setInterval(() => void cutWhenFull(file).catch(() => {}), CHECK_EVERY_MS).unref()
    },
    close: async () => {
      clearInterval(timer)
      await file.close()
    },
  }
}

async function readFrom(file: FileHandle, start: number): Promise<string> {
  const { size } = await file.stat()
  const length = Math.min(Math.max(size - start, 0), 64 * 1024)
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length)
  return buffer.toString('utf8', 0, bytesRead)
}

/** The server appends, so it goes on at the new end of a file that was emptied under it. */
async function cutWhenFull(file: FileHandle): Promise<void> {
  if ((await file.stat()).size > MAX_BYTES) await file.truncate(0)
}

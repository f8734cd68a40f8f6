import { open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'

/** The file has its old text or the new one, whatever happens to the machine; when this ends, the new one is on the disk. */
export async function writeAtomically(path: string, text: string): Promise<void> {
  const beside = `${path}.new`
  const file = await open(beside, 'w', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(beside, path)
  await syncFolder(dirname(path))
}

/** Puts the names in a folder on the disk, where its system can do that: Windows does it unasked. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

import { readFile } from 'node:fs/promises'

const said: Record<string, string> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'this account may not read it',
}

/** The bytes of a file that an administrator named. @throws Error in words when it cannot be read */
export async function readNamedFile(file: string): Promise<Buffer> {
  try {
    return await readFile(file)
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    throw new Error(`${file} cannot be read: ${said[code] ?? code}`)
  }
}

/** @throws Error in words when the file cannot be read, or is not JSON */
export async function readJsonFile(file: string): Promise<unknown> {
  const text = (await readNamedFile(file)).toString('utf8').replace(/^\uFEFF/, '')
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Error(`${file} is not JSON: ${(error as Error).message}`)
  }
}

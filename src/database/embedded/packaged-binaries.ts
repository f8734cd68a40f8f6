import {
  access,
  chmod,
  constants,
  cp,
  lstat,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
} from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { codeOf } from './errors.ts'
import { absent } from './home.ts'
import { removeStaleScratch, scratchName } from './scratch.ts'

const LINK_LIST = 'pg-symlinks.json'
const PROGRAMS = ['postgres', 'initdb', 'pg_ctl']

/** Whether this bin folder belongs to a package from npm, which is whole in one folder and may be copied. */
export async function isPackage(binFolder: string): Promise<boolean> {
  return (await stat(join(binFolder, '..', LINK_LIST)).catch(() => null)) !== null
}

/**
 * Makes what npm tarballs cannot carry: the symbolic links between the libraries, and the executable bits. The
 * package's install script would, but may be off. False when something is missing and the folder is not ours to write.
 */
export async function prepareInPlace(binFolder: string): Promise<boolean> {
  try {
    await completePackage(dirname(binFolder))
    return true
  } catch (error) {
    if (['EACCES', 'EPERM', 'EROFS'].includes(codeOf(error) ?? '')) return false
    throw error
  }
}

/** A complete copy of the package in the home folder, made once; its bin folder. */
export async function copyPackage(binFolder: string, homeFolder: string): Promise<string> {
  const native = dirname(binFolder)
  const description = await readFile(join(native, '..', 'package.json'), 'utf8')
  const { version } = JSON.parse(description) as { version: string }
  const name = `${version}-${process.platform}-${process.arch}`
  const copy = join(homeFolder, 'postgres-binaries', name)
  if ((await stat(copy).catch(absent)) === null) {
    await makeCopy(native, copy)
  }
  return join(copy, 'bin')
}

/** Copied beside and renamed: what bears the final name is whole, and of two starters the later drops its own. */
async function makeCopy(native: string, copy: string): Promise<void> {
  const scratch = scratchName(copy)
  await mkdir(dirname(copy), { recursive: true })
  await removeStaleScratch(dirname(copy))
  await chmod(dirname(copy), 0o755)
  try {
    await cp(native, scratch, { recursive: true, verbatimSymlinks: true, filter: (source) => !source.endsWith('.a') })
    // The modes were copied too: first make it ours to write, and everyone's to read.
    await openToEveryone(scratch)
    await completePackage(scratch)
    await rename(scratch, copy)
  } catch (error) {
    await rm(scratch, { recursive: true, force: true }).catch(() => {})
    if (!['ENOTEMPTY', 'EEXIST'].includes(codeOf(error) ?? '')) throw error
  }
}

async function completePackage(native: string): Promise<void> {
  const list = await readFile(join(native, LINK_LIST), 'utf8')
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    // The list names paths from the package's root, with `native/` in front.
    await makeLink(join(native, relative('native', source)), join(native, relative('native', target)))
  }
  for (const program of PROGRAMS) {
    const file = join(native, 'bin', program)
    await access(file, constants.X_OK).catch(() => chmod(file, 0o755))
  }
}

async function makeLink(source: string, target: string): Promise<void> {
  if ((await stat(target).catch(absent)) !== null) return
  const scratch = scratchName(target)
  await symlink(relative(dirname(target), source), scratch)
  await rename(scratch, target)
}

async function openToEveryone(folder: string): Promise<void> {
  await chmod(folder, 0o755)
  for (const entry of await readdir(folder)) {
    const path = join(folder, entry)
    const found = await lstat(path)
    if (found.isDirectory()) await openToEveryone(path)
    else if (!found.isSymbolicLink()) await chmod(path, (found.mode & 0o111) === 0 ? 0o644 : 0o755)
  }
}

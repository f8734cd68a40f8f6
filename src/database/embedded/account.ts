import { chown, readFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { codeOf, EmbeddedServerError } from './errors.ts'
import { type Account, runProgram, switchRefused } from './run-program.ts'

/** In this order; the first two are made by the packages and images that carry PostgreSQL or Node. */
const UNPRIVILEGED_ACCOUNTS = ['postgres', 'node', 'nobody']

/**
 * The account PostgreSQL is to run as: null for this process's own, another one when this process is root.
 * An existing cluster keeps its owner, whatever accounts were added since it was made.
 */
export async function chooseAccount(clusterOwner: number | null): Promise<Account | null> {
  if (process.getuid?.() !== 0) return null
  const accounts = await readAccounts()
  if (clusterOwner !== null && clusterOwner !== 0) {
    const owner = accounts.find((account) => account.uid === clusterOwner)
    return owner ?? { name: String(clusterOwner), uid: clusterOwner, gid: clusterOwner }
  }
  for (const name of UNPRIVILEGED_ACCOUNTS) {
    const account = accounts.find((candidate) => candidate.name === name && candidate.uid !== 0)
    if (account) return account
  }
  throw new EmbeddedServerError(
    'account_missing',
    `PostgreSQL does not run as root, and this system has none of the accounts ${UNPRIVILEGED_ACCOUNTS.join(', ')} to run it as. Run the service as an ordinary user, add one of these accounts, or set DATABASE_URL.`,
  )
}

/** initdb asks for the name of its user and gives up without one: say so before it does. */
export function assertOwnPasswdEntry(): void {
  try {
    userInfo()
  } catch (cause) {
    throw new EmbeddedServerError(
      'account_unknown',
      `The user id ${process.getuid?.()} has no entry in /etc/passwd, without which PostgreSQL cannot make its data folder. Run the service as a user that has one, add an entry, or set DATABASE_URL.`,
      { cause },
    )
  }
}

/** Whether the account can go to this folder; asked of the system as that account, so that ACLs count too. */
export async function canReach(account: Account, folder: string): Promise<boolean> {
  const answer = await runProgram('/bin/sh', ['-c', '[ -d "$1" ] && [ -x "$1" ]', 'sh', folder], account)
  return answer.exitCode === 0
}

/** Gives files made by root to the account that the server runs as. */
export async function handOver(account: Account | null, ...paths: string[]): Promise<void> {
  if (account === null) return
  for (const path of paths) {
    await chown(path, account.uid, account.gid).catch((error: unknown) => {
      throw codeOf(error) === 'EPERM' ? switchRefused(account, error) : error
    })
  }
}

async function readAccounts(): Promise<Account[]> {
  const passwd = await readFile('/etc/passwd', 'utf8').catch(() => '')
  return passwd.split('\n').flatMap((line) => {
    const [name, , uid, gid] = line.split(':')
    return name && uid && gid ? [{ name, uid: Number(uid), gid: Number(gid) }] : []
  })
}

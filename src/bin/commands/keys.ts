import { Command } from 'commander'
import { keyFileOf, openKeyFile, type StoredKeys } from '../../access/key-file.ts'
import { noticedWithin, rotateKeys, voidKeys } from '../../access/rotate-keys.ts'
import { appendAudit } from '../../audit/append-audit.ts'
import { type Config, readConfig } from '../../config.ts'
import { actorAt, withAdministration } from '../administration.ts'

export function keysCommand(): Command {
  return new Command('keys')
    .description('the signing keys of the built-in issuer')
    .addCommand(
      new Command('list').description('the keys and what each does').action(async () => {
        process.stdout.write(listed(await openKeyFile(keyFile())))
      }),
    )
    .addCommand(
      new Command('rotate')
        .description('sign with the next key from now on; tokens that are out stay good, services need no restart')
        .option('--void', 'make every key anew: all tokens that are out are void, as when the file was stolen')
        .action(async (options: { void?: true }) => {
          const rotated = await rotate(readConfig(process.env), options.void === true)
          process.stdout.write(`${listed(rotated)}Running services follow within ${noticedWithin} seconds.\n`)
        }),
    )
}

/** The audit is told before the file changes: where it cannot be told, the keys stay. */
async function rotate(config: Config, isVoid: boolean): Promise<StoredKeys> {
  return withAdministration(config, 'keys rotate', async (by) => {
    const actor = actorAt(by)
    const file = keyFileOf(config.dataDir)
    return by.db.workAs('administrator', { client: actor.clientId, actor: actor.subject }, async (tx) => {
      const resource = { type: 'signing_keys', id: null }
      await appendAudit(tx, actor, { action: 'keys.rotated', resource, details: { void: isVoid } })
      return isVoid ? voidKeys(file) : rotateKeys(file, by.now)
    })
  })
}

function keyFile(): string {
  return keyFileOf(readConfig(process.env).dataDir)
}

function listed({ current, next, previous }: StoredKeys): string {
  const lines = [
    `${current.kid}  signs`,
    `${next.kid}  is published, and signs next`,
    ...previous.map(({ key, until }) => `${key.kid}  is believed until ${until}`),
  ]
  return `${lines.join('\n')}\n`
}

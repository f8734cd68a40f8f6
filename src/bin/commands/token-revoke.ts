import { Command } from 'commander'
import { builtInTokens } from '../../access/issuers.ts'
import { type RevokedToken, revokeToken, tokenNamed } from '../../access/revoke-token.ts'
import { type Config, readConfig } from '../../config.ts'
import { withAdministration } from '../administration.ts'

export function revokeCommand(): Command {
  return new Command('revoke')
    .description('refuse a token from now on, though it has not ended; the services need no restart')
    .argument('<token>', 'the token itself, or its id (jti)')
    .option('--issuer <name>', 'who issued it, where only its id is given (default: the built-in issuer)')
    .action(async (given: string, { issuer }: { issuer?: string }) => {
      const revoked = await revokedBy(readConfig(process.env), given, issuer)
      process.stdout.write(`Token ${revoked[0]?.id} is refused from now on.\n`)
    })
}

async function revokedBy(config: Config, given: string, issuer: string | undefined): Promise<RevokedToken[]> {
  const tokens = tokenNamed(given, issuer ?? builtInTokens)
  await withAdministration(config, 'token revoke', (by) => revokeToken(by, tokens))
  return tokens
}

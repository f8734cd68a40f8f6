import { Command, InvalidArgumentError, Option } from 'commander'
import { checked } from '../../clients/check.ts'
import { rotateCredentials } from '../../clients/rotate-credentials.ts'
import { mostOverlapHours, RotateCredentials } from '../../clients/schemas.ts'
import { readConfig } from '../../config.ts'
import { withClientAdministration } from '../administer-clients.ts'
import { clientArgument } from '../arguments.ts'
import { credentialArgument, credentialsFileOption } from '../credential-argument.ts'
import { toStderr } from '../say.ts'
import { handOut } from '../secret-file.ts'

interface RotateOptions {
  publicKey?: string
  secretFile?: string
  credentialsFile?: string
  overlapHours: number
  revokeTokens?: boolean
}

export function rotateCommand(): Command {
  return new Command('rotate')
    .description('give a client a new secret or key, and end the old one')
    .argument('<id>', 'client id', clientArgument)
    .option('--public-key <file>', 'public key of a pair that the office made (JWK or PEM), in place of a secret')
    .addOption(
      new Option('--secret-file <file>', 'new file for the secret, in place of standard output').conflicts('publicKey'),
    )
    .addOption(credentialsFileOption())
    .addOption(
      new Option('--overlap-hours <hours>', `hours for which the old ones go on, ${mostOverlapHours} at most`)
        .argParser(hours)
        .default(0),
    )
    .option('--revoke-tokens', 'refuse the tokens issued until now as well')
    .action((id: string, options: RotateOptions) => rotate(id, options))
}

async function rotate(id: string, options: RotateOptions): Promise<void> {
  const { publicKey, overlapHours, revokeTokens = false } = options
  const credential = await credentialArgument(publicKey)
  await handOut(options, () =>
    withClientAdministration(readConfig(process.env), 'rotate', async (administrator) => {
      const rotation = checked(RotateCredentials, { credential, overlapHours, revokeTokens })
      const client = await rotateCredentials(administrator, id, { ifMatch: '*', rotation })
      const ends = overlapHours === 0 ? 'the old ones have ended' : `the old ones go on for ${overlapHours} hours`
      toStderr(`client ${id} has a new ${publicKey === undefined ? 'secret' : 'key'}; ${ends}`)
      return client
    }),
  )
}

function hours(value: string): number {
  const number = Number(value)
  if (/^\d+$/.test(value) && number <= mostOverlapHours) return number
  throw new InvalidArgumentError(`It is a whole number from 0 to ${mostOverlapHours}.`)
}

import { createPrivateKey, type JsonWebKey } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { Command, InvalidArgumentError, Option } from 'commander'
import { makeKeyPair } from '../../clients/key-pair.ts'
import { signAssertion } from '../../clients/sign-assertion.ts'
import { clientArgument } from '../arguments.ts'
import { toStderr } from '../say.ts'
import { writeSecretFile } from '../secret-file.ts'

/** Seconds: the longest that an assertion is good for. */
const longestAssertion = 300

interface AssertionOptions {
  id: string
  key: string
  audience: string
  lifetime: number
}

/** What an office does for itself: neither needs a database, nor does anything secret leave the machine. */
export function keygenCommand(): Command {
  return new Command('keygen')
    .description('make a key pair for an office: the private key into a new file, the public one onto standard output')
    .requiredOption('--out <file>', 'new file for the private key, for this account alone')
    .action(async ({ out }: { out: string }) => {
      const { privateJwk, publicJwk } = await makeKeyPair()
      await writeSecretFile(out, `${JSON.stringify(privateJwk)}\n`)
      process.stdout.write(`${JSON.stringify(publicJwk)}\n`)
      toStderr(`the private key is in ${out} and stays there; send what was printed to your administrator`)
    })
}

export function assertionCommand(): Command {
  return new Command('assertion')
    .description('print a client assertion, which is good once, for the token endpoint')
    .addOption(new Option('--id <client>', 'client id').argParser(clientArgument).makeOptionMandatory())
    .requiredOption('--key <file>', 'private key: what client keygen made, or PEM')
    .requiredOption('--audience <url>', 'WASPADA_PUBLIC_URL of the service, or its /oauth/token')
    .addOption(
      new Option('--lifetime <seconds>', `seconds until it expires, ${longestAssertion} at most`)
        .argParser(seconds)
        .default(60),
    )
    .action(async ({ id, key, audience, lifetime }: AssertionOptions) => {
      const jwk = privateJwkIn(key, await readFile(key, 'utf8'))
      const assertion = await signAssertion(jwk, { clientId: id, audience, lifetime, now: new Date() })
      process.stdout.write(`${assertion}\n`)
    })
}

function privateJwkIn(file: string, text: string): JsonWebKey {
  try {
    return text.trimStart().startsWith('{') ? JSON.parse(text) : createPrivateKey(text).export({ format: 'jwk' })
  } catch {
    throw new Error(`${file} holds no private key: expected a JWK or PEM`)
  }
}

function seconds(value: string): number {
  const number = Number(value)
  if (/^\d+$/.test(value) && number >= 1 && number <= longestAssertion) return number
  throw new InvalidArgumentError(`It is a whole number from 1 to ${longestAssertion}.`)
}

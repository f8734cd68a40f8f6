import type { ContractClient } from './client.ts'
import type { components } from './contract.ts'
import { answerOf } from './problem.ts'
import type { CallOptions } from './transport/call.ts'

/** Who this client is to the service, and what it may do. @throws ProblemError, UnreachableError, CredentialsError */
export type GetMe = (
  options?: Pick<CallOptions, 'signal' | 'retries' | 'timeoutMs'>,
) => Promise<components['schemas']['Me']>

export function getMe(client: ContractClient, clock: () => Date): GetMe {
  return async (options = {}) => {
    const { data, error, response } = await client.GET('/v1/me', options)
    return answerOf({ data: typeof data?.clientId === 'string' ? data : undefined, error, response }, clock())
  }
}

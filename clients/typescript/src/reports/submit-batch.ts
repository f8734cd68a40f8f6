import type { ContractClient } from '../client.ts'
import type { components } from '../contract.ts'
import { UnreachableError } from '../errors.ts'
import { answerOf } from '../problem.ts'
import type { CallOptions } from '../transport/call.ts'

export type BatchItem = components['schemas']['BatchItem']
export type BatchResult = components['schemas']['BatchResult']

export interface BatchOptions extends Pick<CallOptions, 'signal' | 'retries' | 'timeoutMs'> {
  /** Says what would become of each, and stores nothing. */
  dryRun?: boolean
}

const mostItems = 500

/**
 * Posts up to 500 reports; each bears a `clientReference`, which makes it safe to send again. Every one stands or falls by itself:
 * look at `result` of each. What is `failed` was no fault of the report, and is sent again by the caller.
 * @throws RangeError, ProblemError, UnreachableError, CredentialsError
 */
export type SubmitBatch = (reports: readonly BatchItem[], options?: BatchOptions) => Promise<BatchResult>

export function submitBatch(client: ContractClient, clock: () => Date): SubmitBatch {
  return async (reports, { dryRun = false, ...options } = {}) => {
    if (reports.length < 1 || reports.length > mostItems) throw new RangeError(`A batch has 1 to ${mostItems} reports`)
    const query = { dryRun }
    const answer = await client.POST('/v1/reports/batch', {
      body: [...reports],
      params: { query },
      repeatable: true,
      ...options,
    })
    const result = answerOf(answer, clock())
    if (result.items?.length === reports.length) return result
    throw new UnreachableError('The answer does not speak of every report', { uncertain: true })
  }
}

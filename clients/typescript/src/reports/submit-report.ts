import { randomUUID } from 'node:crypto'
import type { ContractClient } from '../client.ts'
import type { components } from '../contract.ts'
import { answerOf } from '../problem.ts'
import type { CallOptions } from '../transport/call.ts'

export type SubmitReport = components['schemas']['SubmitReport']
export type Report = components['schemas']['Report']

export interface SubmitOptions extends Pick<CallOptions, 'signal' | 'retries' | 'timeoutMs'> {
  /** 16 to 128 of `A-Z a-z 0-9 _ -`; one is made unless said. The same key and report are one report, however often sent. */
  idempotencyKey?: string
}

export interface Submitted {
  report: Report
  /** Whether it stood already: this key or its `clientReference` was sent before, perhaps with an answer that was lost. */
  replayed: boolean
}

/**
 * Posts a report.
 * @throws ProblemError when it is refused for good, UnreachableError when the service cannot be asked now, CredentialsError
 */
export type Submit = (report: SubmitReport, options?: SubmitOptions) => Promise<Submitted>

export function submitReport(client: ContractClient, clock: () => Date): Submit {
  return async (report, { idempotencyKey = randomUUID(), ...options } = {}) => {
    const header = { 'Idempotency-Key': idempotencyKey }
    const answer = await client.POST('/v1/reports', { body: report, params: { header }, ...options })
    const { data, error, response } = answer
    // A 200 with some page of JSON is nobody's promise that the report stands.
    const stored = response.status === 201 && typeof data?.id === 'string' ? (data as Report) : undefined
    const standing = answerOf({ data: stored, error, response }, clock(), idempotencyKey)
    return { report: standing, replayed: response.headers.get('idempotent-replayed') === 'true' }
  }
}

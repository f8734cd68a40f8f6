import type { z } from 'zod'
import { DomainError, type Fault } from '../errors.ts'
import { faultsOf } from '../http/contract/fault-of-issue.ts'
import { newClientFaults, type Reach } from './grants.ts'
import { AddClient } from './schemas.ts'

/** What a request body would be checked by, for whoever does not come over HTTP. @throws DomainError body_invalid */
export function checked<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const result = schema.safeParse(body)
  if (result.success) return result.data
  throw new DomainError('body_invalid', {}, faultsOf('body', result.error.issues, body))
}

/** A new client, or every fault of its shape and of what it would be granted. */
export function checkNewClient(
  body: unknown,
  offices: ReadonlyMap<string, unknown>,
  reach: Reach,
): { given: AddClient | undefined; faults: Fault[] } {
  const result = AddClient.safeParse(body)
  const faults = result.success ? [] : faultsOf('body', result.error.issues, body)
  const others = newClientFaults(body, offices, reach).filter(
    ({ pointer }) => !faults.some((fault) => fault.pointer === pointer),
  )
  return { given: result.data, faults: [...faults, ...others] }
}

import { randomUUID } from 'node:crypto'
import type { Middleware } from 'openapi-fetch'
import type { paths } from './contract.ts'

/** Paths of the contract where a POST takes an Idempotency-Key. */
type KeyedPath = {
  [Path in keyof paths]: paths[Path] extends {
    post: { parameters: { header?: infer Header } }
  }
    ? Header extends { 'Idempotency-Key'?: string }
      ? Path
      : never
    : never
}[keyof paths]

/** All of them, and no other: the type follows from the contract, so that one more does not compile until it stands here. */
const keyed: Record<KeyedPath, true> = {
  '/v1/follow-ups': true,
  '/v1/reports': true,
  '/v1/reports/{id}/attachments': true,
  '/v1/reports/{id}/follow-ups': true,
  '/v1/reports/{id}/links': true,
  '/v1/reports/{id}/questions': true,
  '/v1/reports/{id}/releases': true,
  '/v1/situation-reports': true,
}

const keyedPaths: ReadonlySet<string> = new Set(Object.keys(keyed))

/** Gives every creation a key of its own, so that it is safe to send again. */
export const addIdempotencyKey: Middleware = {
  onRequest({ request, schemaPath }) {
    if (request.method === 'POST' && keyedPaths.has(schemaPath) && !request.headers.has('idempotency-key'))
      request.headers.set('idempotency-key', randomUUID())
  },
}

import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { DomainError } from '../errors.ts'
import type { HeaderDoc } from '../http/contract/responses.ts'
import { IntegerParam } from '../http/schemas.ts'
import type { UploadRow } from './upload-queries.ts'

/** The version of the tus protocol that uploads speak (https://tus.io/protocols/resumable-upload). */
const version = '1.0.0'

/** Bytes that a header may name; what is too large for a file is refused as such. */
const mostSaid = 1_000_000_000_000

const TusResumable = z
  .string()
  .regex(/^[ -~]{1,20}$/)
  .optional()
  .describe(`The version of tus that the client speaks, ${version}; 412 for another`)

/** What requests of the protocol say in headers. */
export const tusHeaders = {
  any: { 'tus-resumable': TusResumable },
  creation: {
    'tus-resumable': TusResumable,
    'upload-length': IntegerParam(1, mostSaid).describe('Bytes of the whole file, 25 MiB at most'),
    'upload-metadata': z
      .string()
      .max(2_000)
      .regex(/^[ -~]+$/)
      .describe('Pairs of a name and a value in base64: `filename`, and perhaps `filetype` and `sha256`')
      .meta({ examples: ['filename Zm90by5qcGc=,filetype aW1hZ2UvanBlZw=='] }),
  },
  bytes: {
    'tus-resumable': TusResumable,
    'upload-offset': IntegerParam(0, mostSaid).describe(
      'Where in the file these bytes belong: all that was received before',
    ),
  },
}

const digits = { type: 'string', pattern: '^[0-9]{1,8}$' }
const said = (description: string, schema: Record<string, unknown> = digits): HeaderDoc => ({
  description,
  required: true,
  schema,
})
const resumable = { 'Tus-Resumable': said('The version of tus', { type: 'string', enum: [version] }) }

/** What answers of the protocol say in headers. */
export const tusAnswers = {
  plain: resumable,
  progress: {
    ...resumable,
    'Upload-Offset': said('Bytes that are here for certain'),
    'Upload-Length': said('Bytes of the whole file'),
    'Upload-Expires': said('Until when it can be gone on with', {
      type: 'string',
      maxLength: 29,
      pattern: '^[A-Za-z]{3}, [0-9A-Za-z :]{20} GMT$',
    }),
  },
}

/** Refuses another version of the protocol; every answer, a refusal too, says which one is spoken. */
export async function speakTus({ raw }: FastifyRequest, reply: FastifyReply): Promise<void> {
  reply.header('tus-resumable', version)
  const spoken = raw.headers['tus-resumable']
  if (spoken !== undefined && spoken !== version) throw new DomainError('tus_version_unsupported')
}

/** Says how far an upload is. */
export function sayProgress(reply: FastifyReply, { received, length, expiresAt }: UploadRow): void {
  reply.header('upload-offset', String(received))
  reply.header('upload-length', String(length))
  reply.header('upload-expires', expiresAt.toUTCString())
}

import { z } from 'zod'
import type { AttachmentFiles } from '../attachments/open-files.ts'
import { problems } from '../http/contract/problems.ts'
import { type HeaderDoc, rawJson, respond } from '../http/contract/responses.ts'
import type { Routes } from '../http/contract/route-schema.ts'
import { isUnmodified } from '../http/etag.ts'
import { etagHeader } from '../http/header-docs.ts'
import { IfNoneMatch } from '../http/schemas.ts'
import { findRelease } from './find-release.ts'
import { readReleasedFile } from './read-released-file.ts'
import { ReleasedFileParams, ReleaseParams, ReleaseView } from './schemas.ts'

const header = (description: string, maxLength: number, pattern: string): HeaderDoc => ({
  description,
  required: true,
  schema: { type: 'string', maxLength, pattern },
})
const mediaType = ['image/jpeg', 'image/png', 'image/webp']
const ofContent = {
  ETag: etagHeader,
  'Accept-Ranges': header('Ranges are of bytes', 5, '^bytes$'),
  'Content-Disposition': header('To be kept, never shown as a page', 100, '^attachment'),
}
const range = header('Which bytes of how many', 60, '^bytes [0-9]+-[0-9]+/[0-9]+$')
const Range = z
  .string()
  .max(200)
  .regex(/^[ -~]+$/)

/** What agencies read, each read told to the audit. */
export const agencyReleaseRoutes: Routes<{ files: AttachmentFiles }> = async (app, { files }) => {
  app.get(
    '/releases/:id',
    {
      config: { scope: 'releases:read', notFound: 'release_not_found' },
      schema: {
        operationId: 'findRelease',
        tags: ['releases'],
        summary: 'Read a release that reaches your agency',
        description:
          'The version in force. 410 once it was taken back, or no longer reaches your agency: use it no more.',
        params: ReleaseParams,
        headers: z.object({ 'if-none-match': IfNoneMatch.optional() }),
        response: {
          200: respond(ReleaseView, { headers: { ETag: etagHeader } }),
          304: respond(null, { description: 'The version that the caller has', headers: { ETag: etagHeader } }),
          ...problems('release_not_found', 'release_retracted'),
        },
      },
    },
    async ({ context, params: { id }, headers }, reply) => {
      const { etag, document } = await findRelease(context, id)
      reply.header('etag', etag)
      if (isUnmodified(headers['if-none-match'], etag)) return reply.code(304).send()
      return rawJson(document)
    },
  )

  app.get(
    '/releases/:id/attachments/:attachmentId',
    {
      config: { scope: 'releases:read', notFound: 'release_not_found' },
      schema: {
        operationId: 'readReleasedFile',
        tags: ['releases'],
        summary: 'The bytes of a released photo, or a range of them',
        description:
          'Without position and all else that stood beside the picture; digest and size are those of the release.',
        params: ReleasedFileParams,
        headers: z.object({
          range: Range.optional().describe('One range, such as `bytes=0-65535`'),
          'if-range': Range.optional().describe('The range only of this ETag, else all'),
          'if-none-match': IfNoneMatch.optional(),
        }),
        response: {
          200: respond(z.any(), { description: 'All of it', mediaType, headers: ofContent }),
          206: respond(z.any(), {
            description: 'The range',
            mediaType,
            headers: { ...ofContent, 'Content-Range': range },
          }),
          304: respond(null, { description: 'The bytes that the caller has', headers: { ETag: etagHeader } }),
          ...problems(
            'release_not_found',
            'attachment_not_found',
            'release_retracted',
            'range_not_satisfiable',
            'attachment_unavailable',
          ),
        },
      },
    },
    async ({ context, params, headers, method }, reply) => {
      const { file, etag, part, bytes } = await readReleasedFile(context, files, {
        ...params,
        range: headers.range,
        ifRange: headers['if-range'],
        isKnown: (tag) => isUnmodified(headers['if-none-match'], tag),
        head: method === 'HEAD',
      })
      reply.header('etag', etag)
      if (part === 'unmodified') return reply.code(304).send()
      const { size, id } = file
      // Never the name that the sender gave it: it was not approved.
      const disposition = `attachment; filename="${id}.${file.mediaType.replace('image/', '')}"`
      reply.headers({ 'accept-ranges': 'bytes', 'content-disposition': disposition, 'content-type': file.mediaType })
      if (part === 'full') return reply.header('content-length', size).send(bytes)
      const { first, last } = part
      reply.code(206).headers({ 'content-range': `bytes ${first}-${last}/${size}`, 'content-length': last - first + 1 })
      return reply.send(bytes)
    },
  )
}

import { z } from 'zod'
import { BreakGlassHeader, throughGlass } from '../break-glass/through-glass.ts'
import { problems } from '../http/contract/problems.ts'
import { type HeaderDoc, respond } from '../http/contract/responses.ts'
import type { Routes } from '../http/contract/route-schema.ts'
import { linkNext } from '../http/cursor.ts'
import { etagOf, isUnmodified, requireIfMatch } from '../http/etag.ts'
import { etagHeader, linkHeader } from '../http/header-docs.ts'
import { IfMatch, IfNoneMatch } from '../http/schemas.ts'
import { ReportParams } from '../reports/schemas.ts'
import { findAttachment, listAttachments, viewOf } from './list-attachments.ts'
import type { AttachmentFiles } from './open-files.ts'
import type { AttachmentRow } from './queries.ts'
import { readContent } from './read-content.ts'
import { removeAttachment } from './remove-attachment.ts'
import { AttachmentPage, AttachmentParams, AttachmentView, ListAttachmentsQuery, RemoveAttachment } from './schemas.ts'
import { mediaTypes } from './vocabulary.ts'

const header = (description: string, maxLength: number, pattern: string): HeaderDoc => ({
  description,
  required: true,
  schema: { type: 'string', maxLength, pattern },
})
const ofContent = {
  ETag: etagHeader,
  'Accept-Ranges': header('Ranges are of bytes', 5, '^bytes$'),
  'Content-Disposition': header('To be kept, never shown as a page; with the name of the file', 2_430, '^attachment'),
}
const range = header('Which bytes of how many', 60, '^bytes [0-9]+-[0-9]+/[0-9]+$')

/** Files of reports, for whoever sees the report. */
export const attachmentRoutes: Routes<{ files: AttachmentFiles; cursorKey: Uint8Array }> = async (
  app,
  { files, cursorKey },
) => {
  app.get(
    '/reports/:id/attachments',
    {
      config: { scope: 'reports:read', notFound: 'report_not_found' },
      schema: {
        operationId: 'listAttachments',
        tags: ['attachments'],
        summary: 'The files of a report',
        params: ReportParams,
        querystring: ListAttachmentsQuery,
        headers: z.object(BreakGlassHeader),
        response: {
          200: respond(AttachmentPage, { headers: { Link: linkHeader } }),
          ...problems('report_not_found', 'cursor_invalid'),
        },
      },
    },
    async (request, reply) => {
      const context = await throughGlass(request.context, request.headers['break-glass'])
      const page = await listAttachments({ ...context, cursorKey }, request.params.id, request.query)
      if (page.next !== null) reply.header('link', linkNext(request.url, page.next))
      return page
    },
  )

  app.get(
    '/reports/:id/attachments/:attachmentId',
    {
      config: { scope: 'reports:read', notFound: 'attachment_not_found' },
      schema: {
        operationId: 'findAttachment',
        tags: ['attachments'],
        summary: 'What is known of a file',
        params: AttachmentParams,
        headers: z.object({ 'if-none-match': IfNoneMatch.optional(), ...BreakGlassHeader }),
        response: {
          200: respond(AttachmentView, { headers: { ETag: etagHeader } }),
          304: respond(null, { description: 'The version that the caller has', headers: { ETag: etagHeader } }),
          ...problems('attachment_not_found'),
        },
      },
    },
    async (request, reply) => {
      const context = await throughGlass(request.context, request.headers['break-glass'])
      const { id: reportId, attachmentId: id } = request.params
      const attachment = await findAttachment(context, { id, reportId })
      const tag = etagOf(id, attachment.version)
      reply.header('etag', tag)
      if (isUnmodified(request.headers['if-none-match'], tag)) return reply.code(304).send()
      return viewOf(attachment)
    },
  )

  app.get(
    '/reports/:id/attachments/:attachmentId/content',
    {
      config: { scope: 'reports:read', notFound: 'attachment_not_found' },
      schema: {
        operationId: 'readAttachment',
        tags: ['attachments'],
        summary: 'The bytes of a file, or a range of them',
        params: AttachmentParams,
        headers: z.object({
          range: z
            .string()
            .max(200)
            .regex(/^[ -~]+$/)
            .optional()
            .describe('One range, such as `bytes=0-65535`'),
          'if-range': z
            .string()
            .max(200)
            .regex(/^[ -~]+$/)
            .optional()
            .describe('The range only of this ETag, else all'),
          'if-none-match': IfNoneMatch.optional(),
          ...BreakGlassHeader,
        }),
        response: {
          200: respond(z.any(), { description: 'All of it', mediaType: mediaTypes, headers: ofContent }),
          206: respond(z.any(), {
            description: 'The range',
            mediaType: mediaTypes,
            headers: { ...ofContent, 'Content-Range': range },
          }),
          304: respond(null, { description: 'The bytes that the caller has', headers: { ETag: etagHeader } }),
          ...problems('attachment_not_found', 'attachment_removed', 'range_not_satisfiable', 'attachment_unavailable'),
        },
      },
    },
    async (request, reply) => {
      const { params, headers, method } = request
      const context = await throughGlass(request.context, headers['break-glass'])
      const { attachment, etag, part, bytes } = await readContent(context, files, {
        id: params.attachmentId,
        reportId: params.id,
        range: headers.range,
        ifRange: headers['if-range'],
        isKnown: (tag) => isUnmodified(headers['if-none-match'], tag),
        head: method === 'HEAD',
      })
      reply.header('etag', etag)
      if (part === 'unmodified') return reply.code(304).send()
      const { size } = attachment
      reply.headers({ 'accept-ranges': 'bytes', 'content-disposition': dispositionOf(attachment) })
      reply.header('content-type', attachment.mediaType)
      if (part === 'full') return reply.header('content-length', size).send(bytes)
      const { first, last } = part
      reply.code(206).headers({ 'content-range': `bytes ${first}-${last}/${size}`, 'content-length': last - first + 1 })
      return reply.send(bytes)
    },
  )

  app.delete(
    '/reports/:id/attachments/:attachmentId',
    {
      config: { scope: 'reports:submit', notFound: 'attachment_not_found' },
      schema: {
        operationId: 'removeAttachment',
        tags: ['attachments'],
        summary: 'Remove a file of a report',
        description:
          'Its bytes, name and position are gone for good; who removed it, when and why, stays. The posting office removes ' +
          'until the report is verified, the holding level later, with a reason.',
        params: AttachmentParams,
        headers: z.object({ 'if-match': IfMatch.optional() }),
        body: RemoveAttachment,
        bodyOptional: true,
        bodyExamples: { mistaken: { reason: 'Foto dari laporan lain.' } },
        response: {
          204: respond(null, { description: 'It is removed' }),
          ...problems(
            'attachment_not_found',
            'attachment_removed',
            'version_stale',
            'precondition_required',
            'not_in_charge',
            'transition_not_allowed',
          ),
        },
      },
    },
    async ({ context, params, headers, body }, reply) => {
      const ifMatch = requireIfMatch(headers['if-match'])
      const { id: reportId, attachmentId: id } = params
      await removeAttachment(context, files, { id, reportId, ifMatch, reason: body?.reason ?? null })
      return reply.code(204).send()
    },
  )
}

/** RFC 6266 and RFC 8187: the name as the sender wrote it, in a form that any header can hold. */
function dispositionOf({ id, fileName }: AttachmentRow): string {
  const encoded = encodeURIComponent(fileName ?? id).replaceAll(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `attachment; filename*=UTF-8''${encoded}`
}

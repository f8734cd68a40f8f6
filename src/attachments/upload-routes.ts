import { Readable } from 'node:stream'
import { z } from 'zod'
import { DomainError } from '../errors.ts'
import { problems } from '../http/contract/problems.ts'
import { respond } from '../http/contract/responses.ts'
import type { Routes } from '../http/contract/route-schema.ts'
import { locationHeader } from '../http/header-docs.ts'
import { bytesMediaType } from '../http/media-type.ts'
import { IdempotencyKey } from '../http/schemas.ts'
import { ReportParams } from '../reports/schemas.ts'
import { ActiveUploads } from './active-uploads.ts'
import { beginUpload } from './begin-upload.ts'
import { endUpload, findOwnUpload } from './find-upload.ts'
import type { AttachmentFiles } from './open-files.ts'
import { receiveBytes } from './receive-bytes.ts'
import { UploadParams, UploadView } from './schemas.ts'
import { sayProgress, speakTus, tusAnswers, tusHeaders } from './tus.ts'
import { parseUploadMetadata } from './upload-metadata.ts'

/** How files come in: the tus protocol, so that 25 MB arrive in as many pieces as the line allows. */
export const uploadRoutes: Routes<{ files: AttachmentFiles }> = async (app, { files }) => {
  const active = new ActiveUploads()
  app.addHook('onRequest', speakTus)
  // The bytes themselves; no other route has a parser that takes them.
  app.addContentTypeParser(bytesMediaType, (_request, payload, done) => done(null, payload))

  app.post(
    '/reports/:id/attachments',
    {
      config: { scope: 'reports:submit', notFound: 'report_not_found' },
      schema: {
        operationId: 'beginUpload',
        tags: ['attachments'],
        summary: 'Begin to send a file of a report',
        description:
          'The creation of the tus protocol, version 1.0.0. The bytes go to the address in `Location`. Until the last one is ' +
          'here, and the file is found good, nobody but this client knows of it. For the office that posted the report, the ' +
          'level that holds it, and those above.',
        params: ReportParams,
        headers: z.object({ ...tusHeaders.creation, 'idempotency-key': IdempotencyKey.optional() }),
        response: {
          201: respond(UploadView, {
            description: 'Where the bytes go',
            headers: {
              ...tusAnswers.progress,
              Location: locationHeader,
              'Idempotent-Replayed': {
                description: '`true` when it had been begun before',
                schema: { type: 'string', enum: ['true'] },
              },
            },
          }),
          ...problems(
            'report_not_found',
            'not_in_charge',
            'transition_not_allowed',
            'idempotency_conflict',
            'uploads_exhausted',
            'tus_version_unsupported',
          ),
        },
      },
    },
    async ({ context, params, headers }, reply) => {
      const file = { ...parseUploadMetadata(headers['upload-metadata']), length: headers['upload-length'] }
      const given = { ...context, limits: files }
      const { made, replayed } = await beginUpload(given, params.id, file, headers['idempotency-key'])
      sayProgress(reply, made)
      reply.code(201).header('location', `/v1/reports/${params.id}/uploads/${made.id}`)
      if (replayed) reply.header('idempotent-replayed', 'true')
      return made
    },
  )

  app.get(
    '/reports/:id/uploads/:uploadId',
    {
      config: { scope: 'reports:submit', notFound: 'upload_not_found' },
      schema: {
        operationId: 'findUpload',
        tags: ['attachments'],
        summary: 'How far is an upload of mine?',
        description:
          'HEAD answers in headers, as tus has it; a request of this upload that is still under way ends with it: what it brought is ' +
          'kept, and it is answered with how far that is.',
        params: UploadParams,
        headers: z.object(tusHeaders.any),
        response: {
          200: respond(UploadView, { headers: tusAnswers.progress }),
          ...problems('upload_not_found', 'file_refused', 'tus_version_unsupported'),
        },
      },
    },
    async ({ context, params, method }, reply) => {
      const isTus = method === 'HEAD'
      const key = { reportId: params.id, id: params.uploadId }
      const found = await findOwnUpload(context, key)
      const upload = isTus && (await active.settle(key.id)) ? await findOwnUpload(context, key) : found
      if (isTus && upload.refusal !== null) throw new DomainError('file_refused', { reason: upload.refusal })
      sayProgress(reply, upload)
      return upload
    },
  )

  app.patch(
    '/reports/:id/uploads/:uploadId',
    {
      config: { scope: 'reports:submit', notFound: 'upload_not_found' },
      schema: {
        operationId: 'sendBytes',
        tags: ['attachments'],
        summary: 'Send the next bytes of a file',
        description:
          'As many as the line allows in half a minute; what had come when a connection breaks is kept, and HEAD tells how much. ' +
          'With the last byte the file is checked: its SHA-256 where one was announced, its kind by its bytes, and by the ' +
          'scanner of the installation.',
        params: UploadParams,
        headers: z.object(tusHeaders.bytes),
        bytes: z.any(),
        response: {
          204: respond(null, { description: 'They are kept', headers: tusAnswers.progress }),
          ...problems('upload_not_found', 'upload_offset_conflict', 'file_refused', 'tus_version_unsupported'),
        },
      },
    },
    async ({ context, params, headers, body, raw, log }, reply) => {
      const { 'content-length': length } = raw.headers
      const stream = (body as Readable | undefined) ?? Readable.from([])
      const announced = length === undefined ? undefined : Number(length)
      const bytes = { offset: headers['upload-offset'], stream, announced }
      const key = { reportId: params.id, id: params.uploadId }
      const { upload, trouble } = await receiveBytes(context, { files, active }, key, bytes)
      if (trouble !== null) log.error({ err: trouble }, 'a file could not be checked or stored; the worker tries again')
      sayProgress(reply, upload)
      // What was not read is still on its way, and no request to be found behind it.
      if (upload.status === 'receiving' && !stream.readableEnded) reply.header('connection', 'close')
      return reply.code(204).send()
    },
  )

  app.delete(
    '/reports/:id/uploads/:uploadId',
    {
      config: { scope: 'reports:submit', notFound: 'upload_not_found' },
      schema: {
        operationId: 'endUpload',
        tags: ['attachments'],
        summary: 'Give an upload of mine up',
        params: UploadParams,
        headers: z.object(tusHeaders.any),
        response: {
          204: respond(null, { description: 'What had come is removed', headers: tusAnswers.plain }),
          ...problems('upload_not_found', 'tus_version_unsupported'),
        },
      },
    },
    async ({ context, params }, reply) => {
      const key = { reportId: params.id, id: params.uploadId }
      await findOwnUpload(context, key)
      await active.settle(key.id)
      await endUpload(context, files, key)
      return reply.code(204).send()
    },
  )
}

import { submitReportExample } from '../../src/reports/examples.ts'
import type { Known } from './existing.ts'
import { ask, type Caller, callerNamed, type Target } from './target.ts'

const attachmentCount = 24
const uploadsOfEach = 8
const uploadLength = 100_000
const name = { 'upload-metadata': `filename ${Buffer.from('berita-acara.pdf').toString('base64')}` }

/** Files of one report: whole ones of the nation, and begun ones of everybody who may add to it, since an upload is its sender's alone. */
export async function attachFiles(target: Target, callers: readonly Caller[]): Promise<Known> {
  const { clientReference: _given, ...given } = submitReportExample
  const { body: report } = await ask(target, callerNamed(callers, 'regency'), '/v1/reports', { given })
  const path = `/v1/reports/${report.id}/attachments`
  const nation = callerNamed(callers, 'nation')
  const attachmentIds: string[] = []
  for (let number = 0; number < attachmentCount; number += 1) {
    const bytes = Buffer.from(`%PDF-1.4\n%${number}\n`)
    const id = await begin(target, nation, path, bytes.length)
    await send(target, nation, `/v1/reports/${report.id}/uploads/${id}`, bytes)
    attachmentIds.push(id)
  }
  const uploadIds: string[] = []
  for (const caller of callers.filter(({ name, scopes }) => scopes.includes('reports:submit') && mayAdd.has(name)))
    for (let number = 0; number < uploadsOfEach; number += 1)
      uploadIds.push(await begin(target, caller, path, uploadLength))
  const operations = ['findAttachment', 'readAttachment', 'removeAttachment', 'findUpload', 'sendBytes', 'endUpload']
  return {
    ...Object.fromEntries(operations.map((operation) => [`${operation}.id`, [report.id]])),
    attachmentId: attachmentIds,
    uploadId: uploadIds,
    'removeAttachment.If-Match': ['*'],
    'readAttachment.Range': ['bytes=0-3', 'bytes=-2'],
    'sendBytes.Upload-Offset': [0],
  }
}

/** Those in whose sight the report lies, at its level or above. */
const mayAdd = new Set(['regency', 'province', 'nation'])

async function begin(target: Target, caller: Caller, path: string, length: number): Promise<string> {
  const headers = { ...name, 'upload-length': String(length) }
  const { body } = await ask(target, caller, path, { method: 'POST', headers })
  return String(body.id)
}

async function send(target: Target, caller: Caller, path: string, bytes: Buffer): Promise<void> {
  const headers = { 'content-type': 'application/offset+octet-stream', 'upload-offset': '0' }
  await ask(target, caller, path, { method: 'PATCH', headers, bytes })
}

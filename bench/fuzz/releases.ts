import sharp from 'sharp'
import { releaseReportExample } from '../../src/releases/examples.ts'
import { submitReportExample } from '../../src/reports/examples.ts'
import type { Known } from './existing.ts'
import { authorOf } from './lives.ts'
import { ask, type Caller, callerNamed, type Target } from './target.ts'

/** Releases for each way to end one: each can be gone once. */
const releasesOfEach = 16
const body = { ...releaseReportExample, agencies: ['bssn'] }
const toAll = { agencies: 'all', handling: 'ordinary', fields: ['facts', 'occurredAt', 'stages'] }
const secret = { ...toAll, handling: 'secret' }

/** Releases of one verified report, proposed by an official who is none of the callers, and one of them with a photo. */
export async function releaseReports(target: Target, callers: readonly Caller[]): Promise<Known> {
  const author = await authorOf(target)
  const regency = callerNamed(callers, 'regency')
  const { clientReference: _given, ...example } = submitReportExample
  const { body: report } = await ask(target, author, '/v1/reports', { given: example })
  await ask(target, regency, `/v1/reports/${report.id}/verify`, { given: {}, headers: { 'if-match': '*' } })
  const made = async (given: object) => (await ask(target, author, `/v1/reports/${report.id}/releases`, { given })).body
  const release = async (given: object) => String((await made(given)).id)
  const releases = async (given: object) => {
    const ids: string[] = []
    for (let number = 0; number < releasesOfEach; number += 1) ids.push(await release(given))
    return ids
  }
  const attachment = await addPhoto(target, regency, report.id)
  const withPhoto = await made({ ...toAll, fields: ['attachments'], attachments: [attachment] })
  const read = [await release(toAll), String(withPhoto.id)]
  const changes = ['reviseRelease', 'approveRelease', 'refuseRelease', 'retractRelease']
  return {
    'releaseReport.id': [report.id],
    'listReportReleases.id': [report.id],
    'releaseReport.': [body, toAll, secret],
    'reviseRelease.': [body, toAll],
    'reviseRelease.id': await releases(toAll),
    'approveRelease.id': await releases(secret),
    'refuseRelease.id': await releases(secret),
    'retractRelease.id': await releases(toAll),
    'findRelease.id': read,
    'readReleasedFile.id': [String(withPhoto.id)],
    'readReleasedFile.attachmentId': withPhoto.content.attachments.map(({ id }: { id: string }) => id),
    'readReleasedFile.Range': ['bytes=0-3', 'bytes=-2'],
    ...Object.fromEntries(changes.map((operation) => [`${operation}.If-Match`, ['*']])),
  }
}

async function addPhoto(target: Target, caller: Caller, report: string): Promise<string> {
  const photo = await sharp({ create: { width: 32, height: 32, channels: 3, background: '#204060' } })
    .png()
    .toBuffer()
  const begun = { 'upload-length': String(photo.length), 'upload-metadata': 'filename Zm90by5wbmc=' }
  const path = `/v1/reports/${report}`
  const { body: upload } = await ask(target, caller, `${path}/attachments`, { method: 'POST', headers: begun })
  const headers = { 'content-type': 'application/offset+octet-stream', 'upload-offset': '0' }
  await ask(target, caller, `${path}/uploads/${upload.id}`, { method: 'PATCH', headers, bytes: photo })
  return String(upload.id)
}

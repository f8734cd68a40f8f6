import { createHash } from 'node:crypto'
import sharp from 'sharp'
import { type CallerName, callers } from '../support/callers.ts'
import type { Api } from '../support/start-api.ts'

/** What differs between two files of one kind. */
export type Kind = 'jpeg' | 'png' | 'webp'

/** A small photo, taken in Kendari by a camera that knew where and when. */
export async function aPhoto(kind: Kind = 'jpeg', { width = 64, position = true } = {}): Promise<Buffer> {
  const picture = sharp({ create: { width, height: 48, channels: 3, background: '#b04020' } })
  const exif = {
    IFD0: { Make: 'Kamera', ImageDescription: 'Pelapor' },
    IFD2: { DateTimeOriginal: '2024:11:25 22:30:00', OffsetTimeOriginal: '+08:00' },
    IFD3: {
      GPSLatitudeRef: 'S',
      GPSLatitude: '3/1 58/1 30/1',
      GPSLongitudeRef: 'E',
      GPSLongitude: '122/1 30/1 45/1',
    },
  }
  const written = position ? picture.withExif(exif) : picture
  return written.toFormat(kind).toBuffer()
}

/** A photo with bytes behind its end, as large as a test needs: those belong to no part of the picture. */
export async function aLargePhoto(bytes: number): Promise<Buffer> {
  const photo = await aPhoto()
  return Buffer.concat([photo, Buffer.alloc(bytes - photo.length, 7)])
}

export const sha256Of = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')

/** A header Upload-Metadata. */
export function metadata(members: Record<string, string>): string {
  return Object.entries(members)
    .map(([name, value]) => `${name} ${Buffer.from(value).toString('base64')}`)
    .join(',')
}

const tus = { 'tus-resumable': '1.0.0' }

/** Uploads of one caller to one report. */
export function uploads(api: Api, by: CallerName, report: string) {
  const at = (upload: string) => `/v1/reports/${report}/uploads/${upload}`
  const call = async (
    method: 'HEAD' | 'GET' | 'PATCH' | 'POST' | 'DELETE',
    url: string,
    headers: Record<string, string> = {},
    payload?: Buffer,
  ) =>
    api.call({
      method,
      url,
      headers: { authorization: `Bearer ${await api.tokenOf(callers[by])}`, ...tus, ...headers },
      ...(payload && { payload }),
    })
  const begin = (length: number, members: Record<string, string> = {}, headers: Record<string, string> = {}) =>
    call('POST', `/v1/reports/${report}/attachments`, {
      'upload-length': String(length),
      'upload-metadata': metadata({ filename: 'foto.jpg', ...members }),
      ...headers,
    })
  const send = (upload: string, offset: number, bytes: Buffer, headers: Record<string, string> = {}) =>
    call(
      'PATCH',
      at(upload),
      { 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream', ...headers },
      bytes,
    )
  return {
    begin,
    send,
    head: (upload: string) => call('HEAD', at(upload)),
    find: (upload: string) => call('GET', at(upload)),
    end: (upload: string) => call('DELETE', at(upload)),
    /** A whole file in one piece. */
    async upload(bytes: Buffer, members: Record<string, string> = {}) {
      const begun = await begin(bytes.length, members)
      if (begun.statusCode !== 201) throw new Error(begun.payload)
      const { id } = begun.json()
      return { id: id as string, answer: await send(id, 0, bytes) }
    },
  }
}

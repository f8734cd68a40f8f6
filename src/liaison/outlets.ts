import type { AccessScope } from '../access/vocabulary.ts'
import { exportTypes } from '../exports/formats.ts'

/** One way by which outside tools get what Waspada has for them. */
export interface Outlet {
  id: string
  /** The operation of the contract behind it. */
  operationId: string
  /** Its path; `{id}` and the like are for the reader to fill in (RFC 6570). */
  href: string
  scope: AccessScope
  mediaTypes: readonly string[]
  titleId: string
  titleEn: string
  descriptionId: string
  descriptionEn: string
  /** The tag of the reference under which it is explained. */
  tag: string
}

const json = ['application/json'] as const
const releasedFileTypes = ['image/jpeg', 'image/png', 'image/webp'] as const

/**
 * Every outlet that exists. One that comes (webhooks, a stream, OGC API Features, TAXII, CAP) is one more entry here, on the
 * day when its operation is in the contract.
 */
export const outlets: readonly Outlet[] = [
  {
    id: 'events',
    operationId: 'listEvents',
    href: '/v1/events',
    scope: 'events:read',
    mediaTypes: json,
    titleId: 'Catatan peristiwa',
    titleEn: 'Event log',
    descriptionId:
      'Apa yang terjadi, dalam satu urutan untuk semua; pembaca menyimpan posisinya dan tidak melewatkan apa pun.',
    descriptionEn: 'What happened, in one order for all; a reader keeps its position and misses nothing.',
    tag: 'events',
  },
  {
    id: 'releases',
    operationId: 'listReleases',
    href: '/v1/releases',
    scope: 'releases:read',
    mediaTypes: [...json, ...exportTypes],
    titleId: 'Daftar rilis',
    titleEn: 'Releases',
    descriptionId:
      'Salinan laporan yang disetujui untuk lembaga, dengan saringan dan pencarian; dengan `Accept` seluruh hasilnya sebagai berkas.',
    descriptionEn:
      'Copies of reports approved for agencies, by filters and search; by `Accept` the whole result as a file.',
    tag: 'releases',
  },
  {
    id: 'release',
    operationId: 'findRelease',
    href: '/v1/releases/{id}',
    scope: 'releases:read',
    mediaTypes: json,
    titleId: 'Satu rilis',
    titleEn: 'One release',
    descriptionId: 'Satu rilis menurut id; 410 bila ditarik.',
    descriptionEn: 'One release by its id; 410 where it was retracted.',
    tag: 'releases',
  },
  {
    id: 'release_file',
    operationId: 'readReleasedFile',
    href: '/v1/releases/{id}/attachments/{attachmentId}',
    scope: 'releases:read',
    mediaTypes: releasedFileTypes,
    titleId: 'Foto dalam rilis',
    titleEn: 'A photo of a release',
    descriptionId: 'Foto yang disetujui bersama rilisnya, tanpa posisi dan keterangan lain di dalam berkas.',
    descriptionEn: 'A photo that was approved with its release, without position and all else beside the picture.',
    tag: 'releases',
  },
  {
    id: 'reports',
    operationId: 'listReports',
    href: '/v1/reports',
    scope: 'reports:read',
    mediaTypes: [...json, ...exportTypes],
    titleId: 'Laporan kantor',
    titleEn: 'Reports of offices',
    descriptionId: 'Daftar laporan dengan saringan dan pencarian; dengan `Accept` seluruh hasilnya sebagai berkas.',
    descriptionEn: 'Reports by filters and search; by `Accept` the whole result as a file.',
    tag: 'reports',
  },
  {
    id: 'report',
    operationId: 'findReport',
    href: '/v1/reports/{id}',
    scope: 'reports:read',
    mediaTypes: json,
    titleId: 'Satu laporan',
    titleEn: 'One report',
    descriptionId: 'Satu laporan menurut id, misalnya yang disebut sebuah peristiwa.',
    descriptionEn: 'One report by its id, such as an event names it.',
    tag: 'reports',
  },
  {
    id: 'counts',
    operationId: 'countReports',
    href: '/v1/statistics/counts',
    scope: 'statistics:read',
    mediaTypes: [...json, ...exportTypes],
    titleId: 'Jumlah laporan',
    titleEn: 'Counts',
    descriptionId:
      'Jumlah menurut wilayah, tahapan, jenis, dan waktu; dengan `Accept` sebagai berkas. Angka kecil tidak ditunjukkan kepada lembaga.',
    descriptionEn: 'Counts by region, stage, kind and time; by `Accept` as a file. Agencies see no small numbers.',
    tag: 'statistics',
  },
  {
    id: 'timeline',
    operationId: 'getTimeline',
    href: '/v1/statistics/timeline',
    scope: 'statistics:read',
    mediaTypes: json,
    titleId: 'Garis waktu',
    titleEn: 'Timeline',
    descriptionId: 'Jumlah per hari, minggu, atau bulan, bersama tahapan pemilu di wilayahnya.',
    descriptionEn: 'Counts by day, week or month, with the election stages of the region.',
    tag: 'statistics',
  },
  {
    id: 'stages',
    operationId: 'compareStages',
    href: '/v1/statistics/stages',
    scope: 'statistics:read',
    mediaTypes: json,
    titleId: 'Perbandingan tahapan',
    titleEn: 'Comparison of stages',
    descriptionId: 'Laporan dalam satu tahapan pemilu, dibandingkan wilayah demi wilayah.',
    descriptionEn: 'Reports in an election stage, compared region by region.',
    tag: 'statistics',
  },
]

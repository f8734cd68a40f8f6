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
]

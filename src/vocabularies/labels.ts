import type {
  Contest,
  ElectionKind,
  ElectionScope,
  ElectionStatus,
  StageGroup,
  StagePhase,
} from '../elections/election.ts'
import type { FollowUpStatus } from '../follow-ups/vocabulary.ts'
import type { LinkType } from '../links/link-rules.ts'
import type { RegionKind, RegionLevel } from '../regions/region.ts'
import type { ReleaseStatus } from '../releases/vocabulary.ts'
import type { ReportingState } from '../reporting-status/schemas.ts'
import type { PeriodKind } from '../situation-reports/vocabulary.ts'
import { type Labels, label } from './label.ts'
import { reportLabels } from './report-labels.ts'

const regionLevel: Labels<RegionLevel> = {
  nation: label('Nasional', 'Nation'),
  province: label('Provinsi', 'Province'),
  regency: label('Kabupaten/Kota', 'Regency'),
  district: label('Kecamatan', 'District'),
}
const regionKind: Labels<RegionKind> = {
  nation: label('Nasional', 'Nation'),
  province: label('Provinsi', 'Province'),
  kabupaten: label('Kabupaten', 'Kabupaten'),
  kota: label('Kota', 'Kota'),
  kabupaten_administrasi: label('Kabupaten Administrasi', 'Administrative kabupaten'),
  kota_administrasi: label('Kota Administrasi', 'Administrative kota'),
  district: label('Kecamatan', 'District'),
}
const contest: Labels<Contest> = {
  president: label('Presiden dan Wakil Presiden', 'President and vice-president'),
  dpr: label('DPR', 'House of Representatives (DPR)'),
  dpd: label('DPD', 'Regional Representative Council (DPD)'),
  dprd_province: label('DPRD Provinsi', 'Provincial council (DPRD)'),
  dprd_regency: label('DPRD Kabupaten/Kota', 'Council of a kabupaten or kota (DPRD)'),
  governor: label('Gubernur', 'Governor'),
  regent: label('Bupati', 'Regent'),
  mayor: label('Wali Kota', 'Mayor'),
}
const stageGroup: Labels<StageGroup> = {
  pungut_hitung: label('Pemungutan dan penghitungan suara', 'Voting and counting'),
  masa_tenang: label('Masa tenang', 'Quiet period'),
  kampanye: label('Kampanye', 'Campaign'),
  rekapitulasi: label('Rekapitulasi', 'Tallying of results'),
  sengketa: label('Sengketa', 'Disputes'),
  pencalonan: label('Pencalonan', 'Nomination'),
  pemilih: label('Pendaftaran pemilih', 'Voter registration'),
  peserta: label('Pendaftaran peserta', 'Registration of parties'),
  persiapan: label('Persiapan', 'Preparation'),
  hasil: label('Penetapan hasil', 'Declaration of results'),
  pelantikan: label('Pelantikan', 'Inauguration'),
}
const stagePhase: Labels<StagePhase> = {
  pra: label('Pra', 'Before'),
  pelaksanaan: label('Pelaksanaan', 'During'),
  pasca: label('Pasca', 'After'),
}
const electionKind: Labels<ElectionKind> = {
  pemilu: label('Pemilu', 'General election'),
  pemilu_putaran_kedua: label('Pemilu putaran kedua', 'Second round of a general election'),
  pemilu_daerah: label('Pemilu daerah', 'Regional general election'),
  pilkada: label('Pilkada', 'Regional head election'),
  pilkada_ulang: label('Pilkada ulang', 'Re-run of a regional head election'),
  psu: label('Pemungutan suara ulang', 'Repeat voting'),
}
const electionScope: Labels<ElectionScope> = {
  national: label('Nasional', 'National'),
  provincial: label('Provinsi', 'Provincial'),
  regional: label('Daerah', 'Regional'),
  overseas: label('Luar negeri', 'Overseas'),
}
const electionStatus: Labels<ElectionStatus> = {
  planned: label('Direncanakan', 'Planned'),
  scheduled: label('Terjadwal', 'Scheduled'),
  held: label('Terlaksana', 'Held'),
  not_held: label('Tidak dilaksanakan', 'Not held'),
}
const followUpStatus: Labels<FollowUpStatus> = {
  planned: label('Direncanakan', 'Planned'),
  in_progress: label('Dilaksanakan', 'In progress'),
  done: label('Selesai', 'Done'),
  cancelled: label('Dibatalkan', 'Cancelled'),
}
const linkType: Labels<LinkType> = {
  duplicate_of: label('Duplikat dari', 'Duplicate of'),
  part_of: label('Bagian dari', 'Part of'),
  follows: label('Kelanjutan dari', 'Follows'),
}
const periodKind: Labels<PeriodKind> = {
  daily: label('Harian', 'Daily'),
  weekly: label('Mingguan', 'Weekly'),
  monthly: label('Bulanan', 'Monthly'),
}
const releaseStatus: Labels<ReleaseStatus> = {
  proposed: label('Diusulkan', 'Proposed'),
  refused: label('Ditolak', 'Refused'),
  published: label('Berlaku', 'In force'),
  superseded: label('Digantikan', 'Superseded'),
  retracted: label('Ditarik', 'Retracted'),
}
const reportingStatus: Labels<ReportingState> = {
  on_time: label('Tepat waktu', 'On time'),
  late: label('Terlambat', 'Late'),
  silent: label('Belum melapor', 'Silent'),
  pending: label('Ditunggu', 'Pending'),
}

/** Indonesian and English labels of every closed list, by its name, in the order of the list. */
export const labels = {
  ...reportLabels,
  regionLevel,
  regionKind,
  contest,
  stageGroup,
  stagePhase,
  electionKind,
  electionScope,
  electionStatus,
  followUpStatus,
  linkType,
  periodKind,
  releaseStatus,
  reportingStatus,
} as const satisfies Record<string, Labels<string>>
export type VocabularyName = keyof typeof labels

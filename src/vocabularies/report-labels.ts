import type { Handling, OfficeLevel } from '../access/vocabulary.ts'
import type { Domain } from '../incident-types/incident-type.ts'
import type * as words from '../reports/vocabulary.ts'
import { type Labels, label } from './label.ts'

type OneOf<List extends readonly string[]> = List[number]

const product: Labels<OneOf<typeof words.products>> = {
  incident: label('Laporan Kejadian', 'Incident report'),
  information: label('Laporan Informasi', 'Information report'),
  attention: label('Laporan Atensi', 'Attention report'),
  special: label('Laporan Khusus', 'Special report'),
}
const athg: Labels<OneOf<typeof words.athgKinds>> = {
  threat: label('Ancaman', 'Threat'),
  challenge: label('Tantangan', 'Challenge'),
  obstacle: label('Hambatan', 'Obstacle'),
  disruption: label('Gangguan', 'Disruption'),
}
const domain: Labels<Domain> = {
  ideology: label('Ideologi', 'Ideology'),
  politics: label('Politik', 'Politics'),
  economy: label('Ekonomi', 'Economy'),
  social_culture: label('Sosial Budaya', 'Social and cultural affairs'),
  defence: label('Pertahanan', 'Defence'),
  security: label('Keamanan', 'Security'),
}
const phase: Labels<OneOf<typeof words.phases>> = {
  potential: label('Potensi', 'Potential'),
  imminent: label('Ambang', 'Imminent'),
  actual: label('Nyata', 'Actual'),
}
const severity: Labels<OneOf<typeof words.severities>> = {
  low: label('Rendah', 'Low'),
  moderate: label('Sedang', 'Moderate'),
  high: label('Tinggi', 'High'),
  critical: label('Sangat Tinggi', 'Critical'),
}
const urgency: Labels<OneOf<typeof words.urgencies>> = {
  routine: label('Biasa', 'Routine'),
  priority: label('Segera', 'Priority'),
  immediate: label('Sangat Segera', 'Immediate'),
  flash: label('Kilat', 'Flash'),
}
const handling: Labels<Handling> = {
  ordinary: label('Biasa', 'Ordinary'),
  restricted: label('Terbatas', 'Restricted'),
  secret: label('Rahasia', 'Secret'),
  top_secret: label('Sangat Rahasia', 'Top secret'),
}
const occurredAtPrecision: Labels<OneOf<typeof words.precisions>> = {
  exact: label('Tepat', 'Exact'),
  hour: label('Sampai jam', 'To the hour'),
  day: label('Sampai hari', 'To the day'),
  unknown: label('Tidak diketahui', 'Unknown'),
}
const status: Labels<OneOf<typeof words.statuses>> = {
  submitted: label('Dilaporkan', 'Submitted'),
  verified: label('Terverifikasi', 'Verified'),
  rejected: label('Ditolak', 'Rejected'),
  escalated: label('Diteruskan', 'Escalated'),
  closed: label('Ditutup', 'Closed'),
  withdrawn: label('Dicabut', 'Withdrawn'),
}
const level: Labels<OfficeLevel> = {
  regency: label('Kabupaten/Kota', 'Regency'),
  province: label('Provinsi', 'Province'),
  national: label('Pusat', 'National'),
}
const sourceKind: Labels<OneOf<typeof words.sourceKinds>> = {
  field_officer: label('Petugas lapangan', 'Field officer'),
  fkdm: label('FKDM', "Citizens' early-warning forum (FKDM)"),
  community: label('Masyarakat', 'Community'),
  media: label('Media massa', 'News media'),
  social_media: label('Media sosial', 'Social media'),
  agency: label('Instansi', 'Agency'),
  election_body: label('Penyelenggara pemilu', 'Election body'),
  police: label('Polri', 'Police'),
  military: label('TNI', 'Military'),
  other: label('Lainnya', 'Other'),
}
const sourceMethod: Labels<OneOf<typeof words.sourceMethods>> = {
  observation: label('Pengamatan', 'Observation'),
  interview: label('Wawancara', 'Interview'),
  document: label('Dokumen', 'Document'),
  open_source: label('Sumber terbuka', 'Open source'),
  technical: label('Sarana teknis', 'Technical means'),
  other: label('Lainnya', 'Other'),
}
const sourceReliability: Labels<OneOf<typeof words.reliabilities>> = {
  A: label('Sangat dipercaya', 'Completely reliable'),
  B: label('Dapat dipercaya', 'Usually reliable'),
  C: label('Agak dapat dipercaya', 'Fairly reliable'),
  D: label('Biasanya tidak dapat dipercaya', 'Not usually reliable'),
  E: label('Tidak dapat dipercaya', 'Unreliable'),
  F: label('Tidak dapat dinilai', 'Reliability cannot be judged'),
}
const sourceCredibility: Labels<'1' | '2' | '3' | '4' | '5' | '6'> = {
  1: label('Dibenarkan sumber lain', 'Confirmed by other sources'),
  2: label('Sangat mungkin benar', 'Probably true'),
  3: label('Mungkin benar', 'Possibly true'),
  4: label('Diragukan', 'Doubtful'),
  5: label('Tidak mungkin benar', 'Improbable'),
  6: label('Tidak dapat dinilai', 'Truth cannot be judged'),
}
const actorRole: Labels<OneOf<typeof words.actorRoles>> = {
  perpetrator: label('Pelaku', 'Perpetrator'),
  victim: label('Korban', 'Victim'),
  witness: label('Saksi', 'Witness'),
  organiser: label('Penggerak', 'Organiser'),
  target: label('Sasaran', 'Target'),
  responder: label('Petugas yang menangani', 'Responder'),
  other: label('Lainnya', 'Other'),
}
const flag: Labels<words.Flag> = {
  late: label('Terlambat diterima', 'Received late'),
  occurred_in_future: label('Waktu kejadian di masa depan', 'Occurred in the future'),
  location_mismatch: label('Koordinat di luar wilayah yang disebut', 'Position outside the region given'),
  location_approximate: label('Wilayah koordinat perkiraan', 'Region of the position approximate'),
}

/** The closed lists of a report. */
export const reportLabels = {
  product,
  athg,
  domain,
  phase,
  severity,
  urgency,
  handling,
  occurredAtPrecision,
  status,
  level,
  sourceKind,
  sourceMethod,
  sourceReliability,
  sourceCredibility,
  actorRole,
  flag,
}

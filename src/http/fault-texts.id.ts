import type { FaultCode } from '../errors.ts'

/** What is wrong with one member, parameter or header; filled as the problems are. */
export const indonesianFaults: Record<FaultCode, string> = {
  required: 'Wajib diisi.',
  unknown_member: 'Anggota ini tidak dikenal.',
  duplicate_member: 'Anggota ini diberikan lebih dari satu kali.',
  unknown_parameter: 'Parameter ini tidak dikenal[; yang dikenal: {known}].',
  repeated_parameter: 'Ini hanya boleh diberikan satu kali.',
  repeated_item: 'Ini sudah ada dalam daftar.',
  wrong_type: 'Jenis nilainya salah[: seharusnya {expected}].',
  not_allowed: 'Nilai ini tidak diizinkan[; yang diizinkan: {allowed}].',
  too_short: 'Teks terlalu pendek atau kosong[: paling sedikit {minimum} karakter].',
  too_long: 'Teks terlalu panjang[: paling banyak {maximum} karakter].',
  too_small: 'Angka terlalu kecil[: paling sedikit {minimum}].',
  too_large: 'Angka terlalu besar[: paling banyak {maximum}].',
  too_many: 'Butir terlalu banyak[: paling banyak {maximum}].',
  too_many_cells: 'Hasilnya lebih dari {maximum} sel: kurangi dimensinya, atau persempit wilayahnya.',
  too_many_periods:
    'Dari {from} sampai {to} ada lebih dari {maximum} periode: mintalah periode yang lebih panjang, atau hari yang lebih sedikit dengan dateFrom dan dateTo.',
  not_in_export: 'Ekspor selalu utuh: tanpa batas jumlah dan tanpa kursor.',
  too_few: 'Butir terlalu sedikit[: paling sedikit {minimum}].',
  too_deep: 'Bagian ini bertingkat terlalu dalam.',
  number_unsafe: 'Angka ini kehilangan digit: bilangan bulat dari -9007199254740991 sampai 9007199254740991.',
  format_invalid: 'Bentuknya salah[: seharusnya {format}][; contoh yang benar: {example}].',
  timestamp_invalid:
    'Seharusnya waktu dengan selisih zona seperti 2024-11-25T22:30:00+08:00: hari yang nyata, tahun 0001 sampai 9999, paling teliti milidetik, tanpa detik kabisat (:60).[ Dalam alamat, tulislah + sebagai {plus}.]',
  date_invalid: 'Seharusnya hari yang nyata dalam kalender seperti 2024-11-25.',
  text_invalid: 'Teks memuat karakter kendali atau Unicode yang rusak.',
  range_reversed: 'Akhir rentang mendahului awalnya.',
  region_unknown: 'Tidak ada wilayah dengan kode ini[: {code}].',
  region_outside_office: 'Tempat ini di luar wilayah kantor Anda.',
  report_unknown: 'Laporan ini tidak ada, atau Anda tidak berhak melihatnya.',
  as_its_original: 'Duplikat adalah latihan bila laporan aslinya latihan. Cabutlah tautannya lebih dahulu.',
  incident_type_unknown: 'Jenis kejadian ini tidak ada[: {code}].',
  election_unknown: 'Pemilu atau pilkada ini tidak ada[: {code}].',
  stage_unknown: 'Tahapan ini tidak ada[: {code}].',
  stage_without_counterpart:
    'Pemilu atau pilkada itu tidak memiliki tahapan ini dan tidak pula tahapan lain dari kelompoknya[: {group}].',
  level_above_region:
    'Yang dibandingkan adalah provinsi dan kabupaten/kota: mintalah wilayah yang termasuk tingkat ini atau membawahinya.',
  mean_not_seen:
    'Rata-rata provinsi adalah rata-rata kabupaten/kotanya: hanya untuk kantor yang melihat semuanya, dan untuk regionLevel=regency.',
  not_released: 'Lembaga menghitung rilis, yang tidak memuat hal ini dari laporan di baliknya.',
  grant_not_in_force: 'Ini bukan izin break-glass Anda yang masih berlaku.',
  handling_above_clearance: 'Klasifikasi ini di atas kewenangan Anda[: {clearance}].',
  period_invalid:
    'Seharusnya hari (2024-11-26), pekan ISO (2024-W48), atau bulan (2024-11) yang nyata, sesuai jenisnya, tahun 2000 sampai 2999.',
  period_not_begun: 'Periode ini belum mulai di tempat kantor Anda.',
  must_stand_alone: 'Ubahlah ini tersendiri, dalam permintaan yang tidak mengubah hal lain.',
  moment_past: 'Waktu ini sudah lewat; isilah waktu yang akan datang.',
  office_unknown: 'Tidak ada kantor dengan kode ini[: {code}].',
  agency_unknown: 'Tidak ada klien terdaftar dari instansi ini[: {code}].',
  attachment_unknown: 'Laporan tidak memiliki lampiran ini, atau lampirannya sudah dihapus.',
  attachment_not_releasable:
    'Berkas ini tidak dapat ditulis ulang tanpa keterangan di luar isinya[: {mediaType}]. Foto JPEG, PNG, atau WebP dapat.',
  scope_not_held: 'Cakupan administratif hanya dapat diberikan oleh yang memegangnya.',
  key_invalid: 'Ini bukan kunci publik yang dapat dipakai: EC pada P-256 atau P-384, Ed25519, atau RSA mulai 2048 bit.',
  key_in_use: 'Kunci ini sudah berlaku, di sini atau untuk klien lain. Buatlah yang baru.',
}

import { indonesianFaults } from './fault-texts.id.ts'
import type { ProblemTexts } from './problem.ts'

/** Kata-kata bahasa Indonesia; the rules of filling are those of the English file. */
export const indonesian: ProblemTexts = {
  problems: {
    request_malformed: ['Permintaan rusak', 'Permintaan tidak dapat dibaca[: {reason}][ (pada karakter {position})].'],
    parameter_invalid: ['Parameter tidak sah', 'Satu atau beberapa parameter atau header tidak sah; lihat errors.'],
    cursor_invalid: [
      'Kursor tidak sah',
      'Kursor tidak sah, milik pencarian lain, atau kedaluwarsa. Mulailah dari halaman pertama.',
    ],
    body_invalid: ['Isi tidak sah', 'Permintaan terbaca, tetapi isinya tidak sah; lihat errors.'],
    value_refused: [
      'Nilai ditolak',
      'Ada nilai dalam permintaan yang tidak dapat disimpan. Sampaikan id permintaan (instance) kepada pengelola.',
    ],
    token_missing: ['Belum terautentikasi', 'Kirimkan token akses: Authorization: Bearer <token>.'],
    token_invalid: ['Token akses tidak sah', 'Token akses tidak sah atau sudah kedaluwarsa. Mintalah yang baru.'],
    person_required: ['Harus oleh pejabat', 'Hanya untuk pejabat, sedangkan token ini milik sebuah sistem.'],
    offices_only: ['Khusus kantor', 'Lembaga melihat rilis dan bukan laporan: ini hanya untuk kantor Kesbangpol.'],
    scope_missing: ['Cakupan kurang', 'Token akses tidak memiliki cakupan (scope) yang diperlukan[: {scope}].'],
    route_not_found: ['Alamat tidak ada', 'Tidak ada apa pun di alamat ini.'],
    region_not_found: ['Wilayah tidak ada', 'Tidak ada wilayah dengan kode ini.'],
    election_not_found: ['Pemilu tidak ada', 'Tidak ada pemilu atau pilkada dengan kode ini.'],
    break_glass_grant_not_found: ['Izin tidak ada', 'Anda tidak memiliki izin break-glass ini yang masih berlaku.'],
    report_not_found: ['Laporan tidak ada', 'Laporan ini tidak ada, atau Anda tidak berhak melihatnya.'],
    question_not_found: ['Pertanyaan tidak ada', 'Pertanyaan ini tidak ada, atau Anda tidak berhak melihatnya.'],
    follow_up_not_found: ['Tindak lanjut tidak ada', 'Tindak lanjut ini tidak ada, atau Anda tidak berhak melihatnya.'],
    link_not_found: [
      'Tautan tidak ada',
      'Laporan ini tidak memiliki tautan tersebut, atau Anda tidak berhak melihatnya.',
    ],
    situation_report_not_found: [
      'Laporan situasi tidak ada',
      'Laporan situasi ini tidak ada, atau Anda tidak berhak melihatnya.',
    ],
    client_not_found: ['Klien tidak ada', 'Tidak ada klien dengan id ini.'],
    upload_not_found: [
      'Unggahan tidak ada',
      'Anda tidak memiliki unggahan ini, atau sudah kedaluwarsa. Mulailah yang baru.',
    ],
    attachment_not_found: ['Lampiran tidak ada', 'Lampiran ini tidak ada, atau Anda tidak berhak melihatnya.'],
    release_not_found: ['Rilis tidak ada', 'Rilis ini tidak ada, atau Anda tidak berhak melihatnya.'],
    uploads_exhausted: [
      'Terlalu banyak unggahan berjalan',
      'Klien Anda memiliki {maximum} unggahan yang belum selesai, batas terbanyak. Selesaikan atau batalkan sebagian dengan DELETE.',
    ],
    upload_offset_conflict: [
      'Posisi tidak cocok',
      'Upload-Offset tidak sama dengan yang telah diterima[: {received} bita]. Tanyakan dengan HEAD dan lanjutkan dari sana.',
    ],
    release_retracted: [
      'Sudah ditarik',
      'Rilis ini sudah ditarik, atau versi terakhirnya tidak lagi ditujukan kepada Anda. Jangan gunakan lagi.',
    ],
    attachment_removed: [
      'Lampiran dihapus',
      'Berkas ini telah dihapus; oleh siapa dan kapan tercatat pada lampirannya.',
    ],
    events_gone: [
      'Peristiwa tidak disimpan lagi',
      'Peristiwa setelah posisi ini sudah dihapus[; posisi tertua adalah {oldest}]. Catat posisi itu, muat ulang daftar yang Anda ikuti, lalu lanjutkan dari sana.',
    ],
    events_position_unknown: [
      'Posisi melampaui akhir',
      'Log tidak pernah mencapai posisi ini: log ini berbeda atau dipulihkan dari cadangan. Muat ulang daftar yang Anda ikuti[, lalu lanjutkan dari {oldest}].',
    ],
    events_too_many_waiting: [
      'Terlalu banyak yang menunggu',
      'Terlalu banyak permintaan klien Anda yang sedang menunggu peristiwa. Biarkan salah satunya selesai, atau mintalah tanpa wait[; cobalah lagi dalam {retryAfter} detik].',
    ],
    tus_version_unsupported: [
      'Versi tus tidak didukung',
      'Unggahan memakai protokol tus versi 1.0.0. Kirimkan Tus-Resumable: 1.0.0.',
    ],
    file_refused: ['Berkas ditolak', 'Berkas ini tidak disimpan[: {reason}].'],
    range_not_satisfiable: ['Rentang tidak ada', 'Rentang itu di luar berkas[, yang berukuran {size} bita].'],
    attachment_unavailable: [
      'Berkas tidak terjangkau',
      'Lampiran ini tercatat, tetapi isinya tidak ditemukan. Pengelola sudah diberi tahu; cobalah lagi nanti.',
    ],
    method_not_allowed: ['Metode tidak diizinkan', 'Alamat ini tidak menerima metode itu[; yang diterima: {allow}].'],
    not_acceptable: [
      'Bentuk tidak tersedia',
      'Header Accept tidak menerima bentuk yang dikirim alamat ini[: {produced}].',
    ],
    reference_conflict: [
      'Referensi sudah dipakai',
      'clientReference ini milik laporan dengan isi lain[: {existingId}].',
    ],
    idempotency_conflict: [
      'Kunci idempotensi sudah dipakai',
      'Idempotency-Key ini sudah dipakai dengan isi lain[: {existingId}].',
    ],
    situation_report_exists: [
      'Sudah dilaporkan',
      'Kantor Anda sudah melaporkan periode ini dengan isi lain. Koreksilah laporan itu[: {existingId}].',
    ],
    change_refused: [
      'Perubahan ditolak',
      'Perubahan ini tidak sesuai dengan yang tersimpan. Baca ulang, atau sampaikan id permintaan (instance) kepada pengelola.',
    ],
    client_exists: ['Klien sudah ada', 'Klien dengan id ini sudah ada. Ubahlah, atau ganti kredensialnya.'],
    client_in_use: [
      'Klien sedang dipakai',
      'Klien yang sedang Anda pakai tidak dapat Anda nonaktifkan atau persempit. Administrator lain dapat.',
    ],
    client_above_clearance: [
      'Klien di atas kewenangan Anda',
      'Kewenangan klien ini di atas kewenangan Anda. Anda hanya dapat menonaktifkannya.',
    ],
    client_above_scopes: [
      'Klien di atas cakupan Anda',
      'Klien ini memegang cakupan administratif yang tidak Anda pegang[: {scopes}]. Anda hanya dapat menonaktifkannya.',
    ],
    transition_not_allowed: [
      'Tidak dapat dilakukan sekarang',
      'Langkah ini tidak dapat dilakukan dalam keadaan sekarang[: {verb}, status {status}][, tingkat {level}].',
    ],
    not_in_charge: [
      'Bukan wewenang kantor ini',
      'Langkah ini kini wewenang kantor lain[; laporan dipegang tingkat {level}][: {office}].',
    ],
    author_may_not_verify: [
      'Perlu orang kedua',
      'Pengirim atau pengoreksi laporan tidak boleh memverifikasi atau menolaknya. Pejabat lain dapat melakukannya.',
    ],
    proposer_may_not_approve: [
      'Perlu orang kedua',
      'Pengusul rilis ini tidak boleh menyetujuinya. Pejabat lain dapat melakukannya.',
    ],
    question_answered: ['Sudah dijawab', 'Pertanyaan ini sudah dijawab. Bacalah kembali, atau ajukan pertanyaan lain.'],
    link_not_allowed: ['Tautan tidak diizinkan', 'Kedua laporan ini tidak dapat ditautkan seperti ini[: {reason}].'],
    version_stale: ['Sudah berubah', 'If-Match bukan versi yang berlaku. Bacalah kembali, lalu ulangi.'],
    body_too_large: ['Isi terlalu besar', 'Isi permintaan melebihi batas alamat ini[: {limit}].'],
    media_type_unsupported: [
      'Jenis media tidak didukung',
      'Kirimkan isi sebagai {accept}[, dengan penyandian {acceptEncoding}].',
    ],
    precondition_required: [
      'If-Match tidak ada',
      'Kirimkan If-Match dengan ETag dari versi yang telah Anda baca, agar perubahan lain tidak hilang.',
    ],
    headers_too_large: ['Header terlalu besar', 'Header permintaan terlalu besar.'],
    request_timeout: ['Waktu permintaan habis', 'Permintaan tidak tiba pada waktunya.'],
    rate_limited: ['Terlalu banyak permintaan', 'Permintaan melebihi batas. Cobalah lagi[ dalam {retryAfter} detik].'],
    internal_error: [
      'Kesalahan internal',
      'Terjadi kesalahan di sini. Sampaikan id permintaan (instance) kepada pengelola.',
    ],
    service_unavailable: ['Layanan tidak tersedia', 'Layanan sedang tidak dapat menjawab. Cobalah sesaat lagi.'],
  },
  faults: indonesianFaults,
  words: {
    string: 'teks',
    number: 'angka',
    int: 'bilangan bulat',
    boolean: 'true atau false',
    array: 'daftar',
    tuple: 'daftar',
    object: 'objek',
    record: 'objek',
    null: 'null',
    body: 'isinya tidak ada',
    encoding: 'isinya bukan UTF-8',
    json: 'isinya bukan JSON',
    itself: 'laporan tidak ditautkan dengan dirinya sendiri',
    linked_already: 'tautan ini sudah ada',
    report_is_duplicate: 'laporan ini sudah memiliki laporan asli; cabutlah tautan itu lebih dahulu',
    target_is_duplicate: 'laporan tujuan sendiri adalah duplikat; sebutkan laporan aslinya',
    target_not_verified: 'laporan asli harus sudah diverifikasi, agar tetap terhitung',
    target_marked_higher: 'klasifikasi laporan asli lebih tinggi daripada duplikatnya; tautkan ke arah sebaliknya',
    exercise_and_real: 'salah satunya latihan, yang lain bukan',
    circle: 'tautan sejenis sudah mengarah dari laporan tujuan kembali ke laporan ini',
    percent: 'penyandian persen di alamat rusak',
    digest: 'SHA-256-nya bukan yang diumumkan',
    type: 'bukan foto, PDF, atau rekaman suara dari jenis yang diterima',
    infected: 'pemindaian menemukan isi berbahaya di dalamnya',
  },
}

/** What the reports of the bench say: enough words for the lengths that offices write, and a few of each kind to choose from. */
export const subjects = [
  'Perusakan alat peraga kampanye di wilayah kecamatan',
  'Unjuk rasa menolak hasil penetapan daftar pemilih tetap',
  'Dugaan pembagian sembako oleh tim pasangan calon',
  'Penyebaran selebaran gelap menjelang hari pemungutan suara',
  'Ketegangan antarpendukung pasangan calon setelah debat terbuka',
]

const sentences = [
  'Sekitar pukul 22.30 waktu setempat lima orang tak dikenal mendatangi lokasi dan merusak dua belas baliho pasangan calon.',
  'Massa berkumpul di depan kantor penyelenggara sejak pagi dan membubarkan diri dengan tertib pada sore hari.',
  'Saksi di sekitar lokasi menyebut pelaku datang dengan tiga sepeda motor tanpa pelat nomor.',
  'Petugas mengamankan barang bukti dan meminta keterangan dari ketua rukun tetangga setempat.',
  'Situasi terpantau aman dan kondusif; petugas tetap berjaga di sekitar lokasi sampai malam.',
  'Kejadian ini mengulang pola yang tercatat dua pekan sebelumnya di kecamatan yang berbatasan.',
]

/** Three sentences, a few hundred characters, different for each number. */
export function narrative(number: number): string {
  return [0, 1, 2].map((step) => sentences[(number + step * 2) % sentences.length]).join(' ')
}

/** One sentence. */
export function remark(number: number): string {
  return sentences[number % sentences.length] ?? ''
}

export const distinctTexts = sentences.length

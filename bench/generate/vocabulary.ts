import { chance, weighted } from './chance.ts'

// The commonest first: what holds a sentence together, then what offices write of, then roots that take affixes.
const common = `yang dan di dengan pada untuk dari oleh tidak telah dalam akan ini itu sebagai adalah juga atau karena secara terhadap agar
  serta oleh para kepada hingga sejak saat setelah sebelum sekitar antara masih dapat belum sudah lebih beberapa tersebut bahwa namun`
const topical = `petugas kecamatan masyarakat pukul lokasi kegiatan pemilihan calon situasi kantor pihak orang desa kelurahan massa aparat polisi
  kondusif aman pasangan kampanye suara pemilih panwascam bawaslu penyelenggara pendukung aksi tokoh ketua anggota tim partai saksi pagi malam
  siang sore jalan rumah sekolah balai lapangan pasar kendaraan motor mobil surat kotak logistik hasil rapat pleno laporan informasi media sosial
  baliho poster bendera alat peraga uang sembako janji ancaman intimidasi hoaks berita video foto pesan grup tuntutan protes keberatan gugatan
  sengketa keputusan daftar tetap sementara tambahan khusus kepala dinas camat lurah pemuda agama adat ormas mahasiswa buruh petani nelayan
  pedagang guru ibu bapak kelompok warung masjid gereja pura jembatan sungai banjir longsor hujan cuaca gempa listrik jaringan internet telepon
  server data sistem peretasan harga beras minyak bahan pokok kelangkaan stok distribusi lahan tambang kebun perusahaan upah konflik batas wilayah
  bentrok lemparan batu kayu senjata tajam luka ringan berat korban jiwa meninggal dirawat puskesmas kerugian rusak terbakar pos jaga patroli
  pengamanan koordinasi mediasi imbauan pengumuman penetapan pendaftaran verifikasi faktual administrasi dokumen ijazah tanda tangan dukungan
  rekapitulasi penghitungan ulang surat formulir salinan segel gudang pengiriman kapal pesawat truk medan sulit terpencil pulau gunung hutan`
const roots = `ajak aju alih ambil amat ancam angkat angkut antar arah atur awas baca bagi bahas bakar balas bangun bantah bantu batal batas bawa bayar
  beda bela beli bentuk berita beri bicara bina bongkar buat buka bukti bunuh buru cabut cari catat cegah cetak coba coret cukup curi dalam damai
  dampak dapat data datang daftar dekat dengar desak diam didik diri dorong dukung duduk edar evakuasi fasilitas gabung gagal galang ganggu ganti
  gelar gerak giat gugat guna halang hadap hadir hambat hancur hapus harap hasil hasut hentikan hilang himbau hindar hitung hubung hukum ikat ikut
  imbang ingat isi izin jaga jajak jalan jamin janji jatuh jelas jemput jual jumlah jumpa kabar kait kandas karung kawal kembali kembang kendali
  kenal kerah kerja kirim klarifikasi koordinir kuasa kumpul kunjung kurang lacak laku langgar lanjut lapor larang latih lawan layan ledak lempar
  lengkap lepas letak libat lihat lindung luas lumpuh lunas maju makan maksud masuk mati mediasi minta monitor muat mulai musnah nilai nyata olah
  padam paksa panas pandang panggil pantau pasang pastikan patuh pecah pegang pelihara penuh perang percaya periksa perintah pesan pikir pilih pimpin
  pindah pisah potong prediksi provokasi pukul pulang pulih pusat putus raba rakit ramai rampas rasa rebut redam rekam rencana resah resmi retas
  rintis robek rubah rugi rujuk rukun rusak saing saji sakit salah salur sambung sampai sandera sasar satu sebar segel selamat selenggara selesai
  selidik serah serang sergap setuju siaga sidang simpan singgung sita soal sosialisasi suap suara suruh susun syarat tahan tambah tampil tanda
  tandang tangani tanggap tangkap tanya tarik tawar tebang teguh tekan teliti temu tenang tentang terang terima tertib tetap tikam timbang tindak
  tinggal tinjau tipu titip tolak tonton tuduh tuju tukar tulis tumpang tunda tunggu tuntut turun tutup ubah uji ukur ulang undang ungkap ungsi
  unggah unjuk upaya urus usir usul usut waspada yakin`
const affixed = (root: string) => [
  `di${root}`,
  `di${root}kan`,
  `ter${root}`,
  `ber${root}`,
  `${root}an`,
  `pe${root}`,
  `pe${root}an`,
  `ke${root}an`,
  `per${root}an`,
  `se${root}`,
  `${root}nya`,
  `${root}lah`,
]

/** Words that a search can be measured by, each in one report of so many; villages are called after the commonest alone. */
export const markedWords = { common: 'warga', usual: 'spanduk', seldom: 'gergaji', rare: 'detonator' } as const
export const oneReportIn: Record<keyof typeof markedWords, number> = {
  common: 2,
  usual: 100,
  seldom: 10_000,
  rare: 100_000,
}

const split = (text: string) => text.split(/\s+/).filter((word) => word !== '')

/** Some thousands of words, the commonest first. */
export const vocabulary: readonly string[] = [
  ...new Set([...split(common), ...split(topical), ...split(roots), ...split(roots).flatMap(affixed)]),
]

/** Texts of one to four sentences; most are short. Their words are spread as Zipf has it: the tenth is a tenth as common as the first. */
export function passages(count: number, seed: number): string[] {
  const random = chance(seed)
  const word = weighted(vocabulary, (_, rank) => 1 / (rank + 3))
  const sentence = () => {
    const words = Array.from({ length: 7 + Math.floor(random() * 11) }, () => word(random())).join(' ')
    return `${words[0]?.toUpperCase()}${words.slice(1)}.`
  }
  return Array.from({ length: count }, () => {
    const u = random()
    const sentences = u < 0.62 ? 1 : u < 0.87 ? 2 : u < 0.97 ? 3 : 4
    return Array.from({ length: sentences }, sentence).join(' ')
  })
}

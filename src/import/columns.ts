/** How the text of a cell becomes a value; whatever cannot is sent as it is, and refused with the rest. */
export type CellKind = 'text' | 'code' | 'whole' | 'decimal' | 'truth' | 'time'

export interface Column {
  name: string
  /** Where the value goes in a report. */
  path: readonly (string | number)[]
  kind: CellKind
  required: boolean
  /** Headings by which it is known as well, as offices call it. */
  aliases: readonly string[]
}

const column = (name: string, kind: CellKind, path: readonly (string | number)[], ...aliases: string[]): Column => ({
  name,
  path,
  kind,
  required: false,
  aliases,
})
const plain = (name: string, kind: CellKind, ...aliases: string[]) => column(name, kind, [name], ...aliases)
const required = (one: Column): Column => ({ ...one, required: true })

/** The columns of a sheet of reports, in the order of the template. Actors have none: they travel in NDJSON. */
export const columns: readonly Column[] = [
  required(plain('clientReference', 'text', 'nomor referensi', 'referensi', 'nomor laporan')),
  required(plain('product', 'text', 'jenis laporan', 'produk')),
  required(plain('athg', 'text', 'jenis athg')),
  required(plain('domain', 'text', 'bidang')),
  required(plain('incidentType', 'text', 'jenis kejadian')),
  required(plain('phase', 'text', 'tahap', 'fase')),
  required(plain('severity', 'text', 'tingkat risiko', 'tingkat')),
  plain('urgency', 'text', 'kecepatan', 'derajat'),
  plain('handling', 'text', 'klasifikasi', 'klasifikasi keamanan'),
  required(plain('subject', 'text', 'perihal')),
  required(plain('facts', 'text', 'fakta', 'fakta-fakta', 'uraian')),
  plain('analysis', 'text', 'analisa', 'analisis'),
  plain('prediction', 'text', 'prediksi'),
  plain('actionsTaken', 'text', 'langkah yang telah diambil', 'langkah'),
  plain('recommendation', 'text', 'rekomendasi', 'saran'),
  required(plain('occurredAt', 'time', 'waktu kejadian')),
  plain('occurredAtPrecision', 'text', 'ketelitian waktu'),
  plain('obtainedAt', 'time', 'waktu diperoleh'),
  plain('composedAt', 'time', 'waktu disusun'),
  required(column('regionCode', 'code', ['location', 'regionCode'], 'kode wilayah')),
  column('place', 'text', ['location', 'place'], 'tempat', 'lokasi'),
  column('longitude', 'decimal', ['location', 'coordinates', 0], 'bujur'),
  column('latitude', 'decimal', ['location', 'coordinates', 1], 'lintang'),
  required(column('sourceKind', 'text', ['source', 'kind'], 'sumber', 'jenis sumber')),
  column('sourceMethod', 'text', ['source', 'method'], 'cara memperoleh'),
  column('sourceReliability', 'text', ['source', 'reliability'], 'keandalan sumber'),
  column('sourceCredibility', 'whole', ['source', 'credibility'], 'kredibilitas informasi'),
  column('deaths', 'whole', ['impact', 'deaths'], 'meninggal', 'korban meninggal'),
  column('seriouslyInjured', 'whole', ['impact', 'seriouslyInjured'], 'luka berat'),
  column('lightlyInjured', 'whole', ['impact', 'lightlyInjured'], 'luka ringan'),
  column('missing', 'whole', ['impact', 'missing'], 'hilang'),
  column('displaced', 'whole', ['impact', 'displaced'], 'mengungsi', 'pengungsi'),
  column('lossIdr', 'whole', ['impact', 'lossIdr'], 'kerugian', 'kerugian (rp)'),
  column('noteOnThreat', 'text', ['athgNotes', 'threat'], 'catatan ancaman'),
  column('noteOnChallenge', 'text', ['athgNotes', 'challenge'], 'catatan tantangan'),
  column('noteOnObstacle', 'text', ['athgNotes', 'obstacle'], 'catatan hambatan'),
  column('noteOnDisruption', 'text', ['athgNotes', 'disruption'], 'catatan gangguan'),
  plain('exercise', 'truth', 'latihan'),
]

const byHeading = new Map(columns.flatMap((one) => [one.name, ...one.aliases].map((name) => [normalised(name), one])))
const byPointer = new Map(columns.map((one) => [pointerOf(one), one.name]))

export function pointerOf({ path }: Column): string {
  return path.map((step) => `/${step}`).join('')
}

/** The column that a pointer into a report is about; what none is about is named by its members. */
export function columnNamed(pointer: string): string {
  return byPointer.get(pointer) ?? (pointer === '' ? '' : pointer.slice(1).replaceAll('/', '.'))
}

/** The file cannot be read at all: nothing of it, or nothing more, was sent. */
export class FileRefused extends Error {}

/** The column under each heading; none under one that is blank. @throws FileRefused naming every heading that is amiss */
export function columnsOfHeader(headings: readonly string[]): (Column | undefined)[] {
  const found = headings.map((heading) => byHeading.get(normalised(heading)))
  const unknown = headings.filter((heading, index) => !found[index] && heading.trim() !== '')
  const twice = found.filter((one, index) => one && found.indexOf(one) < index)
  const missing = columns.filter((one) => one.required && !found.includes(one))
  const faults = [
    ...unknown.map((heading) => `there is no column "${heading.trim()}"`),
    ...twice.map((one) => `"${one?.name}" is there twice`),
    ...missing.map(({ name }) => `"${name}" is missing`),
  ]
  if (faults.length === 0) return found
  throw new FileRefused(`The header is refused: ${faults.join('; ')}. waspada import --template prints the columns`)
}

function normalised(heading: string): string {
  return heading.toLowerCase().replaceAll(/[^a-z0-9]/g, '')
}

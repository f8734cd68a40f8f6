/** The report of the guides: campaign posters torn down in Kendari two days before the vote of 27 November 2024. */
export const submitReportExample = {
  clientReference: 'kdi-2024-11-25-003',
  product: 'incident',
  exercise: false,
  athg: 'disruption',
  athgNotes: { threat: 'Bila berulang, dapat memicu bentrok antarpendukung.' },
  domain: 'politics',
  incidentType: 'perusakan_apk',
  phase: 'actual',
  severity: 'moderate',
  urgency: 'routine',
  handling: 'restricted',
  subject: 'Perusakan alat peraga kampanye di Kecamatan Mandonga',
  facts:
    'Sekitar pukul 22.30 WITA lima orang tak dikenal merusak dua belas baliho pasangan calon di Jl. Abdullah Silondae.',
  analysis: 'Perusakan terarah pada satu pasangan calon, pada masa tenang.',
  prediction: 'Kemungkinan terjadi aksi balasan sebelum hari pemungutan suara.',
  actionsTaken: 'Berkoordinasi dengan Bawaslu Kota Kendari dan Polsek Mandonga.',
  recommendation: 'Patroli malam bersama sampai hari pemungutan suara.',
  occurredAt: '2024-11-25T22:30:00+08:00',
  occurredAtPrecision: 'hour',
  obtainedAt: '2024-11-26T07:00:00+08:00',
  composedAt: '2024-11-26T07:20:00+08:00',
  location: { regionCode: '74.71', place: 'Jl. Abdullah Silondae', coordinates: [122.513, -3.975] },
  source: { kind: 'fkdm', method: 'observation', reliability: 'B', credibility: 2 },
  actors: [{ role: 'perpetrator', description: 'kelompok tak dikenal', count: 5 }],
  impact: {
    deaths: null,
    seriouslyInjured: null,
    lightlyInjured: 0,
    missing: null,
    displaced: null,
    lossIdr: 4_500_000,
  },
}

/** The same report as it is given back. */
export const storedReportExample = {
  id: '01936419-3a00-7c1e-9a51-3f0a3c6e7b21',
  number: '74.71/2024/000123',
  office: '74.71',
  status: 'submitted',
  level: 'regency',
  version: 1,
  dueAt: '2024-11-28T23:21:04.512Z',
  verifiedAt: null,
  outcome: null,
  ...submitReportExample,
  occurredAt: '2024-11-25T14:30:00.000Z',
  occurredAtOffset: '+08:00',
  obtainedAt: '2024-11-25T23:00:00.000Z',
  composedAt: '2024-11-25T23:20:00.000Z',
  receivedAt: '2024-11-25T23:21:04.512Z',
  delaySeconds: 31_864,
  classification: {
    region: {
      code: '74.71',
      regency: '74.71',
      province: '74',
      basis: 'code',
      timeZone: 'Asia/Makassar',
      localDate: '2024-11-25',
      position: { region: '74.71', basis: 'inside', approximate: false, distanceMetres: 0 },
    },
    stages: [
      {
        election: 'pilkada-2024',
        stage: 'masa_tenang',
        group: 'masa_tenang',
        contests: ['governor', 'mayor'],
        primary: true,
      },
    ],
    calendarVersion: 1,
    classifiedAt: '2024-11-25T23:21:04.512Z',
    flags: [],
  },
}

/** What became of that report in a batch of its own. */
export const batchResultExample = {
  items: [
    {
      index: 0,
      clientReference: submitReportExample.clientReference,
      result: 'created',
      report: { id: storedReportExample.id, number: storedReportExample.number, version: 1, flags: [] },
    },
  ],
  counts: { created: 1, replayed: 0, valid: 0, invalid: 0, conflict: 0, failed: 0 },
}

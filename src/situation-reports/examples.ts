/** A situation report as an office posts it, for the contract and the guides. */
export const submitSituationReportExample = {
  kind: 'daily',
  period: '2024-11-25',
  nothingToReport: false,
  situation: 'Masa tenang hari kedua. Situasi umum kondusif; satu kejadian perusakan alat peraga kampanye di Mandonga.',
  sections: { politics: 'Penertiban alat peraga kampanye berjalan di semua kecamatan.' },
}

export const nothingToReportExample = { kind: 'daily', period: '2024-11-25', nothingToReport: true }

export const storedSituationReportExample = {
  id: '01936600-8f4e-7c1b-9d2a-6f1e0c5b7a10',
  office: '74.71',
  ...submitSituationReportExample,
  periodFrom: '2024-11-25',
  periodTo: '2024-11-25',
  exercise: false,
  handling: 'restricted',
  version: 1,
  sections: {
    ideology: null,
    ...submitSituationReportExample.sections,
    economy: null,
    socialCulture: null,
    defence: null,
    security: null,
  },
  reports: [],
  receivedAt: '2024-11-25T23:30:00.000Z',
  dueAt: '2024-11-26T00:00:00.000Z',
  timeliness: 'on_time',
}

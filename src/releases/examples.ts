/** Bodies as they are sent and answered, for the contract and its readers. */
export const releaseReportExample = {
  agencies: ['bssn', 'polri'],
  handling: 'restricted',
  fields: ['subject', 'facts', 'severity', 'occurredAt', 'region', 'position'],
  regionLevel: 'regency',
  positionDecimals: 2,
  reason: 'Diminta dalam rapat koordinasi Kominda.',
} as const

export const endReleaseExample = { reason: 'Koordinat pelapor masih terbaca dari uraiannya.' } as const

/** The least that a row of a sheet says. */
const least: Record<string, unknown> = {
  clientReference: 'kdi-1',
  product: 'incident',
  athg: 'disruption',
  domain: 'politics',
  incidentType: 'perusakan_apk',
  phase: 'actual',
  severity: 'moderate',
  subject: 'Perusakan alat peraga',
  facts: 'Lima orang tak dikenal merusak dua belas baliho pasangan calon.',
  occurredAt: '2024-11-25T22:30:00+08:00',
  regionCode: '74.71',
  sourceKind: 'fkdm',
}

export const headings = Object.keys(least)

/** The cells of such a row, under those headings. */
export function aRow(changes: Record<string, unknown> = {}): unknown[] {
  return headings.map((name) => changes[name] ?? least[name])
}

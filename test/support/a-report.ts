import { submitReportExample } from '../../src/reports/examples.ts'

/** The report of the guides without its client reference, changed as a test needs it. */
export function aReport(changes: Record<string, unknown> = {}): Record<string, unknown> {
  const { clientReference: _reference, ...report } = structuredClone(submitReportExample)
  return { ...report, ...changes }
}

/** The same about a region. */
export function aReportIn(regionCode: string, changes: Record<string, unknown> = {}): Record<string, unknown> {
  return aReport({ location: { regionCode }, ...changes })
}

import type { AccessScope, Handling, OfficeLevel } from '../access/vocabulary.ts'
import type { Office } from '../offices/office.ts'
import { csvText } from './csv-text.ts'
import { officeColumns } from './offices-file.ts'

const ofRegencies: AccessScope[] = [
  'reports:submit',
  'reports:read',
  'reports:verify',
  'statistics:read',
  'signals:read',
  'events:read',
]

/** What an office is proposed: its daily work, and nothing that administers. */
const proposed: Record<OfficeLevel, { scopes: AccessScope[]; clearance: Handling }> = {
  regency: { scopes: ofRegencies, clearance: 'restricted' },
  province: { scopes: [...ofRegencies, 'signals:assess'], clearance: 'secret' },
  national: { scopes: [...ofRegencies, 'reports:release', 'signals:assess'], clearance: 'top_secret' },
}

/** A file of clients for every office, to be edited and given to `waspada client add --file`. */
export function officesTemplate(offices: Iterable<Office>, delimiter: string): string {
  const rows = [...offices].map(({ code, level, name }) => {
    const { scopes, clearance } = proposed[level]
    return [`kesbangpol-${code}`, code, '', name, scopes.join(' '), clearance, '']
  })
  return csvText([[...officeColumns], ...rows], delimiter)
}

import type { IncidentType } from '../../src/incident-types/incident-type.ts'
import { type Season, seasons } from './calendar-days.ts'
import { chance, weighted } from './chance.ts'

/** What a report is about: its type with the words that go with it. */
export interface Kind {
  incidentType: string
  label: string
  domain: string
  athg: string
  severity: string
}

/** How many kinds a season has to choose from, each as likely. */
export const kindsOfSeason = 1_024

const usually = 1
/** How common a type is; types that are not named here are seldom. */
const weights: Record<string, Partial<Record<Season, number>>> = {
  hoaks_disinformasi: { voting: 8, campaign: 12, dispute: 9, other: 6 },
  politik_uang: { voting: 12, campaign: 10, dispute: 2, other: 1 },
  perusakan_apk: { voting: 3, campaign: 14, dispute: 1, other: 0.3 },
  netralitas_asn: { voting: 4, campaign: 9, dispute: 2, other: 2 },
  politisasi_sara: { voting: 3, campaign: 7, dispute: 2, other: 2 },
  unjuk_rasa: { voting: 5, campaign: 6, dispute: 16, other: 14 },
  sengketa_hasil: { voting: 4, campaign: 0.2, dispute: 15, other: 1 },
  pelanggaran_prosedur: { voting: 14, campaign: 3, dispute: 8, other: 1 },
  psu_psl_pss: { voting: 8, campaign: 0.2, dispute: 4, other: 0.2 },
  logistik: { voting: 13, campaign: 4, dispute: 3, other: 0.5 },
  data_pemilih: { voting: 4, campaign: 3, dispute: 1, other: 5 },
  intimidasi_ancaman: { voting: 6, campaign: 6, dispute: 5, other: 3 },
  bentrok_pendukung: { voting: 4, campaign: 5, dispute: 4, other: 0.5 },
  kecelakaan_petugas: { voting: 5, campaign: 0.3, dispute: 2, other: 0.3 },
  bencana_alam: { voting: 4, campaign: 4, dispute: 4, other: 10 },
  konflik_sosial: { voting: 2, campaign: 3, dispute: 3, other: 10 },
  kriminal_menonjol: { voting: 2, campaign: 3, dispute: 3, other: 12 },
  ekonomi_harga: { voting: 1, campaign: 2, dispute: 2, other: 12 },
}
/** Types of which more than the usual are grave. */
const grave = new Set([
  'bentrok_pendukung',
  'bencana_alam',
  'konflik_sosial',
  'kkb_separatis',
  'teror_radikal',
  'kecelakaan_petugas',
])
const severities = ['low', 'moderate', 'high', 'critical'] as const
const usualSeverity = [46, 38, 13, 3]
const graveSeverity = [14, 36, 36, 14]
const athgOfDomain: Record<string, readonly number[]> = {
  ideology: [45, 25, 10, 20],
  politics: [15, 20, 25, 40],
  economy: [10, 40, 35, 15],
  social_culture: [25, 25, 15, 35],
  defence: [60, 15, 10, 15],
  security: [35, 10, 10, 45],
}
const athgKinds = ['threat', 'challenge', 'obstacle', 'disruption'] as const
const domains = Object.keys(athgOfDomain)

/** The kinds of each season, as common as they are. Most are of the usual domain of their type. */
export function kinds(types: Iterable<IncidentType>): Kind[][] {
  const known = [...types]
  const random = chance(24)
  const oneOf = <T>(list: readonly T[], shares: readonly number[] = []) =>
    weighted(list, (_, index) => shares[index] ?? usually)(random())
  return seasons.map((season) => {
    const anyType = weighted(known, ({ code }) => weights[code]?.[season] ?? usually)
    return Array.from({ length: kindsOfSeason }, () => {
      const type = anyType(random())
      const domain = random() < 0.9 ? type.domain : oneOf(domains)
      return {
        incidentType: type.code,
        label: type.labelId,
        domain,
        athg: oneOf(athgKinds, athgOfDomain[domain]),
        severity: oneOf(severities, grave.has(type.code) ? graveSeverity : usualSeverity),
      }
    })
  })
}

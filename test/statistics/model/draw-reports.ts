import type { Dice } from './dice.ts'
import { handlings } from './model-report.ts'
import { hoursAhead, offices, startOfDay, zoneOf } from './places.ts'
import { incidentTypes, textWords, words } from './words.ts'

/** A report as its office posts it. */
export interface Told {
  clientReference: string
  location: { regionCode: string; place: string | null; coordinates: [number, number] | null }
  occurredAt: string
  handling: string
  exercise: boolean
  severity: string
  [member: string]: unknown
}
export interface Drawn {
  office: string
  told: Told
}

const hour = 3_600_000
const [first, last] = [Date.parse('2022-06-01T00:00:00Z'), Date.parse('2025-09-30T00:00:00Z')]
/** Days on which a stage, a year or an ISO week begins or has just ended. */
const turningDays = [
  ...['2022-06-14', '2023-01-01', '2023-01-02', '2023-11-28', '2024-02-11', '2024-02-14', '2024-02-15', '2024-03-20'],
  ...['2024-09-25', '2024-11-24', '2024-11-27', '2024-11-28', '2024-12-17', '2024-12-30', '2025-01-01', '2025-02-20'],
  ...['2025-02-25', '2025-03-01', '2025-03-22', '2025-08-06', '2025-08-27', '2025-09-03'],
]
const aroundMidnight = [0, 0, -1, 1, -1000, 1000, 30 * 60_000, -30 * 60_000, hour - 1, -hour, 2 * hour, -2 * hour]
/** On the edge of the area or of the earth's halves, or anywhere within. */
const longitudes = [95, 105.5, 106.816666, 110, 115.2, 120, 122.513, 122.5130001, 135.5, 140.7, 141]
const latitudes = [-11, -8.65, -7.25, -6.175, -3.975, -3.9750001, -2.53, -0.5, 0, 0.5, 5.55, 6]

/** @param districts codes of districts by regency */
export function drawReports(dice: Dice, many: number, districts: Map<string, string[]>): Drawn[] {
  const moments: number[] = []
  return Array.from({ length: many }, (_, index) => {
    const office = dice.pick(offices)
    const regionCode = drawRegion(dice, office, districts)
    // Now and then two of one moment, which the id alone keeps in order.
    const moment = moments.length > 0 && dice.oneIn(12) ? dice.pick(moments) : drawMoment(dice, regionCode)
    moments.push(moment)
    return { office, told: drawTold(dice, { index, regionCode, moment }) }
  })
}

export function drawRegion(dice: Dice, office: string, districts: Map<string, string[]>): string {
  if (dice.oneIn(5)) return office
  const regencies = [...districts.keys()].filter(
    (code) => office === '00' || code === office || code.startsWith(`${office}.`),
  )
  // The nation reports on provinces too.
  const regency = office === '00' && dice.oneIn(3) ? undefined : dice.pick(regencies)
  if (regency === undefined) return dice.pick(offices.filter((code) => code.length === 2))
  return dice.oneIn(3) ? regency : dice.pick(districts.get(regency) ?? [regency])
}

export function drawMoment(dice: Dice, regionCode: string): number {
  if (dice.oneIn(3)) return startOfDay(regionCode, dice.pick(turningDays)) + dice.pick(aroundMidnight)
  const anywhen = first + dice.below((last - first) / 1000) * 1000 + dice.below(1000)
  if (!dice.oneIn(4)) return anywhen
  return startOfDay(regionCode, new Date(anywhen).toISOString().slice(0, 10)) + dice.pick(aroundMidnight)
}

/** As people there write it, or anybody else on earth. */
export function momentText(dice: Dice, moment: number, regionCode: string): string {
  const ahead = dice.oneIn(4) ? dice.pick([0, -11, 9, 7]) : (hoursAhead[zoneOf(regionCode)] ?? 0)
  const offset = `${ahead < 0 ? '-' : '+'}${String(Math.abs(ahead)).padStart(2, '0')}:00`
  return new Date(moment + ahead * hour).toISOString().replace('Z', offset)
}

function drawTold(dice: Dice, { index, regionCode, moment }: { index: number; regionCode: string; moment: number }) {
  const coordinates: [number, number] | null = dice.oneIn(2) ? [dice.pick(longitudes), dice.pick(latitudes)] : null
  return {
    clientReference: `acak-${index}`,
    product: dice.pick(words.product),
    exercise: dice.oneIn(12),
    athg: dice.pick(words.athg),
    domain: dice.pick(words.domain),
    incidentType: dice.pick(incidentTypes),
    phase: dice.pick(words.phase),
    severity: dice.pick(words.severity),
    urgency: dice.pick(words.urgency),
    handling: dice.pick([...handlings, 'ordinary', 'restricted']),
    subject: sentence(dice, 3, 6),
    facts: `${sentence(dice, 5, 9)} ${sentence(dice, 3, 9)}`,
    analysis: dice.oneIn(3) ? sentence(dice, 3, 6) : null,
    prediction: dice.oneIn(6) ? sentence(dice, 2, 4) : null,
    actionsTaken: dice.oneIn(6) ? sentence(dice, 2, 4) : null,
    recommendation: dice.oneIn(6) ? sentence(dice, 2, 4) : null,
    location: { regionCode, place: dice.oneIn(3) ? sentence(dice, 1, 2) : null, coordinates },
    occurredAt: momentText(dice, moment, regionCode),
    source: { kind: dice.pick(words.source), method: null, reliability: 'B', credibility: 2 },
  }
}

function sentence(dice: Dice, least: number, most: number): string {
  const text = Array.from({ length: least + dice.below(most - least + 1) }, () => dice.pick(textWords)).join(' ')
  return text.length < 5 ? `${text} baliho.` : `${text}.`
}

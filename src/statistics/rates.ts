/** What rates are made of, for one region or for several pooled. */
export interface Measure {
  count: number
  /** Days of the stage; of several regions the sum. */
  days: number
  /** People; of several regions the sum. Null where any of them is not known. */
  population: number | null
  /** Sum over the regions of days x people. */
  personDays: number | null
}

/** Null where what a rate divides by is 0 or not known: absent, not wrong. */
export interface Rates {
  /** count / days */
  perDay: number | null
  /** count / population x 100,000 */
  per100k: number | null
  /** count / (days x population) x 100,000; of several regions count / sum(days x population) x 100,000 */
  perDayPer100k: number | null
}

const people = 100_000

export function measureOf(count: number, days: number, population: number | null): Measure {
  return { count, days, population, personDays: population === null ? null : days * population }
}

/**
 * The regions together, as if they were one. A mean of their rates would let a regency of few people, where one report is a
 * high rate, weigh as much as all others; where days are equal, the pooled rate per day is the mean of the rates.
 */
export function pooled(measures: readonly Measure[]): Measure {
  return {
    count: measures.reduce((all, { count }) => all + count, 0),
    days: measures.reduce((all, { days }) => all + days, 0),
    population: sumOfAll(measures.map(({ population }) => population)),
    personDays: sumOfAll(measures.map(({ personDays }) => personDays)),
  }
}

/** Null where there is none, or one is not known: a part is not the whole. */
function sumOfAll(values: readonly (number | null)[]): number | null {
  if (values.length === 0) return null
  return values.reduce((all, value) => (all === null || value === null ? null : all + value), 0)
}

/** Unrounded. @param wholeDays false where the reports counted are not those of whole days: then no rate is by day */
export function ratesOf({ count, days, population, personDays }: Measure, wholeDays: boolean): Rates {
  if (days === 0) return { perDay: null, per100k: null, perDayPer100k: null }
  return {
    perDay: wholeDays ? count / days : null,
    per100k: population ? (count * people) / population : null,
    perDayPer100k: wholeDays && personDays ? (count * people) / personDays : null,
  }
}

/** Each rate divided by the same rate of the baseline; null where that is 0 or absent. */
export function ratioOf(rates: Rates, baseline: Rates | null): Rates {
  const ratio = (a: number | null, b: number | null) => (a === null || b === null || b === 0 ? null : a / b)
  return {
    perDay: ratio(rates.perDay, baseline?.perDay ?? null),
    per100k: ratio(rates.per100k, baseline?.per100k ?? null),
    perDayPer100k: ratio(rates.perDayPer100k, baseline?.perDayPer100k ?? null),
  }
}

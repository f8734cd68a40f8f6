const day = 86_400_000

/** Days since 1970-01-01 of a local date `YYYY-MM-DD`. */
export function dayNumberOf(localDate: string): number {
  return Date.parse(localDate) / day
}

/** `YYYY-MM-DD`, of the years 0 to 9999. */
export function dayOf(dayNumber: number): string {
  return new Date(dayNumber * day).toISOString().slice(0, 10)
}

const weekMs = 7 * 86_400_000

/** The Monday of the ISO week that a day (`2024-11-25`) lies in, as midnight UTC. */
export function mondayOf(day: string): number {
  const at = new Date(`${day}T00:00:00Z`)
  return at.getTime() - ((at.getUTCDay() + 6) % 7) * (weekMs / 7)
}

/** The Monday of a week by its name, such as `2024-W48`; the first week of a year is that of 4 January. */
export function mondayOfWeek(name: string): number {
  return mondayOf(`${name.slice(0, 4)}-01-04`) + (Number(name.slice(6)) - 1) * weekMs
}

/** The names of the ISO weeks from one Monday to another, both included, `maximum` at most. */
export function isoWeeks(from: number, to: number, maximum: number): string[] {
  const weeks: string[] = []
  for (let monday = from; monday <= to && weeks.length < maximum; monday += weekMs) weeks.push(nameOf(monday))
  return weeks
}

/** A week belongs to the year of its Thursday. */
function nameOf(monday: number): string {
  const year = new Date(monday + 3 * (weekMs / 7)).toISOString().slice(0, 4)
  const week = 1 + Math.round((monday - mondayOf(`${year}-01-04`)) / weekMs)
  return `${year}-W${String(week).padStart(2, '0')}`
}

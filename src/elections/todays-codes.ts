import type { RegionDirectory } from '../regions/directory.ts'
import type { ElectionEntry } from './calendar-document.ts'

/** An entry with today's code wherever it has a former one: a calendar goes on when a region gets another code. */
export function inTodaysCodes(entry: ElectionEntry, regions: RegionDirectory): ElectionEntry {
  const today = (code: string) => regions.today(code)?.code ?? code
  const named = <Item extends { code: string }>(item: Item): Item => ({ ...item, code: today(item.code) })
  const { regions: only, excluded } = entry.election
  return {
    ...entry,
    election: {
      ...entry.election,
      ...(only && { regions: only.map((each) => placed(each, today(each.code))) }),
      ...(excluded && {
        excluded: {
          ...excluded,
          ...(excluded.governor && { governor: excluded.governor.map(named) }),
          ...(excluded.regent_mayor && { regent_mayor: excluded.regent_mayor.map(named) }),
        },
      }),
    },
    stages: entry.stages.map((stage) => ({
      ...stage,
      ...(stage.excluded_regions && { excluded_regions: stage.excluded_regions.map(today) }),
    })),
    ...(entry.overrides && { overrides: entry.overrides.map((each) => ({ ...each, region: today(each.region) })) }),
  }
}

/** The province that stands beside a former code may be the one that the region has left. */
function placed<Item extends { code: string; province?: string | undefined }>(region: Item, code: string): Item {
  if (code === region.code) return region
  const { province: _left, ...rest } = region
  return { ...rest, code } as Item
}

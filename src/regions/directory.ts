import { DomainError } from '../errors.ts'
import type { RegionAliases } from './aliases.ts'
import { type Neighbourhood, neighboursIn, nothingTold } from './neighbourhood.ts'
import { ReferenceDataError } from './reference-data-error.ts'
import { nationCode, type Region, type RegionKind, type RegionLevel } from './region.ts'
import { SearchIndex } from './search-index.ts'
import { type FormerCode, noFormerCodes, type SuccessionIndex } from './succession-index.ts'

/** The codes of the places that a region is or lies in; null at the levels below it. */
export interface RegionChain {
  district: string | null
  regency: string | null
  province: string | null
}

export interface SearchOptions {
  kind?: RegionKind
  level?: RegionLevel
  /** Only this region and what lies in it. */
  within?: string
  /** How many at most; 20 unless told. */
  limit?: number
}

/** All regions, in memory: built once, never changed. */
export class RegionDirectory {
  readonly #byCode = new Map<string, Region>()
  readonly #children = new Map<string, Region[]>()
  readonly #index: SearchIndex
  readonly #neighbourhood: Neighbourhood
  readonly #successions: SuccessionIndex

  /**
   * Regions whose code has ended are left out. Throws ReferenceDataError for a code given twice, a parent or an alias without
   * its region.
   */
  constructor(
    regions: Iterable<Region>,
    aliases: RegionAliases = {},
    neighbourhood: Neighbourhood = nothingTold,
    successions: SuccessionIndex = noFormerCodes,
  ) {
    this.#neighbourhood = neighbourhood
    this.#successions = successions
    const faults: string[] = []
    for (const region of regions) {
      if (successions.hasEnded(region)) continue
      if (this.#byCode.has(region.code)) faults.push(`${region.code}: code given twice`)
      this.#byCode.set(region.code, region)
    }
    for (const region of this) {
      if (region.parent === null) continue
      if (!this.#byCode.has(region.parent)) faults.push(`${region.code}: parent ${region.parent} does not exist`)
      const siblings = this.#children.get(region.parent)
      if (siblings) siblings.push(region)
      else this.#children.set(region.parent, [region])
    }
    for (const [alias, codes] of Object.entries(aliases)) {
      for (const code of [codes].flat()) {
        if (!this.today(code)) faults.push(`alias ${alias}: ${code} does not exist`)
      }
    }
    if (faults.length > 0) throw new ReferenceDataError('regions', faults)
    this.#index = new SearchIndex(this, this.#inTodaysCodes(aliases), (code) => this.today(code))
  }

  #inTodaysCodes(aliases: RegionAliases): RegionAliases {
    const entries = Object.entries(aliases)
    return Object.fromEntries(
      entries.map(([alias, codes]) => [alias, [codes].flat().map((code) => this.today(code)?.code ?? code)]),
    )
  }

  [Symbol.iterator](): Iterator<Region> {
    return this.#byCode.values()
  }

  get size(): number {
    return this.#byCode.size
  }

  find(code: string): Region | undefined {
    return this.#byCode.get(code)
  }

  /** The region that has a code now or had it formerly. */
  today(code: string): Region | undefined {
    return this.#byCode.get(code) ?? this.#byCode.get(this.#successions.last(code))
  }

  /** The codes that a region had before, the latest first. */
  formerCodesOf(code: string): readonly FormerCode[] {
    return this.#successions.before(code)
  }

  /** How many codes have ended. */
  get formerCodes(): number {
    return this.#successions.size
  }

  /** As find; throws `region_not_found` where there is none. */
  get(code: string): Region {
    const region = this.#byCode.get(code)
    if (!region) throw new DomainError('region_not_found', { code })
    return region
  }

  /** Throws `region_not_found` for a code that does not exist. */
  chain(code: string): RegionChain {
    const { level, regency, province } = this.get(code)
    return { district: level === 'district' ? code : null, regency, province }
  }

  /** The regions one level below, in the order of their codes; none for a code that does not exist. */
  children(code: string): readonly Region[] {
    return this.#children.get(code) ?? []
  }

  /**
   * The codes of the regencies next to that of a regency or district: as the file of an administrator says, the others of its
   * province without one. None for a province and the nation. Throws `region_not_found`.
   */
  neighboursOf(code: string): readonly string[] {
    return neighboursIn(this, this.#neighbourhood, code)
  }

  /** True if the region is the ancestor or lies in it; false where either code does not exist. */
  isWithin(code: string, ancestor: string): boolean {
    const region = this.#byCode.get(code)
    if (!region || !this.#byCode.has(ancestor)) return false
    return ancestor === nationCode || [code, region.regency, region.province].includes(ancestor)
  }

  /** Regions that a person may mean, the likeliest first; all candidates where a name is ambiguous. */
  search(query: string, options: SearchOptions = {}): Region[] {
    const { kind, level, within, limit = 20 } = options
    const found: Region[] = []
    for (const region of this.#index.search(query)) {
      if (found.length >= limit) break
      if (kind !== undefined && region.kind !== kind) continue
      if (level !== undefined && region.level !== level) continue
      if (within === undefined || this.isWithin(region.code, within)) found.push(region)
    }
    return found
  }
}

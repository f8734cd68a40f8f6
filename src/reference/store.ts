import type { SnapshotSource } from '../database/database.ts'
import type { ConnectionPool } from '../database/pool.ts'
import { type Calendar, parseCalendar } from '../elections/calendar.ts'
import type { IncidentType } from '../incident-types/incident-type.ts'
import { type Office, officeOf } from '../offices/office.ts'
import { loadRegionAliases } from '../regions/aliases.ts'
import type { Boundaries } from '../regions/boundaries.ts'
import { RegionDirectory } from '../regions/directory.ts'
import type { Region } from '../regions/region.ts'
import { SuccessionIndex } from '../regions/succession-index.ts'
import type { Succession } from '../regions/successions.ts'
import { readBoundaries } from './read-boundaries.ts'
import { ReferenceMissing } from './reference-missing.ts'

/** The reference data in force, whole and unchanging; `revision` says which. */
export interface Reference {
  readonly revision: number
  readonly regions: RegionDirectory
  readonly calendar: Calendar
  readonly incidentTypes: ReadonlyMap<string, IncidentType>
  readonly offices: ReadonlyMap<string, Office>
  /** Null where no administrator loaded any. */
  readonly boundaries: Boundaries | null
  /** Rises with each load of boundaries. */
  readonly boundariesRevision: number
}

/** Keeps the latest reference data of the database in memory. */
export class ReferenceStore implements SnapshotSource<Reference> {
  readonly #pool: ConnectionPool
  #current: Reference
  #reading: Promise<Reference> | undefined

  private constructor(pool: ConnectionPool, current: Reference) {
    this.#pool = pool
    this.#current = current
  }

  /** @throws ReferenceMissing when the database holds none */
  static async open(pool: ConnectionPool): Promise<ReferenceStore> {
    return new ReferenceStore(pool, await readReference(pool))
  }

  current(): Reference {
    return this.#current
  }

  async refresh(): Promise<Reference> {
    this.#reading ??= readReference(this.#pool, this.#current).finally(() => {
      this.#reading = undefined
    })
    this.#current = await this.#reading
    return this.#current
  }
}

/** Reference data that is read when it is asked for the first time. */
export class LateReference {
  readonly #pool: ConnectionPool
  #store: ReferenceStore | undefined

  constructor(pool: ConnectionPool) {
    this.#pool = pool
  }

  current(): Reference | undefined {
    return this.#store?.current()
  }

  /** @throws ReferenceMissing when the database holds none */
  async refresh(): Promise<void> {
    if (this.#store) await this.#store.refresh()
    else this.#store = await ReferenceStore.open(this.#pool)
  }
}

const regionRows = `SELECT code, name, kind, level, parent_code AS parent, province_code AS province, regency_code AS regency,
  time_zone AS "timeZone", CASE WHEN longitude IS NOT NULL THEN json_build_array(longitude, latitude) END AS centre, population
  FROM regions LEFT JOIN region_facts USING (code) ORDER BY code`
const successionRows = 'SELECT code, successor, ended_on::text AS "endedOn", law FROM region_successions ORDER BY code'
const borderRows =
  'SELECT code, json_agg(neighbour ORDER BY neighbour) AS neighbours FROM region_neighbours GROUP BY code'
const typeRows = `SELECT code, label_id AS "labelId", label_en AS "labelEn", domain,
  CASE WHEN acled_event_type IS NOT NULL THEN json_build_object('eventType', acled_event_type, 'subEventType', acled_sub_event_type) END AS acled
  FROM incident_types ORDER BY sort_order, code`

/** One statement, so that all parts are of one moment: `refresh` may meet a load half-way otherwise. */
const everything = `SELECT
  (SELECT revision FROM reference_state) AS revision,
  (SELECT boundaries_revision FROM reference_state) AS "boundariesRevision",
  (SELECT json_agg(s) FROM (${successionRows}) s) AS successions,
  (SELECT json_build_object('version', version, 'document', document) FROM election_calendars ORDER BY version DESC LIMIT 1) AS calendar,
  (SELECT json_agg(r) FROM (${regionRows}) r) AS regions,
  (SELECT json_agg(code) FROM region_facts WHERE length(code) = 5) AS told,
  (SELECT json_agg(b) FROM (${borderRows}) b) AS borders,
  (SELECT json_agg(t) FROM (${typeRows}) t) AS types`

interface Row {
  revision: number
  boundariesRevision: number
  successions: Succession[] | null
  calendar: { version: number; document: unknown } | null
  regions: Region[] | null
  types: IncidentType[] | null
  told: string[] | null
  borders: { code: string; neighbours: string[] }[] | null
}

/** @param held what the process has already: boundaries that have not changed are not read again */
async function readReference(pool: ConnectionPool, held?: Reference): Promise<Reference> {
  const { rows } = await pool.use((client) => client.query<Row>(everything))
  const row = rows[0]
  if (!row?.calendar || !row.regions || !row.types) throw new ReferenceMissing()
  const regions = await directoryOf(row, row.regions)
  const offices = [...regions].flatMap((region) => officeOf(region) ?? [])
  return {
    revision: row.revision,
    regions,
    calendar: parseCalendar(row.calendar.document, row.calendar.version, regions),
    incidentTypes: new Map(row.types.map((type) => [type.code, type])),
    offices: new Map(offices.map((office) => [office.code, office])),
    ...(await boundariesOf(pool, row, regions, held)),
  }
}

async function directoryOf({ successions, told, borders }: Row, regions: Region[]): Promise<RegionDirectory> {
  const index = new SuccessionIndex(successions ?? [])
  const last = (code: string) => index.last(code)
  const neighbourhood = {
    told: new Set(told?.map(last)),
    borders: new Map(borders?.map(({ code, neighbours }) => [last(code), neighbours.map(last)])),
  }
  return new RegionDirectory(regions, await loadRegionAliases(), neighbourhood, index)
}

async function boundariesOf(
  pool: ConnectionPool,
  { boundariesRevision }: Row,
  regions: RegionDirectory,
  held: Reference | undefined,
): Promise<Pick<Reference, 'boundaries' | 'boundariesRevision'>> {
  if (held?.boundariesRevision === boundariesRevision) return { boundaries: held.boundaries, boundariesRevision }
  return { boundaries: await readBoundaries(pool, regions), boundariesRevision }
}

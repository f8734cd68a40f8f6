import type pg from 'pg'
import type { IncidentType } from '../incident-types/incident-type.ts'
import type { Office } from '../offices/office.ts'
import type { Region } from '../regions/region.ts'
import type { Succession } from '../regions/successions.ts'

interface CalendarRow {
  version: number
  sha256: string
  origin: 'packaged' | 'administrator'
}

/** The calendar in force. */
export async function latestCalendar(
  client: Pick<pg.Client, 'query'>,
): Promise<(CalendarRow & { document: unknown }) | undefined> {
  const { rows } = await client.query(
    'SELECT version, document, sha256, origin FROM election_calendars ORDER BY version DESC LIMIT 1',
  )
  return rows[0]
}

export async function insertCalendar(
  client: pg.Client,
  calendar: CalendarRow & { document: unknown; now: Date },
): Promise<void> {
  const { version, document, sha256, origin, now } = calendar
  await client.query(
    'INSERT INTO election_calendars (version, document, sha256, origin, loaded_at) VALUES ($1, $2, $3, $4, $5)',
    [version, JSON.stringify(document), sha256, origin, now],
  )
}

/** Every process reads the reference data again before it serves another request. */
export async function raiseRevision(client: pg.Client): Promise<void> {
  await client.query('UPDATE reference_state SET revision = revision + 1')
}

export async function upsertRegions(client: pg.Client, regions: readonly Region[]): Promise<void> {
  await client.query(
    `INSERT INTO regions (code, name, kind, level, parent_code, province_code, regency_code, time_zone)
    SELECT code, name, kind, level, parent, province, regency, "timeZone" FROM json_to_recordset($1)
      AS given (code text, name text, kind text, level text, parent text, province text, regency text, "timeZone" text)
    ON CONFLICT (code) DO UPDATE SET name = excluded.name, kind = excluded.kind, level = excluded.level,
      parent_code = excluded.parent_code, province_code = excluded.province_code, regency_code = excluded.regency_code,
      time_zone = excluded.time_zone`,
    [JSON.stringify(regions)],
  )
}

export async function upsertOffices(client: pg.Client, offices: readonly Office[]): Promise<void> {
  await client.query(
    `INSERT INTO offices (code, level, name)
    SELECT code, level, name FROM json_to_recordset($1) AS given (code text, level text, name text)
    ON CONFLICT (code) DO UPDATE SET level = excluded.level, name = excluded.name`,
    [JSON.stringify(offices)],
  )
}

export async function upsertIncidentTypes(client: pg.Client, types: readonly IncidentType[]): Promise<void> {
  const given = types.map((type, index) => ({
    ...type,
    acledEventType: type.acled?.eventType ?? null,
    acledSubEventType: type.acled?.subEventType ?? null,
    position: index + 1,
  }))
  await client.query(
    `INSERT INTO incident_types (code, label_id, label_en, domain, acled_event_type, acled_sub_event_type, sort_order)
    SELECT code, "labelId", "labelEn", domain, "acledEventType", "acledSubEventType", position + (SELECT coalesce(max(sort_order), 0) FROM incident_types) FROM json_to_recordset($1)
      AS given (code text, "labelId" text, "labelEn" text, domain text, "acledEventType" text, "acledSubEventType" text, position smallint)
    ON CONFLICT (code) DO UPDATE SET label_id = excluded.label_id, label_en = excluded.label_en, domain = excluded.domain,
      acled_event_type = excluded.acled_event_type, acled_sub_event_type = excluded.acled_sub_event_type`,
    [JSON.stringify(given)],
  )
}

export async function listSuccessions(client: Pick<pg.Client, 'query'>): Promise<Succession[]> {
  const { rows } = await client.query(
    'SELECT code, successor, ended_on::text AS "endedOn", law FROM region_successions ORDER BY code',
  )
  return rows
}

const givenSuccessions = `SELECT code, successor, "endedOn", law, $2 FROM json_to_recordset($1)
  AS given (code text, successor text, "endedOn" date, law text)`
const putSuccessions = `INSERT INTO region_successions (code, successor, ended_on, law, origin) ${givenSuccessions}
  ON CONFLICT (code) DO UPDATE SET successor = excluded.successor, ended_on = excluded.ended_on, law = excluded.law,
    origin = excluded.origin`

/** What an administrator said of a code stays. */
export async function upsertPackagedSuccessions(client: pg.Client, successions: readonly Succession[]): Promise<void> {
  await client.query(`${putSuccessions} WHERE region_successions.origin = 'packaged'`, [
    JSON.stringify(successions),
    'packaged',
  ])
  await raiseBoundariesRevision(client)
}

/** @returns how many said anything new */
export async function upsertSuccessions(client: pg.Client, successions: readonly Succession[]): Promise<number> {
  const { rowCount } = await client.query(
    `${putSuccessions} WHERE (region_successions.successor, region_successions.ended_on, region_successions.law)
      IS DISTINCT FROM (excluded.successor, excluded.ended_on, excluded.law)`,
    [JSON.stringify(successions), 'administrator'],
  )
  await raiseBoundariesRevision(client)
  return rowCount ?? 0
}

/** Every process reads the boundaries again, whose codes may lead elsewhere now. */
export async function raiseBoundariesRevision(client: pg.Client): Promise<void> {
  await client.query('UPDATE reference_state SET boundaries_revision = boundaries_revision + 1')
}

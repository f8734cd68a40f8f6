import { anyOf } from './report-columns.ts'

/** Tables that a fill stands on, gone when it is done; both of its connections read them. */
export const schema = 'bench_fill'

export const createStaging = `CREATE SCHEMA ${schema};
  CREATE UNLOGGED TABLE ${schema}.stage_sets (set_no integer PRIMARY KEY, stages jsonb, primary_election text, primary_stage text);
  CREATE UNLOGGED TABLE ${schema}.days (date date, set_no integer, season smallint, from_n integer, to_n integer, first_slot integer, slots integer);
  CREATE UNLOGGED TABLE ${schema}.places (slot integer PRIMARY KEY, region_code text, regency_code text, province_code text, time_zone text,
    office_code text, office_zone text, place text, longitude double precision, latitude double precision);
  CREATE UNLOGGED TABLE ${schema}.kinds (kind integer PRIMARY KEY, incident_type text, label text, domain text, athg text, severity text);
  CREATE UNLOGGED TABLE ${schema}.passages (passage integer PRIMARY KEY, text text)`

const second = `interval '1 second'`
// Most things happen by day, half past five to half past ten in the evening.
const secondOfDay = `CASE WHEN ${anyOf(1, 10)} = 0 THEN ${anyOf(2, 86_400)} ELSE 19800 + ${anyOf(2, 61_200)} END`
const delay = `CASE WHEN ${anyOf(3, 100)} < 70 THEN 1200 + ${anyOf(4, 43_200)} WHEN ${anyOf(3, 100)} < 90 THEN 43200 + ${anyOf(4, 216_000)}
  WHEN ${anyOf(3, 100)} < 98 THEN 259200 + ${anyOf(4, 1_209_600)} ELSE 259200 + ${anyOf(4, 5_184_000)} END`

/** Where and when each report is from, and its number in the register, which goes by the receipt. */
export const createRows = `CREATE UNLOGGED TABLE ${schema}.rows AS
  SELECT n, set_no, season, slot, occurred_at, received_at, register_year,
    (row_number() OVER (PARTITION BY office_code, register_year ORDER BY received_at, n))::integer AS number
  FROM (
    SELECT n, set_no, season, slot, office_code, occurred_at, received_at, extract(year FROM received_at AT TIME ZONE office_zone)::smallint AS register_year
    FROM (
      SELECT *, occurred_at + ${delay} * ${second} AS received_at FROM (
        SELECT n, d.set_no, d.season, p.slot, p.office_code, p.office_zone, (d.date + ${secondOfDay} * ${second}) AT TIME ZONE p.time_zone AS occurred_at
        FROM ${schema}.days d CROSS JOIN LATERAL generate_series(d.from_n, d.to_n - 1) n
          JOIN ${schema}.places p ON p.slot = d.first_slot + ${anyOf(5, 'd.slots')} OFFSET 0
      ) happened OFFSET 0
    ) received
  ) numbered ORDER BY n`

-- Codes that regions had before a law gave them the one of today. A region keeps its row in `regions` when its code ends, since reports
-- refer to it; whoever is named here is no region of today.
CREATE TABLE region_successions (
  code text PRIMARY KEY CHECK (code ~ '^\d{2}(\.\d{2}(\.\d{2})?)?$'),
  -- A code of today, or one that ended later and is named here itself.
  successor text NOT NULL CHECK (successor <> code AND length(successor) = length(code)),
  ended_on date NOT NULL,
  law text NOT NULL,
  -- 'packaged' gives way to what a later release says; an administrator's never does.
  origin text NOT NULL CHECK (origin IN ('packaged', 'administrator'))
);
ALTER TABLE reference_state ADD COLUMN packaged_successions_sha256 text;

-- Where the polygons of regencies lie, if an administrator loaded any (`waspada reference boundaries`).
CREATE TABLE region_boundaries (
  code text PRIMARY KEY REFERENCES regions (code) CHECK (length(code) = 5),
  -- [[[[longitude, latitude], ...], ...], ...]: polygons of rings, as the coordinates of a GeoJSON MultiPolygon; text, read as it is.
  polygons text NOT NULL
);
-- Several megabytes: a process reads them again only when these changed, and not with every revision.
ALTER TABLE reference_state ADD COLUMN boundaries_revision integer NOT NULL DEFAULT 0;

GRANT SELECT ON region_successions, region_boundaries
  TO waspada_service, waspada_regency, waspada_province, waspada_national, waspada_agency, waspada_worker;

ALTER TABLE reports
  -- What was posted, where that code is not today's: `region_code` is what the report counts under.
  ADD COLUMN posted_region_code text REFERENCES region_successions (code),
  -- Where the coordinates lie by the boundaries in force when it was classified; all null without coordinates or boundaries.
  ADD COLUMN position_basis text CHECK (position_basis IN ('inside', 'nearest', 'none')),
  ADD COLUMN position_region_code text,
  ADD COLUMN position_distance_metres integer CHECK (position_distance_metres >= 0),
  -- Beside `flags`, which are of the time: one is never overwritten with the other.
  ADD COLUMN place_flags text[] NOT NULL DEFAULT '{}',
  ADD CHECK (posted_region_code <> region_code),
  ADD CHECK (position_basis IS NULL OR longitude IS NOT NULL),
  ADD CHECK ((position_region_code IS NOT NULL) = (position_basis IS NOT NULL AND position_basis <> 'none')),
  ADD CHECK ((position_distance_metres IS NOT NULL) = (position_basis IS NOT NULL AND position_basis <> 'none'));

GRANT UPDATE (posted_region_code, position_basis, position_region_code, position_distance_metres, place_flags)
  ON reports TO waspada_regency, waspada_province, waspada_national;

-- What an administrator knows of regions beyond their names (`waspada reference load`): the centre, how many people live there, and
-- which regencies border on each other. A regency without a row here has the others of its province for neighbours.
CREATE TABLE region_facts (
  code text PRIMARY KEY REFERENCES regions (code),
  longitude double precision CHECK (longitude BETWEEN -180 AND 180),
  latitude double precision CHECK (latitude BETWEEN -90 AND 90),
  population integer CHECK (population >= 0),
  CHECK ((longitude IS NULL) = (latitude IS NULL))
);

CREATE TABLE region_neighbours (
  code text NOT NULL REFERENCES regions (code),
  neighbour text NOT NULL CHECK (neighbour <> code),
  PRIMARY KEY (code, neighbour),
  -- Whoever borders on another is bordered on.
  FOREIGN KEY (neighbour, code) REFERENCES region_neighbours (code, neighbour) DEFERRABLE INITIALLY DEFERRED,
  CHECK (length(code) = 5 AND length(neighbour) = 5)
);

GRANT SELECT ON region_facts, region_neighbours
  TO waspada_service, waspada_regency, waspada_province, waspada_national, waspada_agency, waspada_worker;

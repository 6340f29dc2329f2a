-- From CSV to JSON: airports, with nested objects in the output.
--
--   build/weir run examples/csv_to_json.sql --var OUT=/tmp/airports
--
-- Flink's csv format knows no header: the first line is read like any other, its latitude is no number, so
-- with ignore-parse-errors it is NULL, and the WHERE clause drops the line.

CREATE TABLE airports (
  iata       STRING,
  name       STRING,
  city       STRING,
  state      STRING,
  country    STRING,
  latitude   DOUBLE,
  longitude  DOUBLE
) WITH (
  'connector' = 'filesystem',
  'path' = 'examples/data/airports.csv',
  'format' = 'csv',
  'csv.ignore-parse-errors' = 'true'
);

CREATE TABLE airports_json (
  code      STRING,
  name      STRING,
  place     ROW<city STRING, state STRING>,
  `position`  ROW<latitude DOUBLE, longitude DOUBLE>
) WITH (
  'connector' = 'filesystem',
  'path' = '${OUT}',
  'format' = 'json'
);

INSERT INTO airports_json
SELECT iata, name, ROW(city, state), ROW(latitude, longitude)
FROM airports
WHERE latitude IS NOT NULL;

-- Flights of early 2001 as a stream: what `make run` shows.
--
-- A flight becomes known when it has landed, and its event time is its departure, so events arrive out of
-- order by hours. The watermark waits three hours; what comes even later for a closed window is dropped and
-- counted. One record of the file is broken and goes to the table bad_records.
--
-- Run from the repository's root:   build/weir run examples/flights.sql --var OUT=/tmp/flights
-- On Flink: replace ${OUT} by a folder, the two options error-handling.* by 'json.ignore-parse-errors' = 'true',
-- and leave out the last query, since Flink has no table for bad records.

CREATE TABLE flights (
  departure    TIMESTAMP(3),
  origin       STRING,
  destination  STRING,
  distance     INT,
  delay        INT,
  WATERMARK FOR departure AS departure - INTERVAL '3' HOUR
) WITH (
  'connector' = 'filesystem',
  'path' = 'examples/data/flights.jsonl',
  'format' = 'json',
  'error-handling.mode' = 'log',
  'error-handling.log.target' = 'bad_records'
);

CREATE TABLE bad_records (
  `file`    STRING,
  `offset`  BIGINT,
  message   STRING,
  record    STRING
) WITH ('connector' = 'filesystem', 'path' = '${OUT}/bad_records', 'format' = 'json');

CREATE TABLE quarter_days (
  begins    TIMESTAMP(3),
  flights   BIGINT,
  airports  BIGINT,
  average   INT,
  worst     INT
) WITH ('connector' = 'filesystem', 'path' = '${OUT}/quarter_days', 'format' = 'json');

CREATE TABLE rolling_weeks (
  begins    TIMESTAMP(3),
  ends      TIMESTAMP(3),
  flights   BIGINT,
  airports  BIGINT,
  late      BIGINT
) WITH ('connector' = 'filesystem', 'path' = '${OUT}/rolling_weeks', 'format' = 'json');

CREATE TABLE ranking (
  place    BIGINT,
  airport  STRING,
  delayed  BIGINT
) WITH ('connector' = 'print', 'print-identifier' = 'ranking');

EXECUTE STATEMENT SET BEGIN

-- Windows that follow each other: how late did flights land, by quarter of a day of their departure?
INSERT INTO quarter_days
SELECT window_start, COUNT(*), COUNT(DISTINCT origin), AVG(delay), MAX(delay)
FROM TABLE(TUMBLE(TABLE flights, DESCRIPTOR(departure), INTERVAL '6' HOUR))
GROUP BY window_start, window_end;

-- Windows that overlap: a week, anew each day.
INSERT INTO rolling_weeks
SELECT window_start, window_end, COUNT(*), COUNT(DISTINCT origin), COUNT(*) FILTER (WHERE delay >= 15)
FROM TABLE(HOP(TABLE flights, DESCRIPTOR(departure), INTERVAL '1' DAY, INTERVAL '7' DAY))
GROUP BY window_start, window_end;

-- A ranking that changes as flights land: where do those come from that are more than four hours late?
INSERT INTO ranking
SELECT place, origin, delayed
FROM (
  SELECT origin, delayed, ROW_NUMBER() OVER (ORDER BY delayed DESC, origin) AS place
  FROM (SELECT origin, COUNT(*) AS delayed FROM flights WHERE delay >= 240 GROUP BY origin)
)
WHERE place <= 3;

END;

SELECT * FROM quarter_days WHERE flights >= 20 ORDER BY average DESC LIMIT 5;

SELECT begins, ends, flights, airports, late, late * 100 / flights AS per_cent
FROM rolling_weeks
ORDER BY per_cent DESC, begins
LIMIT 5;

SELECT `offset`, message, record FROM bad_records;

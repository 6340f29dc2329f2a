-- From files to files, exactly once: departures per airport and day, in a folder per month.
--
--   build/weir run examples/exactly_once.sql --var OUT=/tmp/departures --var STATE=/tmp/departures-state
--
-- Every 100 ms a checkpoint records the read position, the open windows and the files written so far, in one
-- step; a file gets its final name only when the checkpoint that holds it is complete. Kill the program at
-- any moment and start it again with --from-savepoint and the job's folder below STATE: it goes on from the
-- newest checkpoint, and every window is in the output once. (This file is read in a moment; with an interval of
-- 20 ms and a larger file there is time to try it.)

SET 'execution.checkpointing.interval' = '100 ms';
SET 'execution.checkpointing.dir' = '${STATE}';
SET 'execution.checkpointing.externalized-checkpoint-retention' = 'RETAIN_ON_CANCELLATION';

CREATE TABLE flights (
  departure  TIMESTAMP(3),
  origin     STRING,
  delay      INT,
  WATERMARK FOR departure AS departure - INTERVAL '12' HOUR
) WITH (
  'connector' = 'filesystem',
  'path' = 'examples/data/flights.jsonl',
  'format' = 'json',
  'json.ignore-parse-errors' = 'true'
);

CREATE TABLE departures (
  airport  STRING,
  `day`    DATE,
  flights  BIGINT,
  on_time  BIGINT,
  `month`  STRING
) PARTITIONED BY (`month`) WITH (
  'connector' = 'filesystem',
  'path' = '${OUT}',
  'format' = 'csv'
);

INSERT INTO departures
SELECT origin, CAST(window_start AS DATE), COUNT(*), COUNT(*) FILTER (WHERE delay <= 0), DATE_FORMAT(window_start, 'yyyy-MM')
FROM TABLE(TUMBLE(TABLE flights, DESCRIPTOR(departure), INTERVAL '1' DAY))
GROUP BY origin, window_start, window_end;

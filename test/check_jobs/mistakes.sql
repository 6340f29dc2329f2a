-- One fault per statement, and none of them may hide the next.
CREATE TABLE t (a INT, b STRING, ts TIMESTAMP(3)) WITH ('connector' = 'datagen');
CREATE TABLE out_only (a INT, n BIGINT) WITH ('connector' = 'filesystem', 'path' = '/out', 'format' = 'json');
CREATE TABLE broken (a INTEGR) WITH ('connector' = 'datagen');
SELECT a FROM broken;
SELECT a FORM t;
SELECT c FROM t;
SELECT UPER(b) FROM t;
INSERT INTO out_only SELECT a, COUNT(*) FROM t GROUP BY a;
SELECT window_start, COUNT(*) FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY window_start, window_end;
SELECT 'unclosed FROM t;
SELECT a FROM nowhere;

-- It runs; each statement has something to look at.
SET 'execution.checkpointing.interval' = '1 min';
CREATE TABLE src (k STRING, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'filesystem', 'path' = '/in', 'format' = 'csv', 'source.monitor-interval' = '5s');
CREATE TABLE late (k STRING, v INT, ts TIMESTAMP(3), plain TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) WITH ('connector' = 'datagen');
CREATE TABLE files (k STRING, v INT, ts TIMESTAMP(3)) WITH ('connector' = 'filesystem', 'path' = '/out', 'format' = 'csv');
CREATE TABLE keyed (k STRING, n BIGINT, PRIMARY KEY (n) NOT ENFORCED) WITH ('connector' = 'blackhole');
CREATE TABLE nobody (x INT) WITH ('connector' = 'print');
SELECT window_start, COUNT(*) FROM TABLE(TUMBLE(TABLE src, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY window_start, window_end;
SELECT k, MAX(v) FROM late GROUP BY k;
SELECT k, v FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY plain DESC) AS rn FROM late) WHERE rn = 1;
RESET;
INSERT INTO files SELECT * FROM src;
SET 'parallelism.default' = '4';
INSERT INTO files SELECT k, v, ts FROM src;
SELECT k, FIRST_VALUE(v) FROM src GROUP BY k;

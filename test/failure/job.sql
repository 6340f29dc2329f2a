-- What the sweeps disturb: a window aggregate into files, a group aggregate with DISTINCT, a Top-N.
CREATE TABLE t (ts TIMESTAMP(3), k STRING, v INT, WATERMARK FOR ts AS ts - INTERVAL '1' SECOND)
    WITH ('connector' = 'values', 'path' = '${IN}');
CREATE TABLE windows (w TIMESTAMP(3), k STRING, n BIGINT, s BIGINT) WITH ('connector' = 'filesystem', 'path' = '${OUT}/windows', 'format' = 'json');
CREATE TABLE sums (k STRING, n BIGINT, s BIGINT, d BIGINT) WITH ('connector' = 'values', 'path' = '${OUT}/sums');
CREATE TABLE top (k STRING, v INT, r BIGINT) WITH ('connector' = 'values', 'path' = '${OUT}/top');
EXECUTE STATEMENT SET BEGIN
INSERT INTO windows
    SELECT window_start, k, COUNT(*), SUM(v) FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '5' SECOND))
    GROUP BY window_start, window_end, k;
INSERT INTO sums SELECT UPPER(k), COUNT(*), SUM(v), COUNT(DISTINCT v) FROM t GROUP BY UPPER(k);
INSERT INTO top
    SELECT k, v, r FROM (SELECT k, v, ROW_NUMBER() OVER (PARTITION BY k ORDER BY v DESC, ts) AS r FROM t) WHERE r <= 2;
END;

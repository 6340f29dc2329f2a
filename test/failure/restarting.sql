-- Checkpoints all the time and a restart after a failure: what is visible must be there exactly once.
SET 'execution.checkpointing.interval' = '2 ms';
SET 'execution.checkpointing.dir' = '${OUT}/checkpoints';
SET 'restart-strategy.type' = 'fixed-delay';
SET 'restart-strategy.fixed-delay.attempts' = '3';
SET 'restart-strategy.fixed-delay.delay' = '1 ms';
CREATE TABLE t (ts TIMESTAMP(3), k STRING, v INT, WATERMARK FOR ts AS ts - INTERVAL '1' SECOND)
    WITH ('connector' = 'values', 'path' = '${IN}');
CREATE TABLE windows (w TIMESTAMP(3), k STRING, n BIGINT, s BIGINT) WITH ('connector' = 'filesystem', 'path' = '${OUT}/windows', 'format' = 'json');
INSERT INTO windows
    SELECT window_start, k, COUNT(*), SUM(v) FROM TABLE(HOP(TABLE t, DESCRIPTOR(ts), INTERVAL '1' SECOND, INTERVAL '5' SECOND))
    GROUP BY window_start, window_end, k;

-- Windows of all kinds over one table of our own.
CREATE TABLE clicks (
  user_id BIGINT,
  url STRING,
  spent_ms INT,
  ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts - INTERVAL '2' SECOND
) WITH ('connector' = 'filesystem', 'path' = '/data/clicks', 'format' = 'json', 'source.monitor-interval' = '1s');

SELECT window_start, window_end, COUNT(*) AS n
FROM TABLE(HOP(TABLE clicks, DESCRIPTOR(ts), INTERVAL '5' MINUTES, INTERVAL '10' MINUTES))
GROUP BY window_start, window_end;

SELECT window_start, window_end, user_id, SUM(spent_ms)
FROM TABLE(CUMULATE(DATA => TABLE clicks, TIMECOL => DESCRIPTOR(ts), STEP => INTERVAL '10' MINUTES, SIZE => INTERVAL '1' HOUR))
GROUP BY GROUPING SETS ((window_start, window_end, user_id), (window_start, window_end));

SELECT user_id, window_start, window_end, COUNT(url)
FROM TABLE(SESSION(TABLE clicks PARTITION BY user_id, DESCRIPTOR(ts), INTERVAL '30' MINUTES))
GROUP BY user_id, window_start, window_end;

SELECT TUMBLE_START(ts, INTERVAL '1' HOUR) AS hour_start, TUMBLE_ROWTIME(ts, INTERVAL '1' HOUR) AS hour_time, COUNT(DISTINCT user_id)
FROM clicks
GROUP BY TUMBLE(ts, INTERVAL '1' HOUR);

SELECT user_id, HOP_END(ts, INTERVAL '1' MINUTE, INTERVAL '5' MINUTE), COUNT(*)
FROM clicks GROUP BY HOP(ts, INTERVAL '1' MINUTE, INTERVAL '5' MINUTE), user_id;

SELECT user_id, SESSION_START(ts, INTERVAL '10' MINUTE), SESSION_END(ts, INTERVAL '10' MINUTE), COUNT(*)
FROM clicks GROUP BY user_id, SESSION(ts, INTERVAL '10' MINUTE);

SELECT * FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, window_end ORDER BY n DESC) AS place
  FROM (
    SELECT window_start, window_end, url, COUNT(*) AS n
    FROM TABLE(TUMBLE(TABLE clicks, DESCRIPTOR(ts), INTERVAL '1' DAY, INTERVAL '-8' HOURS))
    GROUP BY window_start, window_end, url
  )
) WHERE place <= 3;

-- The inner aggregate of q7: the highest price of each ten seconds.
CREATE TABLE q7 (price BIGINT, ends TIMESTAMP(3))
WITH ('connector' = 'blackhole');

INSERT INTO q7
SELECT MAX(price), window_end
FROM TABLE(TUMBLE(TABLE bid, DESCRIPTOR(`dateTime`), INTERVAL '10' SECOND))
GROUP BY window_start, window_end;

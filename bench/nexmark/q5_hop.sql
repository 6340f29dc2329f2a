-- The aggregate of q5: bids per auction in hopping windows.
CREATE TABLE q5 (auction BIGINT, bids BIGINT, begins TIMESTAMP(3), ends TIMESTAMP(3))
WITH ('connector' = 'blackhole');

INSERT INTO q5
SELECT auction, COUNT(*), window_start, window_end
FROM TABLE(HOP(TABLE bid, DESCRIPTOR(`dateTime`), INTERVAL '2' SECOND, INTERVAL '10' SECOND))
GROUP BY auction, window_start, window_end;

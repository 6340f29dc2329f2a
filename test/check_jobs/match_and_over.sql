-- Patterns and OVER windows.
CREATE TABLE ticker (
  symbol STRING, price BIGINT, tax BIGINT, rowtime TIMESTAMP(3), WATERMARK FOR rowtime AS rowtime - INTERVAL '1' SECOND
) WITH ('connector' = 'datagen', 'rows-per-second' = '10');

SELECT T.symbol, T.start_tstamp, T.bottom_tstamp, T.end_tstamp
FROM ticker
  MATCH_RECOGNIZE (
    PARTITION BY symbol
    ORDER BY rowtime
    MEASURES
      START_ROW.rowtime AS start_tstamp,
      LAST(PRICE_DOWN.rowtime) AS bottom_tstamp,
      LAST(PRICE_UP.rowtime) AS end_tstamp
    ONE ROW PER MATCH
    AFTER MATCH SKIP TO LAST PRICE_UP
    PATTERN (START_ROW PRICE_DOWN+ PRICE_UP) WITHIN INTERVAL '1' HOUR
    DEFINE
      PRICE_DOWN AS (LAST(PRICE_DOWN.price, 1) IS NULL AND PRICE_DOWN.price < START_ROW.price) OR PRICE_DOWN.price < LAST(PRICE_DOWN.price, 1),
      PRICE_UP AS PRICE_UP.price > LAST(PRICE_DOWN.price, 1)
  ) AS T;

SELECT * FROM (SELECT symbol, price, rowtime FROM ticker WHERE price > 0) MATCH_RECOGNIZE (
  PARTITION BY symbol ORDER BY rowtime
  MEASURES A.price AS first_price, AVG(B.price) AS avg_price, MATCH_ROWTIME() AS ts
  AFTER MATCH SKIP PAST LAST ROW
  PATTERN (A B{2,5}? C* D) DEFINE B AS B.price > A.price, C AS C.price <= 10
) AS m WHERE m.avg_price > 1;

SELECT symbol, price,
  SUM(price) OVER (PARTITION BY symbol ORDER BY rowtime RANGE BETWEEN INTERVAL '1' HOUR PRECEDING AND CURRENT ROW) AS hour_sum,
  COUNT(*) OVER (PARTITION BY symbol ORDER BY rowtime ROWS BETWEEN 10 PRECEDING AND CURRENT ROW) AS n
FROM ticker;

SELECT symbol, AVG(price) OVER w AS avg_price, LAG(price, 1) OVER w AS before_price, FIRST_VALUE(price) OVER w
FROM ticker
WINDOW w AS (PARTITION BY symbol ORDER BY rowtime ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW);

SELECT symbol, price FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY symbol ORDER BY rowtime DESC) AS rn FROM ticker
) WHERE rn = 1;

SELECT symbol, price FROM (SELECT *, RANK() OVER (PARTITION BY symbol ORDER BY price DESC) AS r FROM ticker) WHERE r <= 5;
SELECT symbol, price, PERCENT_RANK() OVER (PARTITION BY symbol ORDER BY rowtime), NTILE(4) OVER (ORDER BY rowtime) FROM ticker;
SELECT symbol, price FROM ticker QUALIFY ROW_NUMBER() OVER (PARTITION BY symbol ORDER BY rowtime) = 1;

-- Every kind of join that streaming SQL has.
CREATE TEMPORARY TABLE orders (
  id BIGINT, customer BIGINT, currency STRING, price DECIMAL(10, 2), tags ARRAY<STRING>, attributes MAP<STRING, STRING>,
  ts TIMESTAMP(3), proc AS PROCTIME(), WATERMARK FOR ts AS ts - INTERVAL '1' SECOND
) WITH ('connector' = 'datagen');
CREATE TEMPORARY TABLE shipments (
  order_id BIGINT, carrier VARCHAR(20), ts TIMESTAMP(3), WATERMARK FOR ts AS ts
) WITH ('connector' = 'datagen');
CREATE TEMPORARY TABLE rates (
  currency STRING, rate DECIMAL(10, 4), ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '1' SECOND, PRIMARY KEY (currency) NOT ENFORCED
) WITH ('connector' = 'upsert-kafka', 'topic' = 'rates', 'properties.bootstrap.servers' = 'b:9092', 'key.format' = 'raw', 'value.format' = 'json');
CREATE TEMPORARY TABLE customers (id BIGINT, name STRING, PRIMARY KEY (id) NOT ENFORCED)
WITH ('connector' = 'jdbc', 'url' = 'jdbc:mysql://db/crm', 'table-name' = 'customers', 'lookup.cache' = 'PARTIAL');

-- regular
SELECT o.id, s.carrier FROM orders AS o INNER JOIN shipments AS s ON o.id = s.order_id;
SELECT o.id, s.carrier FROM orders o LEFT OUTER JOIN shipments s ON o.id = s.order_id AND s.carrier <> 'none';
SELECT COALESCE(o.id, s.order_id) FROM orders o FULL JOIN shipments s ON o.id = s.order_id;
SELECT * FROM orders o RIGHT JOIN shipments s ON o.id = s.order_id;
SELECT o.id FROM orders o, shipments s WHERE o.id = s.order_id AND o.price > 10;
SELECT * FROM orders CROSS JOIN customers;
SELECT id, carrier FROM orders JOIN shipments USING (ts);
SELECT /*+ BROADCAST(s), STATE_TTL('o' = '6h', 's' = '2d') */ o.id FROM orders o JOIN shipments s ON o.id = s.order_id;
-- interval
SELECT o.id, s.carrier FROM orders o JOIN shipments s ON o.id = s.order_id AND o.ts BETWEEN s.ts - INTERVAL '4' HOUR AND s.ts;
SELECT o.id FROM orders o, shipments s WHERE o.id = s.order_id AND s.ts >= o.ts AND s.ts < o.ts + INTERVAL '1' DAY;
-- temporal
SELECT o.id, o.price * r.rate FROM orders AS o LEFT JOIN rates FOR SYSTEM_TIME AS OF o.ts AS r ON o.currency = r.currency;
-- lookup
SELECT /*+ LOOKUP('table'='c', 'retry-predicate'='lookup_miss', 'retry-strategy'='fixed_delay', 'fixed-delay'='10s', 'max-attempts'='3') */ o.id, c.name
FROM orders AS o JOIN customers FOR SYSTEM_TIME AS OF o.proc AS c ON o.customer = c.id;
-- window
SELECT L.id, R.order_id, L.window_start FROM (
  SELECT * FROM TABLE(TUMBLE(TABLE orders, DESCRIPTOR(ts), INTERVAL '5' MINUTES))
) L FULL JOIN (
  SELECT * FROM TABLE(TUMBLE(TABLE shipments, DESCRIPTOR(ts), INTERVAL '5' MINUTES))
) R ON L.id = R.order_id AND L.window_start = R.window_start AND L.window_end = R.window_end;
-- collections and functions
SELECT id, tag FROM orders CROSS JOIN UNNEST(tags) AS t (tag);
SELECT id, k, v FROM orders, UNNEST(attributes) WITH ORDINALITY AS t (k, v, n);
CREATE TEMPORARY SYSTEM FUNCTION IF NOT EXISTS split_text AS 'org.example.SplitText' LANGUAGE JAVA;
SELECT id, word FROM orders, LATERAL TABLE(split_text(currency)) AS t (word, len);
SELECT id, word FROM orders LEFT JOIN LATERAL TABLE(split_text(currency)) AS t (word, len) ON TRUE;
SELECT c.id, top.price FROM customers c, LATERAL (SELECT price FROM orders o WHERE o.customer = c.id ORDER BY price DESC LIMIT 3) AS top;
-- semi and anti
SELECT id FROM orders WHERE id IN (SELECT order_id FROM shipments);
SELECT id FROM orders WHERE id NOT IN (SELECT order_id FROM shipments WHERE carrier = 'x');
SELECT id FROM orders o WHERE EXISTS (SELECT 1 FROM shipments s WHERE s.order_id = o.id);
SELECT id FROM orders o WHERE NOT EXISTS (SELECT * FROM shipments s WHERE s.order_id = o.id) AND price > (SELECT AVG(price) FROM orders);
SELECT id FROM orders WHERE price >= ALL (SELECT price FROM orders WHERE currency = 'EUR') OR price = SOME (SELECT 1.0);

-- A shop's orders from Kafka, by minute, into Kafka and a database.
SET 'execution.checkpointing.interval' = '30s';
SET 'state.backend.type' = 'rocksdb';
SET 'table.exec.source.idle-timeout' = '5 s';

CREATE TABLE orders (
  order_id STRING,
  customer_id BIGINT,
  amount DECIMAL(12, 2),
  ordered_at TIMESTAMP_LTZ(3),
  `partition` INT METADATA VIRTUAL,
  arrived TIMESTAMP_LTZ(3) METADATA FROM 'timestamp',
  WATERMARK FOR ordered_at AS ordered_at - INTERVAL '10' SECOND
) WITH (
  'connector' = 'kafka',
  'topic' = 'orders',
  'properties.bootstrap.servers' = 'broker:9092',
  'properties.group.id' = 'shop',
  'scan.startup.mode' = 'earliest-offset',
  'format' = 'avro-confluent',
  'avro-confluent.url' = 'http://registry:8081'
);

CREATE TABLE revenue (
  minute_start TIMESTAMP(3),
  revenue DECIMAL(38, 2),
  orders BIGINT
) WITH (
  'connector' = 'kafka',
  'topic' = 'revenue',
  'properties.bootstrap.servers' = 'broker:9092',
  'format' = 'json'
);

CREATE TABLE customer_totals (
  customer_id BIGINT,
  total DECIMAL(38, 2),
  PRIMARY KEY (customer_id) NOT ENFORCED
) WITH (
  'connector' = 'jdbc',
  'url' = 'jdbc:postgresql://db/shop',
  'table-name' = 'customer_totals'
);

EXECUTE STATEMENT SET BEGIN
INSERT INTO revenue
SELECT window_start, SUM(amount), COUNT(*)
FROM TABLE(TUMBLE(TABLE orders, DESCRIPTOR(ordered_at), INTERVAL '1' MINUTE))
GROUP BY window_start, window_end;
INSERT INTO customer_totals
SELECT customer_id, SUM(amount) FROM orders /*+ OPTIONS('scan.startup.mode' = 'latest-offset') */ GROUP BY customer_id;
END;

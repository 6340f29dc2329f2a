-- Definitions of every kind, ours and others'.
SET execution.checkpointing.interval = 10s;
SET sql-client.execution.result-mode=tableau;
RESET 'execution.checkpointing.interval';
ADD JAR '/opt/udf.jar';
CREATE CATALOG warehouse WITH ('type' = 'paimon', 'warehouse' = 's3://bucket/warehouse');
CREATE CATALOG old_hive WITH ('type' = 'hive', 'hive-conf-dir' = '/etc/hive/conf');
USE CATALOG default_catalog;
CREATE DATABASE IF NOT EXISTS shop COMMENT 'all of it' WITH ('k' = 'v');
USE shop;
CREATE TABLE users (
  id BIGINT NOT NULL COMMENT 'who', name VARCHAR(40), profile ROW<age INT, city STRING 'where', tags ARRAY<STRING NOT NULL>>,
  born DATE, joined TIMESTAMP(3) NOT NULL, full_name AS UPPER(name) COMMENT 'loud', k BYTES, seen TIMESTAMP(6) WITH LOCAL TIME ZONE,
  CONSTRAINT pk PRIMARY KEY (id) NOT ENFORCED, WATERMARK FOR joined AS joined - INTERVAL '5' SECONDS
) COMMENT 'users' PARTITIONED BY (born) WITH ('connector' = 'mysql-cdc', 'hostname' = 'db', 'database-name' = 'shop', 'table-name' = 'users');
CREATE TABLE users_copy WITH ('connector' = 'blackhole') LIKE users (EXCLUDING OPTIONS INCLUDING GENERATED OVERWRITING WATERMARKS);
CREATE TABLE snapshot WITH ('connector' = 'filesystem', 'path' = '/data/snapshot', 'format' = 'parquet') AS SELECT id, name FROM users;
CREATE OR REPLACE TABLE snapshot WITH ('connector' = 'print') AS SELECT id, name FROM users;
CREATE TABLE spread (id INT) DISTRIBUTED BY HASH(id) INTO 4 BUCKETS WITH ('connector' = 'blackhole');
CREATE VIEW IF NOT EXISTS adults (id, name) COMMENT 'of age' AS SELECT id, name FROM users WHERE profile.age >= 18;
CREATE TEMPORARY VIEW v AS SELECT id, COUNT(*) AS n FROM users GROUP BY id;
CREATE MATERIALIZED TABLE daily PARTITIONED BY (born) WITH ('format' = 'json') FRESHNESS = INTERVAL '1' HOUR REFRESH_MODE = CONTINUOUS AS SELECT born, COUNT(*) AS n FROM users GROUP BY born;
CREATE FUNCTION mask AS 'org.example.Mask' LANGUAGE JAVA USING JAR 's3://jars/mask.jar', JAR 's3://jars/dep.jar';
CREATE TEMPORARY FUNCTION score AS 'udf.score' LANGUAGE PYTHON;
SELECT mask(name), score(id) FROM users;
CREATE MODEL sentiment INPUT (text STRING) OUTPUT (label STRING) COMMENT 'mood' WITH ('provider' = 'openai', 'task' = 'classification', 'endpoint' = 'https://example.org/v1');
SELECT id, label FROM ML_PREDICT(TABLE users, MODEL sentiment, DESCRIPTOR(name));
SELECT * FROM ML_PREDICT(INPUT => TABLE users, MODEL => MODEL sentiment, ARGS => DESCRIPTOR(name), CONFIG => MAP['async', 'true']);
SELECT * FROM VECTOR_SEARCH(TABLE users, DESCRIPTOR(k), ARRAY[1.0, 2.0], 10);
CALL sys.compact(`table` => 'shop.users');
ALTER TABLE users ADD (nick STRING AFTER name);
ALTER TABLE users SET ('scan.startup.mode' = 'initial');
ALTER VIEW adults RENAME TO grown_ups;
ALTER DATABASE shop SET ('k' = 'w');
DROP TEMPORARY VIEW IF EXISTS v;
DROP FUNCTION IF EXISTS mask;
SHOW FUNCTIONS;
SHOW USER FUNCTIONS LIKE 'm%';
SHOW JARS;
SHOW JOBS;
SHOW PARTITIONS users;
SHOW MODELS;
LOAD MODULE hive WITH ('hive-version' = '3.1.3');
USE MODULES hive, core;
UNLOAD MODULE hive;
STOP JOB '228d70913eab60dda85c5e7f78b5782c' WITH SAVEPOINT;
UPDATE users SET name = 'x' WHERE id = 1;
DELETE FROM users WHERE id = 1;
TRUNCATE TABLE users;
COMPILE PLAN '/plans/p.json' IF NOT EXISTS FOR INSERT INTO users_copy SELECT * FROM users;
EXECUTE PLAN '/plans/p.json';
ANALYZE TABLE users COMPUTE STATISTICS FOR ALL COLUMNS;
BEGIN STATEMENT SET;
INSERT INTO users_copy (id, joined, born) SELECT id, joined, born FROM users;
END;
INSERT OVERWRITE users_copy PARTITION (born = '2024-01-01') SELECT id, name, profile, joined, k, seen FROM users;
QUIT;

-- Process table functions and what surrounds them; watermarks of the source.
CREATE TABLE events (user_id STRING, kind STRING, ts TIMESTAMP_LTZ(3), WATERMARK FOR ts AS SOURCE_WATERMARK()) WITH ('connector' = 'kafka', 'topic' = 'e', 'format' = 'json');
CREATE FUNCTION visits AS 'org.example.Visits';
SELECT * FROM visits(input => TABLE events PARTITION BY user_id, on_time => DESCRIPTOR(ts), uid => 'visits-v1');
SELECT * FROM TABLE(visits(TABLE events PARTITION BY user_id ORDER BY ts));
SELECT * FROM TO_CHANGELOG(input => TABLE events);
SELECT user_id, kind FROM events WHERE kind SIMILAR TO '(click|view)%' AND user_id IS NOT NULL;
SELECT CURRENT_WATERMARK(ts), NOW(), CURRENT_TIMESTAMP, LOCALTIME, UUID(), user_id || '-' || kind FROM events;

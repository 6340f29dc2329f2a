SELECT * FROM t /*+ OPTIONS('a' = 'b') */ AS x (a, b);
SELECT * FROM `ä`;
SELECT `ü`, `日本` FROM t;

#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Catalogs of type file keep definitions between runs, in files that can be read and edited; a store keeps the catalogs themselves.
source "$(dirname "$0")/check.bash" "$@"

catalog="CREATE CATALOG c WITH ('type' = 'file', 'path' = '$tmp/catalog'); USE CATALOG c;"
run "$catalog
CREATE TABLE numbers (n INT, twice AS n * 2 COMMENT 'it''s twice') COMMENT 'numbers' WITH ('connector' = 'datagen', 'number-of-rows' = '2', 'fields.n.kind' = 'sequence', 'fields.n.start' = '1', 'fields.n.end' = '2');
CREATE VIEW doubled AS SELECT twice FROM numbers;
CREATE DATABASE IF NOT EXISTS \`other db\` COMMENT 'x' WITH ('k' = 'v');
CREATE TABLE \`other db\`.\`odd/name\` (p STRING, a INT) PARTITIONED BY (p) WITH ('connector' = 'blackhole');
ALTER TABLE \`other db\`.\`odd/name\` ADD PARTITION (p = 'x');"
is "definitions: exit code" "$code" 0
is "a table's file" "$(cat "$tmp/catalog/default/numbers.sql")" "CREATE TABLE \`numbers\` (
  \`n\` INT,
  \`twice\` AS \`n\` * 2 COMMENT 'it''s twice'
)
COMMENT 'numbers'
WITH (
  'connector' = 'datagen',
  'fields.n.end' = '2',
  'fields.n.kind' = 'sequence',
  'fields.n.start' = '1',
  'number-of-rows' = '2'
);"
is "a view's file" "$(cat "$tmp/catalog/default/doubled.sql")" "CREATE VIEW \`doubled\` (
  \`twice\`
)
AS SELECT \`numbers\`.\`twice\`
FROM \`c\`.\`default\`.\`numbers\` AS \`numbers\`;"

run "$catalog SELECT * FROM doubled;"
is "another run reads the view" "$out" '{"twice":2}
{"twice":4}'
run "$catalog SHOW PARTITIONS \`other db\`.\`odd/name\`; DESCRIBE DATABASE EXTENDED \`other db\`;"
has "partitions are kept" "$out" "p=x"
has "comments of databases are kept" "$out" "option:k"
run "$catalog SHOW TABLES; SHOW VIEWS; SHOW DATABASES;"
has "tables are listed" "$out" "numbers"
has "databases are listed" "$out" "other db"

# An editor's change counts at once; a wrong one is told with file, line and column.
sed -i "s/ \* 2/ * 10/" "$tmp/catalog/default/numbers.sql"
run "$catalog SELECT * FROM doubled;"
is "an edited file" "$out" '{"twice":10}
{"twice":20}'
printf 'CREATE TABLE bad (\n  a INTT\n) WITH ();' >"$tmp/catalog/default/bad.sql"
run "$catalog SELECT * FROM bad;"
is "a wrong file: exit code" "$code" 1
has "a wrong file: its place" "$err" "default/bad.sql', line 2, column 5"
run "$catalog SHOW TABLES; SELECT n FROM numbers;"
is "a wrong file disturbs no other" "$code" 0
run "$catalog DROP TABLE bad; CREATE TABLE bad (a INT) WITH ('connector' = 'blackhole'); INSERT INTO bad SELECT n FROM numbers;"
is "a wrong file can be dropped" "$code" 0
printf 'CREATE TABLE other (a INT);' >"$tmp/catalog/default/named.sql"
run "$catalog DESCRIBE named;"
has "a file of another name" "$err" "The name must be 'named'"
rm "$tmp/catalog/default/named.sql"

# Many processes at once: every table is there afterwards, whole.
for i in 1 2 3 4 5 6 7 8; do
    "$weir" "$catalog CREATE TABLE IF NOT EXISTS shared (a INT, b STRING) WITH ('connector' = 'blackhole');
        CREATE TABLE t$i (a INT) WITH ('connector' = 'blackhole'); ALTER TABLE shared SET ('connector' = 'print');" 2>/dev/null &
done
wait
run "$catalog SHOW CREATE TABLE shared; DESCRIBE t1; DESCRIBE t8;"
is "many at once: exit code" "$code" 0
has "many at once" "$out" "'connector' = 'print'"
is "no drafts are left" "$(find "$tmp/catalog" -name '*.tmp' | wc -l)" 0

run "$catalog ALTER TABLE t1 RENAME TO t9; DROP TABLE t2; DROP VIEW doubled; DROP DATABASE \`other db\` CASCADE;"
is "changes: exit code" "$code" 0
is "changes are in the folder" "$(ls "$tmp/catalog/default" | tr '\n' ' ')" "bad.sql numbers.sql shared.sql t3.sql t4.sql t5.sql t6.sql t7.sql t8.sql t9.sql "

# The store of catalogs.
store=(--set table.catalog-store.kind=file --set "table.catalog-store.file.path=$tmp/store")
run "${store[@]}" "CREATE CATALOG kept COMMENT 'for good' WITH ('type' = 'file', 'path' = '$tmp/kept'); CREATE TABLE kept.\`default\`.t (a INT) WITH ('connector' = 'blackhole')"
is "the store's file" "$(cat "$tmp/store/kept.yaml")" "# comment: 'for good'
'type': 'file'
'path': '$tmp/kept'"
printf 'type: generic_in_memory\ndefault-database: main\n' >"$tmp/store/flinks.yaml"
run "${store[@]}" "SHOW CATALOGS; DESCRIBE kept.\`default\`.t; USE CATALOG flinks; SHOW CURRENT DATABASE; ALTER CATALOG kept COMMENT 'x'; DESCRIBE CATALOG kept"
is "a store of another run: exit code" "$code" 0
has "a store of another run" "$out" "flinks"
has "a store of Flink's" "$out" "main"
run "${store[@]}" "DROP CATALOG kept; SHOW CATALOGS"
has_not "a dropped catalog" "$out" "kept"
printf 'type generic\n' >"$tmp/store/broken.yaml"
run "${store[@]}" "USE CATALOG broken"
has "a broken file of the store" "$err" "broken.yaml', line 1"
finish

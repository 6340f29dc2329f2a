/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_TEST_SQL_GENERATOR_H
#define WEIR_TEST_SQL_GENERATOR_H

#include "base/buf.h"
#include "unit/unit.h"

/*
 * sql_generator: SQL of the whole grammar from a seed: a table of productions whose alternatives are chosen at random. In a production
 * `<name>` stands for another one, `[...]` may be left out, `{...}` stands once or several times, separated by commas. When the depth is used up, the
 * first alternative is taken, which must lead to an end.
 */
struct production {
    const char *name;
    const char *alternatives[24]; /* ends with NULL */
};

static const struct production productions[] = {
    {"name", {"a", "b", "c1", "`select`", "`x y`", "`it``s`", "price", "ts", NULL}},
    {"path", {"t", "<name>", "d.t", "c.d.<name>", NULL}},
    {"string", {"'x'", "'it''s'", "''", "U&'\\00e9'", "'a\nb'", NULL}},
    {"number", {"1", "0", "12345678901234567890", "1.5", "1e10", ".5", "1.", NULL}},
    {"count", {"1", "4", "10", NULL}},
    {"literal", {"1", "<number>", "<string>", "TRUE", "FALSE", "NULL", "X'0aff'", "DATE '2024-01-01'", "TIME '12:00:00'", "TIMESTAMP '2024-01-01 00:00:00'", "INTERVAL '1' DAY", "INTERVAL '1-2' YEAR TO MONTH",
                 "INTERVAL - '1:02' HOUR(3) TO MINUTE", NULL}},
    {"type", {"INT", "STRING", "DECIMAL(10, 2)", "TIMESTAMP(3)", "TIMESTAMP(3) WITH LOCAL TIME ZONE", "VARCHAR(5)", "ARRAY<<type>>", "MAP<<type>, <type>>", "ROW<x <type>, y INT NOT NULL>", "BYTES", "DOUBLE",
              "MULTISET<INT>", NULL}},
    {"compare", {"=", "<>", "<", "<=", ">", ">=", NULL}},
    {"arith", {"+", "-", "*", "/", "%", "||", NULL}},
    {"unit", {"YEAR", "MONTH", "DAY", "HOUR", "SECOND", NULL}},
    {"column", {"a", "<name>", "t.<name>", "c.d.t.<name>", NULL}},
    {"expr", {"a", "<literal>", "<column>", "(<expr>)", "<expr> <arith> <expr>", "- <expr>", "CASE WHEN <condition> THEN <expr> [ELSE <expr>] END", "CASE <expr> WHEN <expr> THEN <expr> END", "CAST(<expr> AS <type>)",
              "TRY_CAST(<expr> AS <type>)", "COALESCE({<expr>})", "EXTRACT(<unit> FROM <expr>)", "FLOOR(<expr> TO <unit>)", "TRIM(LEADING '-' FROM <column>)", "TRIM(<column>)", "SUBSTRING(<column> FROM 1 [FOR 2])",
              "POSITION('a' IN <column>)", "OVERLAY(<column> PLACING 'x' FROM 1)", "ROW(<expr>, <expr>)", "ARRAY[{<expr>}]", "MAP[<expr>, <expr>]", "<column>[1]", "TIMESTAMPDIFF(<unit>, <expr>, <expr>)", NULL}},
    {"call", {"COUNT(*)", "SUM(<expr>) [FILTER (WHERE <condition>)]", "COUNT(DISTINCT <expr>)", "LISTAGG(<column>, ',')", "JSON_VALUE(<column>, '$.a' [RETURNING INT])",
              "ROW_NUMBER() OVER (PARTITION BY {<column>} ORDER BY {<order>})", "SUM(<expr>) OVER (ORDER BY <column> ROWS BETWEEN 2 PRECEDING AND CURRENT ROW)", "UPPER(<expr>)", NULL}},
    {"condition", {"a = 1", "<expr> <compare> <expr>", "<expr> IS [NOT] NULL", "<expr> [NOT] BETWEEN <expr> AND <expr>", "<expr> [NOT] IN ({<literal>})", "<column> [NOT] LIKE <string> [ESCAPE '!']", "NOT <condition>",
                   "(<condition>)", "<condition> AND <condition>", "<condition> OR <condition>", "<expr> IS [NOT] DISTINCT FROM <expr>", "EXISTS (<query>)", "<expr> IN (<query>)", "<expr> IS TRUE",
                   "<column> SIMILAR TO 'a|b'", "<expr> = ANY (<query>)", NULL}},
    {"order", {"a", "<expr> [DESC] [NULLS LAST]", "1 ASC NULLS FIRST", NULL}},
    {"item", {"*", "<expr>", "<expr> AS <name>", "t.*", "<call>", "<call> AS <name>", "(SELECT 1)", NULL}},
    {"relation", {"t", "<path>", "<path> AS <name>", "(<query>) AS <name>", "<path> /*+ OPTIONS('k' = 'v') */ AS <name>", "TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE))", "LATERAL TABLE(f(<expr>)) AS f (x)",
                  "t FOR SYSTEM_TIME AS OF t.ts AS v", NULL}},
    {"from", {"t", "<relation>", "<relation> JOIN <relation> ON <condition>", "<relation> LEFT JOIN t USING (a)", "<relation> JOIN t ON <condition> FULL JOIN <relation> ON <condition>", "<relation> CROSS JOIN UNNEST(<column>) AS u (x)",
              "<relation>, <relation>", "t NATURAL JOIN u", NULL}},
    {"group", {"a", "{<expr>}", "GROUPING SETS ((a), ())", "ROLLUP (a, b)", "CUBE (a)", NULL}},
    {"select", {"SELECT 1", "SELECT [DISTINCT] {<item>} FROM <from> [WHERE <condition>] [GROUP BY <group> [HAVING <condition>]] [WINDOW w AS (PARTITION BY a)]", "SELECT {<item>}", NULL}},
    {"query", {"SELECT a FROM t", "<select>", "<select> [ORDER BY {<order>}] [LIMIT <count>]", "WITH q AS (<query>) <select>", "<select> UNION [ALL] <select>", "(<select>) INTERSECT <select>", "<select> EXCEPT (<query>)",
               "VALUES {(1, <expr>)}", "<select> OFFSET 1 ROWS FETCH NEXT 2 ROWS ONLY", NULL}},
    {"option", {"'k' = 'v'", "'connector' = 'print'", "'it''s' = ''", NULL}},
    {"columndef", {"a INT", "<name> <type> [NOT NULL] [COMMENT <string>]", "<name> AS <expr>", "<name> <type> METADATA [FROM 'k'] [VIRTUAL]", NULL}},
    {"element", {"a INT", "<columndef>", "<columndef>", NULL}},
    {"distribution", {"BY HASH(a) INTO 2 BUCKETS", "BY (a, b)", "INTO <count> BUCKETS", "BY RANGE(a)", NULL}},
    {"merge", {"INCLUDING ALL", "EXCLUDING <feature>", "OVERWRITING OPTIONS", NULL}},
    {"feature", {"CONSTRAINTS", "DISTRIBUTION", "PARTITIONS", "GENERATED", "WATERMARKS", "METADATA", NULL}},
    {"partition", {"PARTITION (p = 'x')", "PARTITION (p = 1, q = <string>)", NULL}},
    {"insert", {"INSERT INTO t SELECT 1", "INSERT INTO <path> [<partition>] [(a, b)] <query>", "INSERT OVERWRITE <path> <query>", "INSERT INTO t SELECT 1 ON CONFLICT DO DEDUPLICATE", NULL}},
    {"where", {"FROM d", "IN c.d", NULL}},
    {"like", {"LIKE 'x%'", "NOT LIKE <string>", "ILIKE 'x'", NULL}},
    {"alter", {"RENAME TO <path>", "ADD <columndef>", "ADD ({<columndef> [FIRST]})", "MODIFY (<columndef> AFTER b, WATERMARK FOR ts AS <expr>)", "ADD (PRIMARY KEY (a) NOT ENFORCED)", "DROP <name>", "DROP (a, b)", "DROP PRIMARY KEY",
               "DROP CONSTRAINT c", "DROP WATERMARK", "DROP DISTRIBUTION", "ADD DISTRIBUTION <distribution>", "MODIFY DISTRIBUTION <distribution>", "ADD [IF NOT EXISTS] <partition> [WITH (<option>)]", "DROP [IF EXISTS] <partition>, <partition>",
               "RENAME a TO <name>", "SET ({<option>})", "RESET ('k', 'l')", NULL}},
    {"show", {"TABLES [<where>] [<like>]", "VIEWS [<where>] [<like>]", "DATABASES [FROM c] [<like>]", "CATALOGS [<like>]", "COLUMNS FROM <path> [LIKE 'a']", "[USER] FUNCTIONS [<where>] [<like>]", "CURRENT CATALOG", "CURRENT DATABASE",
              "CREATE TABLE <path>", "CREATE VIEW <path>", "CREATE CATALOG c", "PARTITIONS <path> [<partition>]", "[FULL] MODULES", "JARS", "JOBS", "PROCEDURES [<where>]", "MODELS", "MATERIALIZED TABLES", "CONNECTIONS", NULL}},
    {"explained", {"SELECT 1", "<query>", "<insert>", "STATEMENT SET BEGIN <insert>; <insert>; END", "CREATE TABLE t AS <query>", NULL}},
    {"statement", {"SELECT 1", "<query>", "<insert>", "EXECUTE <insert>", "EXECUTE STATEMENT SET BEGIN <insert>; END", "EXPLAIN [CHANGELOG_MODE, ESTIMATED_COST] <explained>", "<create>", "ALTER TABLE [IF EXISTS] <path> <alter>", "<drop>",
                   "SHOW <show>", "<describe>", "<session>", "<other>", NULL}},
    {"create", {"CREATE TABLE t (a INT)", "CREATE [TEMPORARY] TABLE [IF NOT EXISTS] <path> ({<element>}, WATERMARK FOR ts AS <expr>, PRIMARY KEY (a) NOT ENFORCED) [COMMENT <string>] [DISTRIBUTED <distribution>] [PARTITIONED BY (a, b)] [WITH ({<option>})]",
                "CREATE TABLE <path> ({<element>}) [WITH (<option>)] LIKE <path> [(<merge> <merge>)]", "CREATE [OR REPLACE] TABLE <path> [(a, b)] [WITH ({<option>})] AS <query>", "REPLACE TABLE <path> AS <query>",
                "CREATE [TEMPORARY] VIEW [IF NOT EXISTS] <path> [(a, b)] [COMMENT <string>] AS <query>", "CREATE DATABASE [IF NOT EXISTS] c.d [COMMENT <string>] [WITH (<option>)]", "CREATE CATALOG [IF NOT EXISTS] c [COMMENT 'x'] WITH ({<option>})",
                "ALTER VIEW <path> AS <query>", "ALTER VIEW <path> RENAME TO <path>", "ALTER DATABASE c.d SET (<option>)", "ALTER CATALOG c SET ({<option>})", "ALTER CATALOG c RESET ('k')", "ALTER CATALOG c COMMENT <string>", NULL}},
    {"drop", {"DROP TABLE t", "DROP [TEMPORARY] TABLE [IF EXISTS] <path>", "DROP VIEW <path>", "DROP DATABASE [IF EXISTS] d [CASCADE]", "DROP CATALOG c", "DROP FUNCTION [IF EXISTS] f", "DROP MODEL m", NULL}},
    {"describe", {"DESCRIBE t", "DESC [EXTENDED] <path>", "DESCRIBE CATALOG [EXTENDED] c", "DESCRIBE DATABASE d", "DESCRIBE FUNCTION [EXTENDED] upper", "DESCRIBE JOB 'x'", NULL}},
    {"session", {"SET 'k' = 'v'", "SET", "RESET 'k'", "RESET", "USE d", "USE c.d", "USE CATALOG c", "USE MODULES a, b", "LOAD MODULE m [WITH (<option>)]", "UNLOAD MODULE m", "STOP JOB 'x' [WITH SAVEPOINT]", "SET a.b = c d", NULL}},
    {"other", {"QUIT", "ADD JAR 'x'", "CREATE FUNCTION f AS 'x' LANGUAGE JAVA", "CALL p(<expr>)", "UPDATE t SET a = <expr>", "TRUNCATE TABLE t", "ANALYZE TABLE t COMPUTE STATISTICS", "COMPILE PLAN 'x' FOR <insert>",
               "CREATE MODEL m INPUT (a <type>) OUTPUT (b <type>)", "ALTER MATERIALIZED TABLE m SUSPEND", "EXECUTE PLAN 'x'", NULL}},
};

struct generator {
    uint64_t state;
    struct buf *out;
};

static inline uint32_t generator_next(struct generator *g, uint32_t below) {
    g->state ^= g->state << 13;
    g->state ^= g->state >> 7;
    g->state ^= g->state << 17;
    return (uint32_t)((g->state >> 11) % below);
}

static void generate(struct generator *g, const char *name, size_t size, int depth);

/* The bracket that closes the one at text[0]. */
static inline const char *generator_close(const char *text, char open, char close) {
    int level = 0;
    for (;; text++) {
        if (*text == open) level++;
        if (*text == close && --level == 0) return text;
        assert_true(*text != '\0');
    }
}

static void generate_text(struct generator *g, const char *text, const char *end, int depth) {
    const char *begin = text;
    while (text < end) {
        char before = text == begin ? ' ' : text[-1];
        size_t word = strspn(text + 1, "abcdefghijklmnopqrstuvwxyz");
        if (*text == '<' && word > 1 && text[1 + word] == '>') {
            const char *close = text + 1 + word;
            generate(g, text + 1, (size_t)(close - text - 1), depth);
            text = close + 1;
        } else if (*text == '[' && text[1] != '{' && text[1] != '1' && !(before >= 'A' && before <= 'Z') && before != '>') {
            const char *close = generator_close(text, '[', ']');
            if (depth > 0 && generator_next(g, 2) == 0) generate_text(g, text + 1, close, depth - 1);
            text = close + 1;
        } else if (*text == '{') {
            const char *close = generator_close(text, '{', '}');
            uint32_t times = depth > 0 ? 1 + generator_next(g, 3) : 1;
            for (uint32_t i = 0; i < times; i++) {
                if (i > 0) buf_text(g->out, ", ");
                generate_text(g, text + 1, close, depth - 1);
            }
            text = close + 1;
        } else {
            buf_char(g->out, *text++);
        }
    }
}

static void generate(struct generator *g, const char *name, size_t size, int depth) {
    for (size_t i = 0; i < sizeof productions / sizeof *productions; i++) {
        const struct production *p = &productions[i];
        if (strlen(p->name) != size || memcmp(p->name, name, size) != 0) continue;
        uint32_t count = 0;
        while (p->alternatives[count] != NULL) count++;
        const char *text = p->alternatives[depth > 0 ? generator_next(g, count) : 0];
        generate_text(g, text, text + strlen(text), depth - 1);
        return;
    }
    fail_msg("no production %.*s", (int)size, name);
}

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_support: `weir support` prints docs/sql-support.md: what this build runs, as Markdown. Functions,
 * aggregates, operators of plans, connectors, formats and options come from the tables that the engine itself
 * works with; a test keeps the committed page equal to what is printed. Only statements and clauses, which are
 * code in the parser and the binder and not rows, are listed here.
 */
#include "agg/agg.h"
#include "catalog/connector.h"
#include "catalog/session.h"
#include "cli/commands.h"
#include "cli/talk.h"
#include "func/func.h"
#include "plan/lint.h"
#include "plan/node.h"
#include "type/type.h"

#include <stdlib.h>

struct form { const char *text, *note; };

static const struct form statements[] = {
    {"SELECT ...", "prints its rows; several statements are separated by ;"},
    {"[EXECUTE] INSERT INTO t [PARTITION (k = v, ...)] [(columns)] SELECT ... | VALUES ...", "waits for the job's end; ON CONFLICT DO DEDUPLICATE | ERROR | NOTHING"},
    {"EXECUTE STATEMENT SET BEGIN ... END", "several INSERTs as one job; also BEGIN STATEMENT SET; ... END;"},
    {"EXECUTE <query | INSERT>", "as without EXECUTE"},
    {"EXPLAIN [PLAN FOR | CHANGELOG_MODE, ESTIMATED_COST, PLAN_ADVICE, JSON_EXECUTION_PLAN] ...", "plans of SELECT, INSERT, statement sets and CREATE TABLE ... AS, with EXECUTE before them or not"},
    {"CREATE [TEMPORARY] TABLE [IF NOT EXISTS] t (...) [COMMENT] [DISTRIBUTED ...] [PARTITIONED BY (...)] WITH (...)",
     "physical, computed and metadata columns, WATERMARK FOR, PRIMARY KEY NOT ENFORCED; no connector writes buckets"},
    {"CREATE TABLE ... LIKE t (INCLUDING | EXCLUDING | OVERWRITING ...)", "ALL, CONSTRAINTS, DISTRIBUTION, PARTITIONS, GENERATED, METADATA, OPTIONS, WATERMARKS"},
    {"CREATE TABLE ... AS SELECT ...", "with columns, a list of names, key, watermark, partitions; not atomic, as Flink's default"},
    {"[CREATE OR] REPLACE TABLE ... AS SELECT ...", ""},
    {"CREATE [TEMPORARY] VIEW [IF NOT EXISTS] v [(names)] [COMMENT] AS SELECT ...", "kept with all names in full and stars written out"},
    {"CREATE DATABASE [IF NOT EXISTS] d [COMMENT] [WITH (...)]", ""},
    {"CREATE CATALOG [IF NOT EXISTS] c [COMMENT] WITH ('type' = 'generic_in_memory')", "for the length of the session; default-database"},
    {"CREATE CATALOG c WITH ('type' = 'file', 'path' = 'folder')", "keeps definitions between runs, one .sql file per table or view; SET 'table.catalog-store.kind' = 'file' with 'table.catalog-store.file.path' keeps the catalogs themselves"},
    {"ALTER TABLE [IF EXISTS] t ADD | MODIFY (columns [FIRST | AFTER c], WATERMARK, PRIMARY KEY)", "also DISTRIBUTION"},
    {"ALTER TABLE t DROP columns | PRIMARY KEY | CONSTRAINT c | WATERMARK | DISTRIBUTION", ""},
    {"ALTER TABLE t ADD | DROP PARTITION (k = v, ...)", "the catalog's list; files are not touched, as in Flink"},
    {"ALTER TABLE t RENAME c TO d, RENAME TO u, SET (...), RESET (...)", ""},
    {"ALTER VIEW v RENAME TO w, AS SELECT ...", ""},
    {"ALTER DATABASE d SET (...)", ""},
    {"ALTER CATALOG c SET (...), RESET (...), COMMENT '...'", ""},
    {"DROP [TEMPORARY] TABLE | VIEW | DATABASE | CATALOG [IF EXISTS] ... [RESTRICT | CASCADE]", "functions, models and materialized tables only with IF EXISTS: there are none"},
    {"USE d, USE CATALOG c, USE MODULES m, LOAD MODULE core, UNLOAD MODULE core", "without the module SHOW FUNCTIONS is empty; calls still find their function"},
    {"SET ['key' = 'value'], RESET ['key']", "keys are listed below; unknown ones are errors"},
    {"SHOW CATALOGS | DATABASES | TABLES | VIEWS | [USER] FUNCTIONS | COLUMNS", "FROM or IN, [NOT] LIKE or ILIKE"},
    {"SHOW CURRENT CATALOG | CURRENT DATABASE | CREATE TABLE t | CREATE VIEW v | CREATE CATALOG c | PARTITIONS t [PARTITION (...)]", ""},
    {"SHOW [FULL] MODULES | JOBS | JARS | MODELS | MATERIALIZED TABLES", "JOBS: of this session; the last three are always empty"},
    {"DESCRIBE [EXTENDED] t, CATALOG [EXTENDED] c, DATABASE [EXTENDED] d, FUNCTION [EXTENDED] f, JOB 'id'", "DESC is the same"},
};

/* The reasons are those of the errors, in plan/ddl_refuse.c. */
static const struct form no_statements[] = {
    {"CREATE | ALTER | DROP FUNCTION ... LANGUAGE JAVA | SCALA | PYTHON", "functions of users are Java or Python classes"},
    {"ADD JAR, REMOVE JAR", "there is no Java virtual machine"},
    {"CREATE | ALTER | DROP MODEL, SHOW CREATE MODEL, DESCRIBE MODEL", "model providers are Java classes"},
    {"CREATE | ALTER | DROP CONNECTION, SHOW CONNECTIONS, SHOW CREATE CONNECTION, DESCRIBE CONNECTION", "there is no store of secrets; Flink 2.3 parses them only"},
    {"CREATE [OR ALTER] | ALTER | DROP MATERIALIZED TABLE, SHOW CREATE MATERIALIZED TABLE", "refreshing needs a scheduler"},
    {"CALL p(...), SHOW PROCEDURES", "procedures belong to catalogs written in Java"},
    {"COMPILE PLAN, EXECUTE PLAN, COMPILE AND EXECUTE PLAN", "compiled plans are JSON of Java classes; savepoints fit by operator ids instead"},
    {"STOP JOB 'id' [WITH SAVEPOINT] [WITH DRAIN]", "statements run one after the other; end a running job with Ctrl-C or SIGTERM, --savepoint DIR keeps its state"},
    {"INSERT OVERWRITE", "Flink refuses it in streaming mode"},
    {"UPDATE, DELETE, TRUNCATE TABLE, ANALYZE TABLE", "need batch mode"},
    {"LOAD MODULE m", "other modules than core are Java classes"},
};

static const struct form clauses[] = {
    {"SELECT [DISTINCT] ... FROM ... WHERE ... GROUP BY ... HAVING ...", ""},
    {"WITH name AS (SELECT ...)", ""},
    {"FROM (SELECT ...), VALUES (...), (...)", ""},
    {"UNION ALL, UNION", ""},
    {"GROUP BY GROUPING SETS, ROLLUP, CUBE", ""},
    {"TABLE(TUMBLE(...)), TABLE(HOP(...)), TABLE(CUMULATE(...))",
     "event or processing time, offset, positional or named arguments, windows over windows"},
    {"GROUP BY window_start, window_end", "window aggregates: one result per window when the watermark passes its end"},
    {"agg(DISTINCT x), agg(x) FILTER (WHERE ...)", ""},
    {"ROW_NUMBER() OVER (PARTITION BY ... ORDER BY ...) with a filter that bounds it", "Top-N, deduplication, and both per window"},
    {"ORDER BY ... LIMIT n, OFFSET", "ORDER BY without LIMIT needs an ascending time attribute first, as in Flink, or __table.exec.sort.non-temporal.enabled__ and bounded input"},
    {"t /*+ OPTIONS('key' = 'value') */", ""},
};

static const struct form no_clauses[] = {
    {"JOIN", "of any kind; also IN, EXISTS and scalar sub-queries, FOR SYSTEM_TIME AS OF"},
    {"agg(x) OVER (...)", "ROW_NUMBER with a bounding filter runs"},
    {"INTERSECT, EXCEPT", ""},
    {"SESSION, UNNEST, LATERAL, MATCH_RECOGNIZE, QUALIFY", ""},
    {"GROUP BY TUMBLE(...)", "the group window functions of old; use TABLE(TUMBLE(...))"},
};

/* A cell of a Markdown table: bars would end it. */
static void put_cell(struct buf *out, struct str s) {
    for (size_t i = 0; i < s.size_bytes; i++) {
        if (s.at[i] == '|') buf_char(out, '\\');
        buf_char(out, s.at[i] == '\n' ? ' ' : s.at[i]);
    }
}

/* As code; a text with back-ticks in it stands between double ones. */
static void put_code(struct buf *out, struct str s) {
    if (s.size_bytes == 0) return;
    const char *mark = memchr(s.at, '`', s.size_bytes) == NULL ? "`" : "``";
    buf_text(out, mark);
    put_cell(out, s);
    buf_text(out, mark);
}

static void put_head(struct buf *out, const char *title, const char *columns, unsigned count) {
    buf_format(out, "\n%s\n\n%s\n|", title, columns);
    for (unsigned i = 0; i < count; i++) buf_text(out, "---|");
    buf_char(out, '\n');
}

static void put_forms(struct buf *out, const struct form *forms, size_t count) {
    for (size_t i = 0; i < count; i++) {
        buf_text(out, "| ");
        put_code(out, str_of(forms[i].text));
        buf_text(out, " | ");
        put_cell(out, str_of(forms[i].note));
        buf_text(out, " |\n");
    }
}

#define FORMS(out, table) put_forms(out, table, sizeof(table) / sizeof((table)[0]))

/* ---- functions -------------------------------------------------------------------------------------- */

static void put_call(struct buf *out, const char *signature, const char *doc, const char *example) {
    buf_text(out, "| ");
    put_code(out, str_of(signature == NULL ? "" : signature));
    buf_text(out, " | ");
    put_cell(out, str_of(doc == NULL ? "" : doc));
    buf_text(out, " | ");
    put_code(out, str_of(example == NULL ? "" : example));
    buf_text(out, " |\n");
}

static void put_functions(struct buf *out, bool operators) {
    for (uint32_t i = 0; func_at(i) != NULL; i++) {
        const struct func *f = func_at(i);
        bool hidden = (f->flags & FUNC_INTERNAL) != 0 || f->name.at[0] == '$';
        if (hidden || ((f->flags & FUNC_OPERATOR) != 0) != operators) continue;
        put_call(out, f->signature, f->doc, f->example);
    }
}

static void put_aggregates(struct buf *out) {
    uint32_t count = 0;
    const struct agg_func *const *table = agg_table(&count);
    for (uint32_t i = 0; i < count; i++) {
        if (table[i]->name.at[0] != '$') put_call(out, table[i]->signature, table[i]->doc, table[i]->example);
    }
}

/* ---- types -------------------------------------------------------------------------------------------- */

static void put_type(struct buf *out, const struct type *t, const char *note) {
    struct buf text = BUF_INIT;
    if (t != NULL) type_plain(&text, t);
    buf_text(out, "| ");
    put_code(out, buf_view(&text));
    buf_format(out, " | %s |\n", note);
    buf_deinit(&text);
}

static void put_types(struct buf *out, struct types *p) {
    const struct type *text = type_string(p, true), *number = type_simple(p, TYPE_INT, true);
    const struct type_field fields[] = {{STR("a"), number, {NULL, 0}}, {STR("b"), text, {NULL, 0}}};
    put_type(out, type_simple(p, TYPE_BOOLEAN, true), "");
    put_type(out, type_simple(p, TYPE_TINYINT, true), "8 bits");
    put_type(out, type_simple(p, TYPE_SMALLINT, true), "16 bits");
    put_type(out, number, "32 bits");
    put_type(out, type_simple(p, TYPE_BIGINT, true), "64 bits");
    put_type(out, type_simple(p, TYPE_FLOAT, true), "32 bits");
    put_type(out, type_simple(p, TYPE_DOUBLE, true), "64 bits");
    put_type(out, type_decimal(p, TYPE_DECIMAL_PRECISION_MAX, 18, true), "1 to 38 digits");
    put_type(out, type_text(p, TYPE_CHAR, 10, true), "");
    put_type(out, type_text(p, TYPE_VARCHAR, 10, true), "");
    put_type(out, text, "VARCHAR without a limit; UTF-8");
    put_type(out, type_text(p, TYPE_BINARY, 10, true), "");
    put_type(out, type_text(p, TYPE_VARBINARY, 10, true), "");
    put_type(out, type_text(p, TYPE_VARBINARY, TYPE_LENGTH_MAX, true), "VARBINARY without a limit");
    put_type(out, type_simple(p, TYPE_DATE, true), "");
    put_type(out, type_time(p, TYPE_TIME, 0, true), "kept in milliseconds");
    put_type(out, type_time(p, TYPE_TIMESTAMP, 6, true), "0 to 9 digits of a second");
    put_type(out, type_time(p, TYPE_TIMESTAMP_LTZ, 6, true), "0 to 9 digits; shown in table.local-time-zone");
    put_type(out, type_interval(p, INTERVAL_YEAR_TO_MONTH, 2, 0, true), "all ranges of years and months");
    put_type(out, type_interval(p, INTERVAL_DAY_TO_SECOND, 2, 3, true), "all ranges of days to seconds");
    put_type(out, type_row(p, fields, 2, true), "");
    put_type(out, type_array(p, number, true), "");
    put_type(out, type_map(p, text, number, true), "");
    put_type(out, type_multiset(p, text, true), "");
}

/* ---- connectors, formats, options ----------------------------------------------------------------------- */

static const char *option_type_name(enum option_type t) {
    switch (t) {
    case OPTION_STRING: return "text";
    case OPTION_BOOL: return "boolean";
    case OPTION_INT: return "integer";
    case OPTION_DOUBLE: return "number";
    case OPTION_DURATION: return "duration";
    case OPTION_MEMORY: return "size";
    case OPTION_ENUM: return "";
    case OPTION_CHAR: return "character";
    case OPTION_LIST: return "list";
    case OPTION_PREFIX: return "keys below";
    }
    return "";
}

static void put_options(struct buf *out, const struct option *options, uint32_t count, const char *prefix) {
    for (uint32_t i = 0; i < count; i++) {
        const struct option *o = &options[i];
        buf_format(out, "| `%s%s%s` | ", prefix, o->key, o->type == OPTION_PREFIX && o->key[strlen(o->key) - 1] != '.' ? "." : "");
        put_cell(out, str_of(o->choices == NULL ? option_type_name(o->type) : o->choices));
        buf_text(out, " | ");
        if (o->def != NULL && o->def[0] != '\0') put_code(out, str_of(o->def));
        if (o->required) buf_text(out, "required");
        buf_text(out, " | ");
        put_cell(out, str_of(o->doc));
        buf_text(out, " |\n");
    }
}

static void put_option_table(struct buf *out, const char *title, const struct option *options, uint32_t count, const char *prefix) {
    if (count == 0) return;
    put_head(out, title, "| option | type | default | meaning |", 4);
    put_options(out, options, count, prefix);
}

static void put_metadata(struct buf *out, const struct metadata_column *columns, uint32_t count) {
    if (count == 0) return;
    put_head(out, "Metadata columns:", "| key | type | meaning |", 3);
    for (uint32_t i = 0; i < count; i++) {
        buf_format(out, "| `%s` | `%s` | %s%s |\n", columns[i].key, columns[i].type, columns[i].doc, columns[i].writable ? " Writable." : "");
    }
}

static void put_connectors(struct buf *out) {
    uint32_t count = 0;
    const struct connector *const *table = connector_table(&count);
    put_head(out, "## Connectors", "| connector | reads | writes | needs a format | meaning |", 5);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t a = table[i]->abilities;
        if ((a & CONNECTOR_PRIVATE) != 0) continue;
        buf_format(out, "| `%s` | %s | %s | %s | %s |\n", table[i]->name, a & CONNECTOR_SOURCE ? "yes" : "", a & CONNECTOR_SINK ? "yes" : "",
                   a & CONNECTOR_NEEDS_FORMAT ? "yes" : "", table[i]->doc);
    }
    for (uint32_t i = 0; i < count; i++) {
        if (table[i]->option_count + table[i]->metadata_count == 0 || (table[i]->abilities & CONNECTOR_PRIVATE) != 0) continue;
        struct buf title = BUF_INIT;
        buf_format(&title, "### %s", table[i]->name);
        buf_char(&title, '\0');
        if (!title.failed) put_option_table(out, title.at, table[i]->options, table[i]->option_count, "");
        buf_deinit(&title);
        put_metadata(out, table[i]->metadata, table[i]->metadata_count);
    }
    const struct option *common = common_options(&count);
    put_option_table(out, "### Options of every table", common, count, "");
}

static void put_formats(struct buf *out) {
    uint32_t count = 0;
    const struct format *const *table = format_table(&count);
    put_head(out, "## Formats", "| format | reads | writes | meaning |", 4);
    for (uint32_t i = 0; i < count; i++) {
        buf_format(out, "| `%s` | %s | %s | %s |\n", table[i]->name, table[i]->reads ? "yes" : "", table[i]->writes ? "yes" : "", table[i]->doc);
    }
    for (uint32_t i = 0; i < count; i++) {
        struct buf title = BUF_INIT, prefix = BUF_INIT;
        buf_format(&title, "### %s", table[i]->name);
        buf_format(&prefix, "%s.", table[i]->name);
        buf_char(&title, '\0');
        buf_char(&prefix, '\0');
        if (!title.failed && !prefix.failed) put_option_table(out, title.at, table[i]->options, table[i]->option_count, prefix.at);
        buf_deinit(&title);
        buf_deinit(&prefix);
    }
}

static void put_operators_of_plans(struct buf *out) {
    put_head(out, "## Operators in EXPLAIN", "| operator | keeps state |", 2);
    for (int k = NODE_SCAN; k <= NODE_SINK; k++) {
        buf_format(out, "| %s | %s |\n", node_label((enum node_kind)k), node_has_state((enum node_kind)k) ? "yes" : "");
    }
}

static void put_rules(struct buf *out) {
    static const char *const severities[] = {"error", "warning", "note"};
    put_head(out, "## Rules of `weir check`\n\nErrors are verdicts: the statement does not run, or not so. The others are lints: it runs, and may not be what was meant.",
             "| rule | severity | meaning | what to do |", 4);
    for (uint32_t i = 0; i < LINT_RULE_COUNT; i++) {
        const struct lint_rule *r = lint_rule((enum lint_rule_id)i);
        buf_format(out, "| `%s` | %s | %s | %s |\n", r->id, severities[r->severity], r->doc, r->advice);
    }
}

static void put_page(struct buf *out, struct types *types) {
    uint32_t count = 0;
    buf_text(out, "# What Weir runs\n\nPrinted by `weir support` from the tables of the program; do not edit. The reference for "
                  "every meaning is Apache Flink 2.3 in streaming mode; what differs is in [differences.md](differences.md).\n");
    put_head(out, "## Statements", "| statement | notes |", 2);
    FORMS(out, statements);
    put_head(out, "Refused by name:", "| statement | reason |", 2);
    FORMS(out, no_statements);
    put_head(out, "## Queries", "| clause | notes |", 2);
    FORMS(out, clauses);
    put_head(out, "Refused by name, at plan time:", "| what | notes |", 2);
    FORMS(out, no_clauses);
    put_head(out, "## Types", "| type | notes |", 2);
    put_types(out, types);
    put_head(out, "## Operators", "| form | meaning | example |", 3);
    put_functions(out, true);
    put_head(out, "## Functions", "| signature | meaning | example |", 3);
    put_functions(out, false);
    put_head(out, "## Aggregate functions", "| signature | meaning | example |", 3);
    put_aggregates(out);
    put_connectors(out);
    put_formats(out);
    const struct option *keys = session_options(&count);
    put_option_table(out, "## Settings\n\nKeys of `SET` and `--set`. \"Accepted\" keys change nothing here; they are taken so that a script runs unchanged.",
                     keys, count, "");
    put_operators_of_plans(out);
    put_rules(out);
}

int cmd_support(struct env *env) {
    struct arena *a = arena_new("support", 0);
    struct types *types = a == NULL ? NULL : types_new(a);
    struct buf out = BUF_INIT;
    struct error e = ERROR_INIT;
    enum status s = STATUS_NO_MEMORY;
    if (types != NULL) {
        put_page(&out, types);
        s = talk_out(env, &out, &e);
    }
    buf_deinit(&out);
    arena_free(a);
    return s == STATUS_OK || s == STATUS_CLOSED ? EXIT_SUCCESS : EXIT_FAILURE;
}

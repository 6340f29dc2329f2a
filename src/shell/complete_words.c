/* SPDX-License-Identifier: Apache-2.0 */
/*
 * complete_words: keywords, functions, files. Flink reserves hundreds of words that its grammar has no use
 * for; the list below is of those that people type. Letters follow what is typed: sel -> select, SEL -> SELECT.
 */
#include "shell/complete_internal.h"

#include "agg/agg.h"
#include "func/func.h"

#include <assert.h>
#include <stdlib.h>

/* How a statement begins. */
static const char *const starts[] = {
    "SELECT", "INSERT INTO", "WITH", "CREATE TABLE", "CREATE TEMPORARY TABLE", "CREATE VIEW", "CREATE TEMPORARY VIEW", "CREATE DATABASE",
    "CREATE CATALOG", "ALTER TABLE", "ALTER VIEW", "ALTER DATABASE", "DROP TABLE", "DROP VIEW", "DROP DATABASE", "DROP CATALOG", "DESCRIBE", "EXPLAIN",
    "SHOW TABLES", "SHOW VIEWS", "SHOW FUNCTIONS", "SHOW DATABASES", "SHOW CATALOGS", "SHOW COLUMNS FROM", "SHOW CREATE TABLE", "SHOW MODULES",
    "SHOW JOBS", "SET", "RESET", "USE", "USE CATALOG", "EXECUTE STATEMENT SET", "BEGIN STATEMENT SET", "VALUES", "HELP", "QUIT", "EXIT", "CLEAR",
};

static const char *const words[] = {
    "ALL", "AND", "ANY", "ARRAY", "AS", "ASC", "AT", "BETWEEN", "BIGINT", "BINARY", "BOOLEAN", "BY", "BYTES", "CASE", "CAST", "CATALOG",
    "CATALOGS", "CHAR", "CHANGELOG_MODE", "COLUMN", "COLUMNS", "COMMENT", "CONSTRAINT", "CREATE", "CROSS JOIN", "CUBE", "CUMULATE", "CURRENT", "DATABASE",
    "DATABASES", "DATE", "DAY", "DECIMAL", "DESC", "DESCRIPTOR", "DISTINCT", "DOUBLE", "DROP", "ELSE", "END", "ENFORCED", "ESCAPE",
    "ESTIMATED_COST", "EXCEPT", "EXCLUDING", "EXECUTE", "EXISTS", "EXPLAIN", "FALSE", "FILTER", "FIRST", "FLOAT", "FOLLOWING", "FOR", "FOR SYSTEM_TIME AS OF",
    "FROM", "FULL JOIN", "FUNCTIONS", "GROUP BY", "GROUPING SETS", "HAVING", "HOP", "HOUR", "ILIKE", "IN", "INCLUDING", "INNER JOIN", "INSERT", "INT",
    "INTERSECT", "INTERVAL", "INTO", "IS", "IS NOT NULL", "IS NULL", "JOIN", "JSON_EXECUTION_PLAN", "LAST", "LATERAL", "LEFT JOIN", "LIKE", "LIMIT",
    "MAP", "MATCH_RECOGNIZE", "METADATA", "MINUTE", "MODULES", "MONTH", "MULTISET", "NOT", "NOT ENFORCED", "NOT NULL", "NULL", "NULLS", "OF", "OFFSET",
    "ON", "OPTIONS", "OR", "ORDER BY", "OUTER", "OVER", "OVERWRITE", "PARTITION BY", "PARTITIONED BY", "PLAN_ADVICE", "PRECEDING",
    "PRIMARY KEY", "RANGE", "RENAME TO", "RIGHT JOIN", "ROLLUP", "ROW", "ROWS", "SECOND", "SELECT", "SESSION", "SET", "SIMILAR TO", "SMALLINT", "STATEMENT SET",
    "STRING", "SYSTEM_TIME", "TABLE", "TABLES", "TEMPORARY", "THEN", "TIME", "TIMESTAMP", "TIMESTAMP_LTZ", "TINYINT", "TRUE", "TUMBLE", "UNBOUNDED",
    "UNION", "UNION ALL", "UNNEST", "USING", "VALUES", "VARBINARY", "VARCHAR", "VIEW", "VIEWS", "VIRTUAL", "WATERMARK FOR", "WHEN", "WHERE", "WITH",
    "WITH ORDINALITY", "WITHIN GROUP", "YEAR",
};

/* Letters as the prefix has them: lower case as soon as one of it is. */
static struct str in_case(struct asked *q, const char *word) {
    struct str s = str_of(word);
    bool lower = false;
    for (size_t i = 0; i < q->prefix.size_bytes; i++) lower = lower || (q->prefix.at[i] >= 'a' && q->prefix.at[i] <= 'z');
    if (!lower) return s;
    char *copy = arena_bytes(q->arena, s.size_bytes + 1);
    for (size_t i = 0; copy != NULL && i < s.size_bytes; i++) copy[i] = (char)(s.at[i] >= 'A' && s.at[i] <= 'Z' ? s.at[i] | 0x20 : s.at[i]);
    return copy == NULL ? s : (struct str){copy, s.size_bytes};
}

static void offer_list(struct asked *q, const char *const *list, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (has_prefix(str_of(list[i]), q->prefix)) offer(q, in_case(q, list[i]), (struct str){NULL, 0}, STR(""), false);
    }
}

void offer_keywords(struct asked *q) { offer_list(q, words, sizeof words / sizeof words[0]); }

void offer_starts(struct asked *q) { offer_list(q, starts, sizeof starts / sizeof starts[0]); }

/* Called with "(" behind it unless the text has one already. */
static void offer_call(struct asked *q, struct str name, const char *signature, bool parens) {
    if (!has_prefix(name, q->prefix)) return;
    bool open = q->cursor < q->text.size_bytes && q->text.at[q->cursor] == '(';
    struct str shown = arena_str(q->arena, name);
    struct str cased = shown.at == NULL ? STR("") : in_case(q, shown.at);
    struct str text = parens && !open ? arena_format(q->arena, "%.*s(", STR_ARG(cased)) : cased;
    if (text.at != NULL) offer(q, text, cased, signature == NULL ? STR("") : str_of(signature), parens);
}

static int compare_candidates(const void *a, const void *b) {
    return str_compare((*(struct candidate *const *)a)->text, (*(struct candidate *const *)b)->text);
}

void offer_functions(struct asked *q) {
    const struct func *f;
    uint32_t before = q->found.count;
    for (uint32_t i = 0; (f = func_at(i)) != NULL; i++) {
        bool hidden = (f->flags & (FUNC_INTERNAL | FUNC_OPERATOR)) != 0 || f->name.at[0] == '$';
        if (!hidden) offer_call(q, f->name, f->signature, (f->flags & FUNC_NO_PARENS) == 0);
    }
    uint32_t count = 0;
    const struct agg_func *const *aggregates = agg_table(&count);
    for (uint32_t i = 0; i < count; i++) {
        if (aggregates[i]->name.at[0] != '$') offer_call(q, aggregates[i]->name, aggregates[i]->signature, true);
    }
    /* The tables are in the order of families. */
    if (q->found.count > before) qsort(q->found.at + before, q->found.count - before, sizeof *q->found.at, compare_candidates);
}

/* ---- files ------------------------------------------------------------------------------------------------- */

static void offer_file(struct asked *q, struct str folder, struct str name, const char *closing) {
    struct env_stat st = {.kind = ENV_MISSING};
    struct str path = arena_format(q->arena, "%.*s%.*s", STR_ARG(folder), STR_ARG(name));
    struct error ignored = ERROR_INIT;
    if (path.at == NULL || memchr(path.at, '`', path.size_bytes) != NULL || env_stat(q->env, path, &st, &ignored) != STATUS_OK) return;
    bool is_folder = st.kind == ENV_DIRECTORY;
    struct str text = arena_format(q->arena, "%.*s%s", STR_ARG(path), is_folder ? "/" : closing);
    struct str shown = is_folder ? text : path;
    if (text.at != NULL) offer(q, text, shown, STR(""), is_folder);
}

void offer_files(struct asked *q, const char *closing) {
    size_t n = q->prefix.size_bytes;
    while (n > 0 && q->prefix.at[n - 1] != '/') n--;
    struct str folder = {q->prefix.at, n}, begin = {q->prefix.at + n, q->prefix.size_bytes - n};
    struct str *names = NULL;
    uint32_t count = 0;
    struct error ignored = ERROR_INIT;
    assert(closing != NULL);
    if (env_list(q->env, q->arena, n == 0 ? STR(".") : folder, &names, &count, &ignored) != STATUS_OK) return;
    for (uint32_t i = 0; i < count && q->found.count < CANDIDATES_MAX; i++) {
        bool hidden = names[i].at[0] == '.' && begin.size_bytes == 0;
        bool fits = names[i].size_bytes >= begin.size_bytes && memcmp(names[i].at, begin.at, begin.size_bytes) == 0;
        if (fits && !hidden) offer_file(q, folder, names[i], closing);
    }
}

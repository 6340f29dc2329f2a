/* SPDX-License-Identifier: Apache-2.0 */
/*
 * complete_names: names of the catalog. Columns are those of the tables that the statement reads or writes:
 * what stands behind FROM, JOIN, INTO, TABLE, DESCRIBE, and behind commas there, with aliases. A window table
 * function adds its three columns.
 */
#include "shell/complete_internal.h"

#include "sql/keyword.h"
#include "sql/parser.h"

#include <assert.h>

enum { SOURCES_MAX = 64, NAME_PARTS_MAX = 3 };

/* One table of the statement. */
struct source { const struct table *table; struct str name, alias; };

/* ---- writing names ------------------------------------------------------------------------------------- */

static bool is_plain_name(struct str s) {
    for (size_t i = 0; i < s.size_bytes; i++) {
        char c = s.at[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        if (!letter && (i == 0 || c < '0' || c > '9')) return false;
    }
    return s.size_bytes > 0 && !keyword_is_reserved(s);
}

/* With back-ticks where SQL wants them. */
static struct str written(struct asked *q, struct str name) {
    if (is_plain_name(name)) return name;
    struct buf out = BUF_INIT;
    buf_char(&out, '`');
    for (size_t i = 0; i < name.size_bytes; i++) {
        if (name.at[i] == '`') buf_char(&out, '`');
        buf_char(&out, name.at[i]);
    }
    buf_char(&out, '`');
    struct str copy = out.failed ? (struct str){NULL, 0} : arena_str(q->arena, buf_view(&out));
    buf_deinit(&out);
    return copy;
}

static void offer_name(struct asked *q, struct str name, struct str note, bool open) {
    offer(q, written(q, name), name, note, open);
}

static struct str type_note(struct asked *q, const struct type *t) {
    struct buf out = BUF_INIT;
    if (t != NULL) type_plain(&out, t);
    struct str copy = out.failed ? STR("") : arena_str(q->arena, buf_view(&out));
    buf_deinit(&out);
    return copy.at == NULL ? STR("") : copy;
}

/* ---- catalogs, databases, tables ------------------------------------------------------------------------- */

void offer_catalogs(struct asked *q) {
    struct str *names = NULL;
    uint32_t count = 0;
    if (catalog_catalogs(q->session->catalog, q->arena, &names, &count, NULL) != STATUS_OK) return;
    for (uint32_t i = 0; i < count; i++) offer_name(q, names[i], STR("catalog"), false);
}

void offer_databases(struct asked *q, struct str catalog) {
    struct str *names = NULL;
    uint32_t count = 0;
    if (catalog_databases(q->session->catalog, q->arena, catalog, &names, &count, NULL) != STATUS_OK) return;
    for (uint32_t i = 0; i < count; i++) offer_name(q, names[i], STR("database"), false);
}

static void offer_tables_of(struct asked *q, struct str catalog, struct str database) {
    struct str *names = NULL;
    uint32_t count = 0;
    if (catalog_tables(q->session->catalog, q->arena, catalog, database, false, &names, &count, NULL) != STATUS_OK) return;
    for (uint32_t i = 0; i < count; i++) {
        struct table_path path = {catalog, database, names[i]};
        const struct table *t = catalog_find(q->session->catalog, &path);
        offer_name(q, names[i], t != NULL && t->kind == TABLE_VIEW ? STR("view") : STR("table"), false);
    }
}

static bool is_name(const struct token *t);

/* WITH name AS (...): such a name is a table of this statement. */
static void offer_queries(struct asked *q) {
    for (uint32_t i = 0; i + 2 < q->count; i++) {
        bool query = is_name(&q->tokens[i]) && is_keyword(&q->tokens[i + 1], KW_AS) && is_symbol(&q->tokens[i + 2], SYM_LPAREN);
        if (query && i != q->before) offer_name(q, token_name(&q->tokens[i]), STR("query of this statement"), false);
    }
}

void offer_tables(struct asked *q) {
    struct catalog *c = q->session->catalog;
    offer_queries(q);
    offer_tables_of(q, catalog_current(c), catalog_current_database(c));
    if (q->prefix.size_bytes == 0 && q->found.count > 0) return;
    offer_databases(q, catalog_current(c));
    offer_catalogs(q);
}

/* ---- tables of the statement ------------------------------------------------------------------------------ */

static bool is_name(const struct token *t) {
    return t->kind == TOKEN_QUOTED_NAME || (t->kind == TOKEN_WORD && (t->keyword == NO_KEYWORD || keyword_class((enum keyword)t->keyword) == KEYWORD_FREE));
}

/* A name of up to three parts at *at, which goes behind it. */
static uint32_t name_parts(const struct asked *q, uint32_t *at, struct str parts[NAME_PARTS_MAX]) {
    uint32_t n = 0;
    while (*at < q->count && n < NAME_PARTS_MAX && is_name(&q->tokens[*at])) {
        parts[n++] = token_name(&q->tokens[(*at)++]);
        if (*at >= q->count || !is_symbol(&q->tokens[*at], SYM_DOT)) break;
        *at += 1;
    }
    return n;
}

static const struct table *find_table(const struct asked *q, const struct str *parts, uint32_t n) {
    const struct catalog *c = q->session->catalog;
    struct table_path path = {catalog_current(c), catalog_current_database(c), parts[n - 1]};
    assert(n > 0 && n <= NAME_PARTS_MAX);
    if (n > 1) path.database = parts[n - 2];
    if (n > 2) path.catalog = parts[0];
    return catalog_find(c, &path);
}

static bool introduces(const struct token *t) {
    return is_keyword(t, KW_FROM) || is_keyword(t, KW_JOIN) || is_keyword(t, KW_INTO) || is_keyword(t, KW_TABLE) || is_keyword(t, KW_DESCRIBE);
}

static void read_source(const struct asked *q, uint32_t *at, struct source *sources, uint32_t *count) {
    struct str parts[NAME_PARTS_MAX];
    uint32_t n = name_parts(q, at, parts);
    const struct table *t = n == 0 ? NULL : find_table(q, parts, n);
    if (t == NULL || *count == SOURCES_MAX) return;
    struct source s = {t, parts[n - 1], {NULL, 0}};
    if (*at < q->count && is_keyword(&q->tokens[*at], KW_AS)) *at += 1;
    if (*at < q->count && is_name(&q->tokens[*at])) s.alias = token_name(&q->tokens[*at]);
    sources[(*count)++] = s;
}

static uint32_t find_sources(const struct asked *q, struct source *ret) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < q->count; i++) {
        if (!introduces(&q->tokens[i])) continue;
        uint32_t at = i + 1;
        do {
            read_source(q, &at, ret, &count);
            while (at < q->count && is_name(&q->tokens[at])) at++; /* the alias */
        } while (at < q->count && is_symbol(&q->tokens[at], SYM_COMMA) && at++ > 0);
    }
    return count;
}

static void offer_columns_of(struct asked *q, const struct table *t) {
    for (uint32_t i = 0; i < t->column_count; i++) offer_name(q, t->columns[i].name, type_note(q, t->columns[i].type), false);
}

static bool has_window(const struct asked *q) {
    static const struct str words[] = {{"TUMBLE", 6}, {"HOP", 3}, {"CUMULATE", 8}, {"SESSION", 7}};
    for (uint32_t i = 0; i < q->count; i++) {
        for (size_t k = 0; q->tokens[i].kind == TOKEN_WORD && k < sizeof words / sizeof words[0]; k++) {
            if (str_equal_ignore_case(q->tokens[i].text, words[k])) return true;
        }
    }
    return false;
}

void offer_columns(struct asked *q) {
    struct source sources[SOURCES_MAX];
    uint32_t count = find_sources(q, sources);
    for (uint32_t i = 0; i < count; i++) offer_columns_of(q, sources[i].table);
    if (has_window(q)) {
        static const char *const names[] = {"window_start", "window_end", "window_time"};
        for (size_t i = 0; i < 3; i++) offer(q, str_of(names[i]), (struct str){NULL, 0}, STR("TIMESTAMP(3) NOT NULL"), false);
    }
    for (uint32_t i = 0; i < count && q->prefix.size_bytes > 0; i++) {
        struct str name = sources[i].alias.at != NULL ? sources[i].alias : sources[i].name;
        offer(q, written(q, name), name, STR("table"), false);
    }
}

/* ---- behind a dot -------------------------------------------------------------------------------------------- */

/* The names before the last dot, outermost first. */
static uint32_t qualifiers(const struct asked *q, struct str parts[NAME_PARTS_MAX]) {
    uint32_t back = 2, n = 0;
    while (n < NAME_PARTS_MAX && token_back(q, back) != NULL && token_back(q, back)->kind <= TOKEN_QUOTED_NAME) {
        n++;
        if (!is_symbol(token_back(q, back + 1), SYM_DOT)) break;
        back += 2;
    }
    for (uint32_t i = 0; i < n; i++) parts[i] = token_name(token_back(q, 2 + 2 * (n - 1 - i)));
    return n;
}

static const struct type *column_type(const struct table *t, struct str name) {
    for (uint32_t i = 0; i < t->column_count; i++) {
        if (str_equal(t->columns[i].name, name)) return t->columns[i].type;
    }
    return NULL;
}

/* Fields of the row that the parts lead to from t. */
static void offer_fields(struct asked *q, const struct type *t, const struct str *parts, uint32_t n) {
    for (uint32_t i = 0; i < n && t != NULL; i++) {
        const struct type *inner = NULL;
        for (uint32_t k = 0; t->root == TYPE_ROW && k < t->child_count; k++) {
            if (str_equal(t->children[k].name, parts[i])) inner = t->children[k].type;
        }
        t = inner;
    }
    if (t == NULL || t->root != TYPE_ROW) return;
    for (uint32_t k = 0; k < t->child_count; k++) offer_name(q, t->children[k].name, type_note(q, t->children[k].type), false);
}

static void offer_columns_behind(struct asked *q, const struct source *s, const struct str *parts, uint32_t n) {
    struct str name = s->alias.at != NULL ? s->alias : s->name;
    if (!str_equal(name, parts[0])) {
        offer_fields(q, column_type(s->table, parts[0]), parts + 1, n - 1);
    } else if (n == 1) {
        offer_columns_of(q, s->table);
    } else {
        offer_fields(q, column_type(s->table, parts[1]), parts + 2, n - 2);
    }
}

void offer_qualified(struct asked *q) {
    struct source sources[SOURCES_MAX];
    struct str parts[NAME_PARTS_MAX];
    uint32_t count = find_sources(q, sources), n = qualifiers(q, parts);
    if (n == 0) return;
    for (uint32_t i = 0; i < count; i++) offer_columns_behind(q, &sources[i], parts, n);
    if (n == 1) {
        offer_tables_of(q, catalog_current(q->session->catalog), parts[0]);
        offer_databases(q, parts[0]);
    } else if (n == 2) {
        offer_tables_of(q, parts[0], parts[1]);
    }
}

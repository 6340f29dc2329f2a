/* SPDX-License-Identifier: Apache-2.0 */
/*
 * show: SHOW, DESCRIBE and SET without arguments, as tables of text with the columns Flink's client
 * prints.
 */
#include "plan/ddl.h"

#include "catalog/unknown.h"
#include "plan/plan.h"
#include "sql/parser.h"
#include "sql/unparse.h"

#include <assert.h>
#include <stdlib.h>

struct shower {
    struct session *session;
    struct arena *arena;
    struct text_table *table;
    const struct ast_statement *stmt;
    struct error *error;
};

static enum status no_memory(const struct shower *s) { return error_no_memory(s->error, 64); }

static enum status header(struct shower *s, const char *const *names, uint32_t count) {
    *s->table = (struct text_table){.names = ARENA_ARRAY(s->arena, struct str, count), .booleans = ARENA_ARRAY(s->arena, bool, count), .column_count = count};
    if (s->table->names == NULL || s->table->booleans == NULL) return no_memory(s);
    for (uint32_t i = 0; i < count; i++) s->table->names[i] = str_of(names[i]);
    return STATUS_OK;
}

static enum status add_row(struct shower *s, const struct str *cells) {
    struct str *row = ARENA_ARRAY(s->arena, struct str, s->table->column_count);
    if (row == NULL) return no_memory(s);
    for (uint32_t i = 0; i < s->table->column_count; i++) row[i] = cells[i];
    return list_push(&s->table->rows, s->arena, row);
}

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c; }

/* SQL LIKE without escape; bounded by the product of the lengths. */
static bool like(struct str text, struct str pattern, bool fold) {
    size_t t = 0, p = 0, star = SIZE_MAX, mark = 0;
    while (t < text.size_bytes) {
        char want = p < pattern.size_bytes ? pattern.at[p] : '\0';
        bool same = p < pattern.size_bytes && want != '%' && (want == '_' || (fold ? lower(want) == lower(text.at[t]) : want == text.at[t]));
        if (same) {
            t++;
            p++;
        } else if (p < pattern.size_bytes && want == '%') {
            star = p++;
            mark = t;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            t = ++mark;
        } else {
            return false;
        }
    }
    while (p < pattern.size_bytes && pattern.at[p] == '%') p++;
    return p == pattern.size_bytes;
}

static bool wanted(const struct shower *s, struct str name) {
    if (s->stmt->value.at == NULL) return true;
    return like(name, s->stmt->value, s->stmt->like_ilike) != s->stmt->like_negated;
}

static enum status one_column(struct shower *s, const char *title, const struct str *names, uint32_t count) {
    TRY(header(s, &title, 1));
    for (uint32_t i = 0; i < count; i++) {
        if (wanted(s, names[i])) TRY(add_row(s, &names[i]));
    }
    return STATUS_OK;
}

static enum status show_tables(struct shower *s, bool views) {
    const struct ast_name *n = s->stmt->name;
    const struct catalog *c = s->session->catalog;
    struct str *names = NULL;
    uint32_t count = 0;
    struct str database = n == NULL ? catalog_current_database(c) : n->parts[n->count - 1];
    struct str catalog = n == NULL || n->count < 2 ? catalog_current(c) : n->parts[0];
    TRY(catalog_tables(c, s->arena, catalog, database, views, &names, &count, s->error));
    return one_column(s, views ? "view name" : "table name", names, count);
}

static enum status show_databases(struct shower *s) {
    struct str *names = NULL;
    uint32_t count = 0;
    struct str catalog = s->stmt->name == NULL ? catalog_current(s->session->catalog) : s->stmt->name->parts[0];
    TRY(catalog_databases(s->session->catalog, s->arena, catalog, &names, &count, s->error));
    return one_column(s, "database name", names, count);
}

static enum status show_catalogs(struct shower *s) {
    struct str *names = NULL;
    uint32_t count = 0;
    TRY(catalog_catalogs(s->session->catalog, s->arena, &names, &count, s->error));
    return one_column(s, "catalog name", names, count);
}

static enum status show_current(struct shower *s, bool database) {
    struct str name = database ? catalog_current_database(s->session->catalog) : catalog_current(s->session->catalog);
    return one_column(s, database ? "current database name" : "current catalog name", &name, 1);
}

static int compare_names(const void *a, const void *b) { return str_compare(*(const struct str *)a, *(const struct str *)b); }

static enum status show_functions(struct shower *s) {
    uint32_t funcs = 0, aggs = 0, n = 0;
    const struct agg_func *const *agg = agg_table(&aggs);
    while (func_at(funcs) != NULL) funcs++;
    struct str *names = ARENA_ARRAY(s->arena, struct str, funcs + aggs);
    if (names == NULL) return no_memory(s);
    for (uint32_t i = 0; i < funcs; i++) {
        const struct func *f = func_at(i);
        if ((f->flags & (FUNC_OPERATOR | FUNC_INTERNAL)) == 0) names[n++] = f->name;
    }
    for (uint32_t i = 0; i < aggs; i++) names[n++] = agg[i]->name;
    qsort(names, n, sizeof *names, compare_names);
    return one_column(s, "function name", names, n);
}

/* ---- tables ----------------------------------------------------------------------------------------- */

static enum status find_table(struct shower *s, const struct table **ret) {
    struct table_path path;
    TRY(catalog_resolve(s->session->catalog, s->stmt->name, &path, s->error));
    *ret = catalog_find(s->session->catalog, &path);
    if (*ret != NULL) return STATUS_OK;
    return unknown_table(s->session->catalog, s->arena, s->stmt->name, &path, s->error);
}

static struct str keep(struct shower *s, struct buf *text) {
    struct str r = text->failed ? (struct str){0} : arena_str(s->arena, buf_view(text));
    buf_reset(text);
    return r;
}

static enum status describe_column(struct shower *s, const struct table *t, uint32_t i, struct buf *text) {
    const struct column *c = &t->columns[i];
    struct str cells[7] = {c->name, {0}, c->type->nullable ? STR("TRUE") : STR("FALSE"), {0}, {0}, {0}, c->comment};
    type_summary(text, type_nullable(s->session->types, c->type, true));
    cells[1] = keep(s, text);
    for (uint32_t k = 0; k < t->key_count; k++) {
        if (t->key[k] != i) continue;
        buf_text(text, "PRI(");
        for (uint32_t j = 0; j < t->key_count; j++) buf_format(text, "%s%.*s", j > 0 ? ", " : "", STR_ARG(t->columns[t->key[j]].name));
        buf_char(text, ')');
        cells[3] = keep(s, text);
    }
    if (c->kind == AST_COMPUTED) {
        buf_text(text, "AS ");
        show_expression(s->arena, text, c->expr);
    }
    if (c->kind == AST_METADATA) {
        buf_text(text, "METADATA");
        if (c->metadata_key.at != NULL) buf_format(text, " FROM '%.*s'", STR_ARG(c->metadata_key));
        if (c->is_virtual) buf_text(text, " VIRTUAL");
    }
    if (c->kind != AST_PHYSICAL) cells[4] = keep(s, text);
    if (t->rowtime_column == (int32_t)i) {
        show_expression(s->arena, text, t->watermark);
        cells[5] = keep(s, text);
    }
    return add_row(s, cells);
}

static enum status describe_table(struct shower *s) {
    static const char *const names[] = {"name", "type", "null", "key", "extras", "watermark", "comment"};
    bool comments = false;
    const struct table *t = NULL;
    struct buf text = BUF_INIT;
    TRY(find_table(s, &t));
    for (uint32_t i = 0; i < t->column_count; i++) comments |= t->columns[i].comment.at != NULL;
    TRY(header(s, names, comments ? 7 : 6));
    s->table->booleans[2] = true;
    enum status status = STATUS_OK;
    for (uint32_t i = 0; i < t->column_count && status == STATUS_OK; i++) {
        if (s->stmt->kind == AST_DESCRIBE || wanted(s, t->columns[i].name)) status = describe_column(s, t, i, &text);
    }
    buf_deinit(&text);
    return status;
}

static enum status show_create(struct shower *s, bool view) {
    const struct table *t = NULL;
    struct buf text = BUF_INIT;
    TRY(find_table(s, &t));
    if ((t->kind == TABLE_VIEW) != view) {
        return error_at(s->error, STATUS_INVALID, s->stmt->name->span, "SHOW CREATE %s is only supported for %ss, but '%.*s' is a %s. Please use SHOW CREATE %s instead.", view ? "VIEW" : "TABLE",
                        view ? "view" : "table", STR_ARG(t->name), view ? "table" : "view", view ? "TABLE" : "VIEW");
    }
    show_create_table(s->arena, &text, t);
    struct str all = keep(s, &text);
    buf_deinit(&text);
    if (all.at == NULL) return no_memory(s);
    return one_column(s, "result", &all, 1);
}

static enum status show_settings(struct shower *s) {
    static const char *const names[] = {"key", "value"};
    TRY(header(s, names, 2));
    for (uint32_t i = 0; i < strmap_count(s->session->settings); i++) {
        const struct strmap_entry *e = strmap_at(s->session->settings, i);
        struct str cells[2] = {e->key, *(const struct str *)e->value};
        TRY(add_row(s, cells));
    }
    return STATUS_OK;
}

static enum status describe_other(struct shower *s) {
    static const char *const names[] = {"info name", "info value"};
    struct str what = s->stmt->text, name = s->stmt->name == NULL ? (struct str){0} : s->stmt->name->parts[s->stmt->name->count - 1];
    if (str_equal(what, STR("FUNCTION"))) {
        const struct func *f = func_find(name);
        if (f == NULL) return error_at(s->error, STATUS_NOT_FOUND, s->stmt->span, "Function '%.*s' doesn't exist.", STR_ARG(name));
        TRY(header(s, names, 2));
        const struct str rows[3][2] = {{STR("is system function"), STR("true")}, {STR("signature"), str_of(f->signature)}, {STR("description"), str_of(f->doc)}};
        for (int i = 0; i < 3; i++) TRY(add_row(s, rows[i]));
        return STATUS_OK;
    }
    return error_at(s->error, STATUS_UNSUPPORTED, s->stmt->span, "Weir does not run DESCRIBE %.*s", STR_ARG(what));
}

static enum status show(struct shower *s) {
    struct str what = s->stmt->text;
    struct str core = STR("core");
    if (str_equal(what, STR("TABLES"))) return show_tables(s, false);
    if (str_equal(what, STR("VIEWS"))) return show_tables(s, true);
    if (str_equal(what, STR("DATABASES"))) return show_databases(s);
    if (str_equal(what, STR("CATALOGS"))) return show_catalogs(s);
    if (str_equal(what, STR("CURRENT DATABASE"))) return show_current(s, true);
    if (str_equal(what, STR("CURRENT CATALOG"))) return show_current(s, false);
    if (str_equal(what, STR("FUNCTIONS"))) return show_functions(s);
    if (str_equal(what, STR("USER FUNCTIONS"))) return one_column(s, "function name", NULL, 0);
    if (str_equal(what, STR("COLUMNS"))) return describe_table(s);
    if (str_equal(what, STR("CREATE TABLE"))) return show_create(s, false);
    if (str_equal(what, STR("CREATE VIEW"))) return show_create(s, true);
    if (str_equal(what, STR("MODULES"))) return one_column(s, "module name", &core, 1);
    if (str_equal(what, STR("JARS"))) return one_column(s, "jars", NULL, 0);
    return error_at(s->error, STATUS_UNSUPPORTED, s->stmt->span, "Weir does not run SHOW %.*s", STR_ARG(what));
}

enum status plan_show(struct session *session, struct arena *a, const struct ast_statement *stmt, struct text_table *ret, struct error *e) {
    struct shower s = {session, a, ret, stmt, e};
    assert(ret != NULL);
    if (stmt->kind == AST_SET) return show_settings(&s);
    if (stmt->kind == AST_SHOW) return show(&s);
    assert(stmt->kind == AST_DESCRIBE);
    return str_equal(stmt->text, STR("TABLE")) || stmt->text.size_bytes == 0 ? describe_table(&s) : describe_other(&s);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ddl_table: CREATE TABLE: columns with types, the primary key (whose columns become NOT NULL), the
 * watermark, partitions and LIKE. Computed columns and the watermark are bound once here, so that a
 * wrong one is an error at once, and kept as syntax for each use.
 */
#include "plan/ddl.h"

#include "base/suggest.h"

#include <assert.h>

enum { COLUMNS_MAX = 10000 };

static int32_t find_column(const struct table *t, struct str name) {
    for (uint32_t i = 0; i < t->column_count; i++) {
        if (str_equal(t->columns[i].name, name)) return (int32_t)i;
    }
    return -1;
}

static enum status no_such_column(struct binder *b, const struct table *t, struct str name, const char *where, struct span span) {
    struct str names[256];
    uint32_t n = t->column_count < 256 ? t->column_count : 256;
    for (uint32_t i = 0; i < n; i++) names[i] = t->columns[i].name;
    error_at(b->rel.error, STATUS_NOT_FOUND, span, "There is no column '%.*s' for %s", STR_ARG(name), where);
    return suggest_hint(b->rel.error, name, names, n, n == 1 ? "The only column is" : "The columns are");
}

/* The columns that expressions of the table may use. */
static enum status column_scope(struct binder *b, const struct table *t, bool computed, struct scope *ret) {
    struct type_field *f = ARENA_ARRAY(b->rel.arena, struct type_field, t->column_count);
    uint32_t n = 0;
    if (f == NULL) return error_no_memory(b->rel.error, sizeof *f);
    for (uint32_t i = 0; i < t->column_count; i++) {
        if (t->columns[i].type == NULL || (!computed && t->columns[i].kind == AST_COMPUTED)) continue;
        f[n++] = (struct type_field){.name = t->columns[i].name, .type = t->columns[i].type};
    }
    *ret = (struct scope){.row = type_row(b->rel.types, f, n, false)};
    return ret->row == NULL ? error_no_memory(b->rel.error, sizeof *f) : STATUS_OK;
}

static enum status add_column(struct binder *b, struct table *t, const struct ast_column *a) {
    if (find_column(t, a->name) >= 0) return error_at(b->rel.error, STATUS_INVALID, a->span, "Column '%.*s' stands twice in the table", STR_ARG(a->name));
    struct column *c = &t->columns[t->column_count++];
    *c = (struct column){.name = a->name, .kind = a->kind, .metadata_key = a->metadata_key, .is_virtual = a->is_virtual, .expr = a->expr, .comment = a->comment};
    if (a->kind == AST_COMPUTED) return STATUS_OK;
    TRY(bind_type(b, a->type, &c->type));
    if (type_is_interval(c->type)) return error_at(b->rel.error, STATUS_INVALID, a->type->span, "A column cannot have an INTERVAL type");
    if (c->type->root == TYPE_NULL) return error_at(b->rel.error, STATUS_INVALID, a->span, "A column cannot have the type NULL");
    return STATUS_OK;
}

static enum status bind_computed(struct binder *b, struct table *t) {
    struct scope scope;
    TRY(column_scope(b, t, false, &scope));
    struct expr_scope es = {.binder = b, .scope = &scope, .clause = "computed column"};
    for (uint32_t i = 0; i < t->column_count; i++) {
        struct column *c = &t->columns[i];
        struct expr *e = NULL;
        if (c->kind != AST_COMPUTED || c->type != NULL) continue;
        if (bind_expr(&es, c->expr, &e) != STATUS_OK) return error_wrap(bind_error(b), "Computed column '%.*s'", STR_ARG(c->name));
        c->type = e->type;
    }
    return STATUS_OK;
}

static enum status add_key_column(struct binder *b, struct table *t, struct str name, struct span span) {
    int32_t c = find_column(t, name);
    if (c < 0) return no_such_column(b, t, name, "the primary key", span);
    if (t->columns[c].kind != AST_PHYSICAL) return error_at(b->rel.error, STATUS_INVALID, span, "Column '%.*s' of the primary key must be a physical column", STR_ARG(name));
    for (uint32_t i = 0; i < t->key_count; i++) {
        if (t->key[i] == (uint32_t)c) return error_at(b->rel.error, STATUS_INVALID, span, "Column '%.*s' stands twice in the primary key", STR_ARG(name));
    }
    t->columns[c].type = type_nullable(b->rel.types, t->columns[c].type, false);
    t->key[t->key_count++] = (uint32_t)c;
    return STATUS_OK;
}

static enum status bind_key(struct binder *b, const struct ast_statement *stmt, struct table *t) {
    if (stmt->primary_key_enforced) {
        error_at(b->rel.error, STATUS_UNSUPPORTED, stmt->primary_key_span, "A PRIMARY KEY is always NOT ENFORCED: the source owns the rows, and keeps the key itself");
        return error_hint(b->rel.error, "Write PRIMARY KEY (...) NOT ENFORCED");
    }
    uint32_t listed = stmt->primary_key.count, inline_keys = 0;
    for (uint32_t i = 0; i < stmt->columns.count; i++) inline_keys += ((const struct ast_column *)stmt->columns.at[i])->primary_key;
    if (listed + inline_keys == 0) return STATUS_OK;
    if (inline_keys > 1) return error_at(b->rel.error, STATUS_INVALID, stmt->span, "A table has at most one PRIMARY KEY");
    t->key = ARENA_ARRAY(b->rel.arena, uint32_t, listed + inline_keys);
    t->key_count = 0;
    if (t->key == NULL) return error_no_memory(b->rel.error, 64);
    for (uint32_t i = 0; i < listed; i++) TRY(add_key_column(b, t, *(const struct str *)stmt->primary_key.at[i], stmt->primary_key_span));
    for (uint32_t i = 0; listed == 0 && i < stmt->columns.count; i++) {
        const struct ast_column *c = stmt->columns.at[i];
        if (c->primary_key) TRY(add_key_column(b, t, c->name, c->span));
    }
    return STATUS_OK;
}

/* How to get a time column from this one. */
static const char *rowtime_hint(struct binder *b, const struct column *c) {
    struct str hint = STR("");
    if (type_is_timestamp(c->type)) hint = arena_format(b->rel.arena, "Declare it as %s(3)", c->type->root == TYPE_TIMESTAMP ? "TIMESTAMP" : "TIMESTAMP_LTZ");
    else if (type_is_text(c->type)) hint = arena_format(b->rel.arena, "Add a column: event_time AS TO_TIMESTAMP(%.*s), and declare the watermark for that", STR_ARG(c->name));
    else if (type_is_integer(c->type)) hint = arena_format(b->rel.arena, "Add a column: event_time AS TO_TIMESTAMP_LTZ(%.*s, 3), and declare the watermark for that", STR_ARG(c->name));
    return hint.at == NULL || hint.size_bytes == 0 ? "Add a computed column with a TIMESTAMP(3), and declare the watermark for that" : hint.at;
}

static enum status wrong_rowtime(struct binder *b, const struct column *c, struct span span) {
    struct buf text = BUF_INIT;
    type_plain(&text, c->type);
    error_at(b->rel.error, STATUS_INVALID, span, "A watermark needs a TIMESTAMP or TIMESTAMP_LTZ of at most 3 digits, '%.*s' is a %.*s",
             STR_ARG(c->name), (int)text.size_bytes, text.at == NULL ? "" : text.at);
    buf_deinit(&text);
    return error_hint(b->rel.error, "%s", rowtime_hint(b, c));
}

static enum status bind_watermark(struct binder *b, const struct ast_statement *stmt, struct table *t) {
    struct scope scope;
    struct expr *e = NULL;
    if (stmt->watermark_column == NULL) return STATUS_OK;
    if (stmt->watermark_column->count != 1) return bind_unsupported(b, stmt->watermark_column->span, arena_format(b->rel.arena, "a watermark on the nested field %.*s.%.*s", STR_ARG(stmt->watermark_column->parts[0]), STR_ARG(stmt->watermark_column->parts[1])).at);
    int32_t c = find_column(t, stmt->watermark_column->parts[0]);
    if (c < 0) return no_such_column(b, t, stmt->watermark_column->parts[0], "the watermark", stmt->watermark_column->span);
    struct column *column = &t->columns[c];
    bool stamp = type_is_timestamp(column->type) && column->type->precision <= 3;
    if (!stamp || column->type->time_attr == TIME_ATTR_PROCTIME) return wrong_rowtime(b, column, stmt->watermark_column->span);
    TRY(column_scope(b, t, true, &scope));
    struct expr_scope es = {.binder = b, .scope = &scope, .clause = "watermark"};
    TRY(bind_expr(&es, stmt->watermark, &e));
    if (!type_is_timestamp(e->type)) return error_at(b->rel.error, STATUS_INVALID, stmt->watermark->span, "The watermark's expression must be a TIMESTAMP or TIMESTAMP_LTZ");
    if (e->type->root != column->type->root) return error_at(b->rel.error, STATUS_INVALID, stmt->watermark->span, "The watermark must have the type of its column");
    column->type = type_time_attr(b->rel.types, column->type, TIME_ATTR_ROWTIME);
    t->rowtime_column = c;
    t->watermark = stmt->watermark;
    return STATUS_OK;
}

static enum status bind_partitions(struct binder *b, const struct ast_statement *stmt, struct table *t) {
    for (uint32_t i = 0; i < stmt->partitioned_by.count; i++) {
        struct str name = *(const struct str *)stmt->partitioned_by.at[i];
        int32_t c = find_column(t, name);
        if (c < 0) return no_such_column(b, t, name, "PARTITIONED BY", stmt->span);
        if (t->columns[c].kind != AST_PHYSICAL) return error_at(b->rel.error, STATUS_INVALID, stmt->span, "Partition column '%.*s' must be a physical column", STR_ARG(name));
    }
    if (stmt->partitioned_by.count > 0) t->partitioned_by = stmt->partitioned_by;
    return STATUS_OK;
}

static enum status merge_options(struct binder *b, const struct ast_statement *stmt, struct list *options) {
    for (uint32_t i = 0; i < stmt->options.count; i++) {
        struct ast_option *o = stmt->options.at[i];
        uint32_t at = 0;
        while (at < options->count && !str_equal(((const struct ast_option *)options->at[at])->key, o->key)) at++;
        if (at < options->count) options->at[at] = o;
        else TRY(list_push(options, b->rel.arena, o));
    }
    return STATUS_OK;
}

static enum status refuse(struct binder *b, const struct ast_statement *stmt) {
    if (stmt->query != NULL) return bind_unsupported(b, stmt->span, "CREATE TABLE ... AS SELECT");
    if (stmt->distributed) return bind_unsupported(b, stmt->span, "DISTRIBUTED BY");
    if (stmt->or_replace) return bind_unsupported(b, stmt->span, "CREATE OR REPLACE TABLE");
    return STATUS_OK;
}

enum status ddl_create_table(struct binder *b, const struct ast_statement *stmt) {
    struct table_path path;
    struct table *t = ARENA_NEW(b->rel.arena, struct table);
    if (t == NULL) return error_no_memory(b->rel.error, sizeof *t);
    TRY(refuse(b, stmt));
    TRY(catalog_resolve(b->session->catalog, stmt->name, &path, b->rel.error));
    if (stmt->columns.count > COLUMNS_MAX) return error_at(b->rel.error, STATUS_LIMIT, stmt->span, "More than %d columns", COLUMNS_MAX);
    *t = (struct table){.kind = TABLE_BASE, .catalog = path.catalog, .database = path.database, .name = path.table, .temporary = stmt->temporary, .rowtime_column = -1,
                        .comment = stmt->comment, .sql = b->sql};
    t->columns = ARENA_ARRAY(b->rel.arena, struct column, stmt->columns.count);
    if (stmt->like != NULL) TRY(ddl_like(b, stmt, t, &t->options));
    if (t->columns == NULL) return error_no_memory(b->rel.error, 64);
    for (uint32_t i = 0; i < stmt->columns.count; i++) TRY(add_column(b, t, stmt->columns.at[i]));
    TRY(bind_key(b, stmt, t));
    TRY(bind_computed(b, t));
    TRY(bind_watermark(b, stmt, t));
    TRY(bind_partitions(b, stmt, t));
    TRY(merge_options(b, stmt, &t->options));
    return catalog_add(b->session->catalog, &path, t, stmt->if_not_exists, stmt->name->span, b->rel.error);
}

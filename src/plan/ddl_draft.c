/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ddl_draft: a table while it is put together, by CREATE TABLE (of nothing, of LIKE's other table, of a query) or by ALTER
 * TABLE (of its old self). Columns come and go freely; draft_finish then binds computed columns and the watermark once, so
 * that a wrong one is an error at once, and keeps them as syntax for each use. A key's columns become NOT NULL.
 */
#include "base/suggest.h"
#include "plan/ddl.h"

#include <assert.h>
#include <string.h>

enum { COLUMNS_MAX = 10000 };

static struct error *error_of(const struct draft *d) { return d->b->rel.error; }

enum status draft_new(struct binder *b, const struct ast_statement *stmt, const struct table *from, uint32_t more, struct draft *ret) {
    struct table *t = ARENA_NEW(b->rel.arena, struct table);
    uint32_t old = from == NULL ? 0 : from->column_count, capacity = old + stmt->columns.count + more;
    if (t == NULL) return error_no_memory(b->rel.error, sizeof *t);
    if (capacity > COLUMNS_MAX) return error_at(b->rel.error, STATUS_LIMIT, stmt->span, "More than %d columns", COLUMNS_MAX);
    if (from != NULL) *t = *from;
    else *t = (struct table){.kind = TABLE_BASE, .sql = b->sql};
    t->definition.at = NULL;
    t->columns = ARENA_ARRAY(b->rel.arena, struct column, capacity + 1);
    if (t->columns == NULL) return error_no_memory(b->rel.error, capacity * sizeof *t->columns);
    *ret = (struct draft){.b = b, .stmt = stmt, .t = t, .capacity = capacity};
    for (uint32_t i = 0; i < old; i++) {
        t->columns[i] = from->columns[i];
        if (t->columns[i].kind != AST_COMPUTED) t->columns[i].type = type_time_attr(b->rel.types, t->columns[i].type, TIME_ATTR_NONE);
    }
    for (uint32_t i = 0; from != NULL && i < from->key_count; i++) TRY(list_push(&ret->key, b->rel.arena, &from->columns[from->key[i]].name));
    if (from != NULL && from->rowtime_column >= 0) {
        ret->watermark_column = from->columns[from->rowtime_column].name;
        ret->watermark = from->watermark;
    }
    t->rowtime_column = -1;
    return STATUS_OK;
}

int32_t draft_find(const struct draft *d, struct str name) {
    for (uint32_t i = 0; i < d->t->column_count; i++) {
        if (str_equal(d->t->columns[i].name, name)) return (int32_t)i;
    }
    return -1;
}

enum status draft_no_column(struct draft *d, struct str name, const char *what, struct span span) {
    struct str names[256];
    uint32_t n = d->t->column_count < 256 ? d->t->column_count : 256;
    for (uint32_t i = 0; i < n; i++) names[i] = d->t->columns[i].name;
    error_at(error_of(d), STATUS_NOT_FOUND, span, "There is no column '%.*s' for %s", STR_ARG(name), what);
    return suggest_hint(error_of(d), name, names, n, n == 1 ? "The only column is" : "The columns are");
}

enum status draft_column(struct draft *d, const struct ast_column *a, struct column *ret) {
    *ret = (struct column){.name = a->name, .kind = a->kind, .metadata_key = a->metadata_key, .is_virtual = a->is_virtual, .expr = a->expr, .comment = a->comment};
    if (a->kind == AST_COMPUTED) return STATUS_OK;
    TRY(bind_type(d->b, a->type, &ret->type));
    if (type_is_interval(ret->type)) return error_at(error_of(d), STATUS_INVALID, a->type->span, "A column cannot have an INTERVAL type");
    if (ret->type->root == TYPE_NULL) return error_at(error_of(d), STATUS_INVALID, a->span, "A column cannot have the type NULL");
    return STATUS_OK;
}

void draft_insert(struct draft *d, uint32_t at, struct column c) {
    struct table *t = d->t;
    assert(at <= t->column_count && t->column_count < d->capacity);
    memmove(t->columns + at + 1, t->columns + at, (t->column_count - at) * sizeof c);
    t->columns[at] = c;
    t->column_count++;
}

void draft_remove(struct draft *d, uint32_t at) {
    struct table *t = d->t;
    assert(at < t->column_count);
    t->column_count--;
    memmove(t->columns + at, t->columns + at + 1, (t->column_count - at) * sizeof *t->columns);
}

enum status draft_watermark(struct draft *d) {
    const struct ast_name *n = d->stmt->watermark_column;
    struct binder *b = d->b;
    if (n == NULL) return STATUS_OK;
    if (n->count != 1) return bind_unsupported(b, n->span, arena_format(b->rel.arena, "a watermark on the nested field %.*s.%.*s", STR_ARG(n->parts[0]), STR_ARG(n->parts[1])).at);
    d->watermark_column = n->parts[0];
    d->watermark = d->stmt->watermark;
    d->watermark_span = n->span;
    return STATUS_OK;
}

enum status draft_key(struct draft *d) {
    if (d->stmt->primary_key.count == 0) return STATUS_OK;
    if (d->stmt->primary_key_enforced) {
        error_at(error_of(d), STATUS_UNSUPPORTED, d->stmt->primary_key_span, "A PRIMARY KEY is always NOT ENFORCED: the source owns the rows, and keeps the key itself");
        return error_hint(error_of(d), "Write PRIMARY KEY (...) NOT ENFORCED");
    }
    d->key = d->stmt->primary_key;
    d->key_span = d->stmt->primary_key_span;
    d->t->key_name = d->stmt->constraint_name;
    return STATUS_OK;
}

enum status ddl_merge_options(struct binder *b, const struct list *old, const struct list *given, struct list *ret) {
    for (uint32_t i = 0; i < old->count; i++) TRY(list_push(ret, b->rel.arena, old->at[i]));
    for (uint32_t i = 0; i < given->count; i++) {
        struct ast_option *o = given->at[i];
        uint32_t at = 0;
        while (at < ret->count && !str_equal(((const struct ast_option *)ret->at[at])->key, o->key)) at++;
        if (at < ret->count) ret->at[at] = o;
        else TRY(list_push(ret, b->rel.arena, o));
    }
    return STATUS_OK;
}

enum status draft_options(struct draft *d, const struct list *given) {
    struct list merged = {0};
    TRY(ddl_merge_options(d->b, &d->t->options, given, &merged));
    d->t->options = merged;
    return STATUS_OK;
}

/* ---- finishing ---- */

/* Is the expression one of the statement's own, so that its place can be shown? */
static bool is_own(const struct draft *d, const struct ast_expr *e) {
    for (uint32_t i = 0; i < d->stmt->columns.count; i++) {
        if (((const struct ast_column *)d->stmt->columns.at[i])->expr == e) return true;
    }
    return d->stmt->watermark == e;
}

static enum status failed(struct draft *d, const struct ast_expr *e, const char *what, struct str name) {
    if (!is_own(d, e)) bind_error(d->b)->span = d->stmt->span;
    return error_wrap(bind_error(d->b), "%s '%.*s'", what, STR_ARG(name));
}

/* The columns that expressions of the table may use. */
static enum status column_scope(struct draft *d, bool computed, struct scope *ret) {
    const struct table *t = d->t;
    struct type_field *f = ARENA_ARRAY(d->b->rel.arena, struct type_field, t->column_count + 1);
    uint32_t n = 0;
    if (f == NULL) return error_no_memory(error_of(d), sizeof *f);
    for (uint32_t i = 0; i < t->column_count; i++) {
        if (t->columns[i].type == NULL || (!computed && t->columns[i].kind == AST_COMPUTED)) continue;
        f[n++] = (struct type_field){.name = t->columns[i].name, .type = t->columns[i].type};
    }
    *ret = (struct scope){.row = type_row(d->b->rel.types, f, n, false)};
    return ret->row == NULL ? error_no_memory(error_of(d), sizeof *f) : STATUS_OK;
}

static enum status finish_key(struct draft *d) {
    struct table *t = d->t;
    t->key_count = 0;
    t->key = d->key.count == 0 ? NULL : ARENA_ARRAY(d->b->rel.arena, uint32_t, d->key.count);
    if (d->key.count > 0 && t->key == NULL) return error_no_memory(error_of(d), 64);
    if (d->key.count == 0) t->key_name.at = NULL;
    for (uint32_t i = 0; i < d->key.count; i++) {
        struct str name = *(const struct str *)d->key.at[i];
        int32_t c = draft_find(d, name);
        if (c < 0) return draft_no_column(d, name, "the primary key", d->key_span);
        if (t->columns[c].kind != AST_PHYSICAL) return error_at(error_of(d), STATUS_INVALID, d->key_span, "Column '%.*s' of the primary key must be a physical column", STR_ARG(name));
        for (uint32_t k = 0; k < t->key_count; k++) {
            if (t->key[k] == (uint32_t)c) return error_at(error_of(d), STATUS_INVALID, d->key_span, "Column '%.*s' stands twice in the primary key", STR_ARG(name));
        }
        t->columns[c].type = type_nullable(d->b->rel.types, t->columns[c].type, false);
        t->key[t->key_count++] = (uint32_t)c;
    }
    return STATUS_OK;
}

static enum status finish_computed(struct draft *d) {
    struct scope scope;
    TRY(column_scope(d, false, &scope));
    struct expr_scope es = {.binder = d->b, .scope = &scope, .clause = "computed column"};
    for (uint32_t i = 0; i < d->t->column_count; i++) {
        struct column *c = &d->t->columns[i];
        struct expr *e = NULL;
        if (c->kind != AST_COMPUTED) continue;
        if (bind_expr(&es, c->expr, &e) != STATUS_OK) return failed(d, c->expr, "Computed column", c->name);
        c->type = e->type;
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

static enum status wrong_rowtime(struct draft *d, const struct column *c) {
    struct buf text = BUF_INIT;
    struct span span = d->watermark_span.end > 0 ? d->watermark_span : d->stmt->span;
    type_plain(&text, c->type);
    error_at(error_of(d), STATUS_INVALID, span, "A watermark needs a TIMESTAMP or TIMESTAMP_LTZ of at most 3 digits, '%.*s' is a %.*s",
             STR_ARG(c->name), (int)text.size_bytes, text.at == NULL ? "" : text.at);
    buf_deinit(&text);
    return error_hint(error_of(d), "%s", rowtime_hint(d->b, c));
}

static enum status finish_watermark(struct draft *d) {
    struct scope scope;
    struct expr *e = NULL;
    d->t->watermark = d->watermark_column.at == NULL ? NULL : d->watermark;
    if (d->watermark_column.at == NULL) return STATUS_OK;
    int32_t c = draft_find(d, d->watermark_column);
    if (c < 0) return draft_no_column(d, d->watermark_column, "the watermark", d->watermark_span);
    struct column *column = &d->t->columns[c];
    bool stamp = type_is_timestamp(column->type) && column->type->precision <= 3;
    if (!stamp || column->type->time_attr == TIME_ATTR_PROCTIME) return wrong_rowtime(d, column);
    TRY(column_scope(d, true, &scope));
    struct expr_scope es = {.binder = d->b, .scope = &scope, .clause = "watermark"};
    if (bind_expr(&es, d->watermark, &e) != STATUS_OK) return is_own(d, d->watermark) ? bind_error(d->b)->status : failed(d, d->watermark, "The watermark of column", d->watermark_column);
    struct span span = is_own(d, d->watermark) ? d->watermark->span : d->stmt->span;
    if (!type_is_timestamp(e->type)) return error_at(error_of(d), STATUS_INVALID, span, "The watermark's expression must be a TIMESTAMP or TIMESTAMP_LTZ");
    if (e->type->root != column->type->root) return error_at(error_of(d), STATUS_INVALID, span, "The watermark must have the type of its column");
    column->type = type_time_attr(d->b->rel.types, column->type, TIME_ATTR_ROWTIME);
    d->t->rowtime_column = c;
    return STATUS_OK;
}

static enum status check_physical(struct draft *d, struct str name, const char *what, const char *clause) {
    int32_t c = draft_find(d, name);
    if (c < 0) return draft_no_column(d, name, clause, d->stmt->span);
    if (d->t->columns[c].kind == AST_PHYSICAL) return STATUS_OK;
    return error_at(error_of(d), STATUS_INVALID, d->stmt->span, "%s '%.*s' must be a physical column", what, STR_ARG(name));
}

static enum status finish_layout(struct draft *d) {
    const struct ast_distribution *dist = d->t->distribution;
    for (uint32_t i = 0; i < d->t->partitioned_by.count; i++) TRY(check_physical(d, *(const struct str *)d->t->partitioned_by.at[i], "Partition column", "PARTITIONED BY"));
    for (uint32_t i = 0; dist != NULL && i < dist->columns.count; i++) TRY(check_physical(d, *(const struct str *)dist->columns.at[i], "Bucket key", "DISTRIBUTED BY"));
    if (dist == NULL || dist->buckets != 0) return STATUS_OK;
    return error_at(error_of(d), STATUS_INVALID, d->stmt->span, "Invalid bucket count '0'. The number of buckets for a distributed table must be at least 1.");
}

enum status draft_finish(struct draft *d) {
    TRY(finish_key(d));
    TRY(finish_computed(d));
    TRY(finish_watermark(d));
    return finish_layout(d);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ddl_table: CREATE TABLE, and CREATE TABLE ... AS with [CREATE OR] REPLACE TABLE ... AS. AS makes the table first, as Flink
 * does (it stays when the job fails), and then an INSERT by the query's column names.
 */
#include "plan/ddl.h"

#include <assert.h>

/* The statement's own columns behind what LIKE or the query brought; one that is there is an error. */
static enum status own_columns(struct draft *d, bool replaced) {
    for (uint32_t i = 0; i < d->stmt->columns.count; i++) {
        const struct ast_column *a = d->stmt->columns.at[i];
        struct column c;
        int32_t at = draft_find(d, a->name);
        if (at >= 0 && replaced && d->t->columns[at].expr == a->expr && d->t->columns[at].metadata_key.at == a->metadata_key.at && d->t->columns[at].kind != AST_PHYSICAL) continue; /* LIKE put it there */
        if (at >= 0) return error_at(d->b->rel.error, STATUS_INVALID, a->span, "Column '%.*s' stands twice in the table", STR_ARG(a->name));
        TRY(draft_column(d, a, &c));
        draft_insert(d, d->t->column_count, c);
    }
    return STATUS_OK;
}

/* What is said behind the columns. */
static enum status own_parts(struct draft *d) {
    const struct ast_statement *s = d->stmt;
    TRY(draft_key(d));
    TRY(draft_watermark(d));
    d->t->comment = s->comment;
    if (s->partitioned_by.count > 0) d->t->partitioned_by = s->partitioned_by;
    if (s->distribution != NULL) d->t->distribution = s->distribution;
    return draft_options(d, &s->options);
}

static enum status place(struct draft *d, struct table_path *ret) {
    TRY(catalog_resolve(d->b->session->catalog, d->stmt->name, ret, d->b->rel.error));
    d->t->catalog = ret->catalog;
    d->t->database = ret->database;
    d->t->name = ret->table;
    return STATUS_OK;
}

enum status ddl_table_of(struct binder *b, const struct ast_statement *stmt, struct draft *ret) {
    if (stmt->like != NULL) TRY(ddl_like(b, stmt, ret));
    else TRY(draft_new(b, stmt, NULL, 0, ret));
    ret->t->temporary = stmt->temporary;
    TRY(own_columns(ret, stmt->like != NULL));
    TRY(own_parts(ret));
    return draft_finish(ret);
}

enum status ddl_create_table(struct binder *b, const struct ast_statement *stmt) {
    struct table_path path;
    struct draft d;
    TRY(ddl_table_of(b, stmt, &d));
    TRY(place(&d, &path));
    TRY(ddl_define(b, d.t));
    return catalog_add(b->session->catalog, &path, d.t, stmt->if_not_exists, stmt->name->span, b->rel.error);
}

/* ---- AS ---- */

static enum status refuse_forms(struct binder *b, const struct ast_statement *s) {
    const char *what = s->or_replace ? "CREATE OR REPLACE TABLE AS SELECT" : "CREATE TABLE AS SELECT";
    if (s->temporary) return error_at(b->rel.error, STATUS_INVALID, s->span, "%s syntax does not support to create temporary table yet.", what);
    if (s->or_replace && s->if_not_exists) return error_at(b->rel.error, STATUS_INVALID, s->span, "%s syntax does not support IF NOT EXISTS statements yet.", what);
    return STATUS_OK;
}

/* A column list orders the query's columns. */
static enum status source_order(struct binder *b, const struct ast_statement *s, const struct rel *q, uint32_t *order) {
    uint32_t n = rel_width(q);
    for (uint32_t i = 0; i < n; i++) order[i] = i;
    if (s->column_names.count == 0) return STATUS_OK;
    if (s->column_names.count != n) return error_at(b->rel.error, STATUS_INVALID, s->span, "The number of columns in the column list must match the number of columns in the source schema.");
    for (uint32_t i = 0; i < n; i++) {
        struct str name = *(const struct str *)s->column_names.at[i];
        uint32_t c = 0;
        while (c < n && !str_equal(rel_name(q, c), name)) c++;
        if (c == n) return error_at(b->rel.error, STATUS_NOT_FOUND, *(const struct span *)s->column_spans.at[i], "Column '%.*s' not found in the source schema.", STR_ARG(name));
        order[i] = c;
    }
    return STATUS_OK;
}

static const struct ast_column *declared(const struct ast_statement *s, struct str name) {
    for (uint32_t i = 0; i < s->columns.count; i++) {
        const struct ast_column *c = s->columns.at[i];
        if (str_equal(c->name, name)) return c;
    }
    return NULL;
}

/* The query's column as one of the table; a declared type of the same name wins if the value fits it. */
static enum status source_column(struct draft *d, const struct rel *q, uint32_t i, uint32_t position, struct column *ret) {
    struct types *types = d->b->rel.types;
    const struct type *type = type_time_attr(types, rel_type(q, i), TIME_ATTR_NONE);
    const struct ast_column *own = declared(d->stmt, rel_name(q, i));
    *ret = (struct column){.name = rel_name(q, i), .kind = AST_PHYSICAL, .type = type};
    if (type->root == TYPE_NULL) {
        error_at(d->b->rel.error, STATUS_INVALID, d->stmt->query->span, "Column '%.*s' is NULL alone and has no type", STR_ARG(ret->name));
        return error_hint(d->b->rel.error, "Say of which type it is: CAST(NULL AS INT)");
    }
    if (own == NULL) return STATUS_OK;
    if (own->kind != AST_PHYSICAL) {
        return error_at(d->b->rel.error, STATUS_INVALID, own->span, "A column named '%.*s' already exists in the source schema. %s columns cannot overwrite columns from source.", STR_ARG(own->name),
                        own->kind == AST_COMPUTED ? "Computed" : "Metadata");
    }
    TRY(draft_column(d, own, ret));
    if (cast_implicit_ok(type, ret->type) || type_same(type, ret->type)) return STATUS_OK;
    struct buf from = BUF_INIT, to = BUF_INIT;
    type_summary(&from, type);
    type_summary(&to, ret->type);
    error_at(d->b->rel.error, STATUS_INVALID, own->span, "Incompatible types for sink column '%.*s' at position %u. The source column has type '%.*s', while the target column has type '%.*s'.",
             STR_ARG(own->name), position + 1, STR_ARG(buf_view(&from)), STR_ARG(buf_view(&to)));
    buf_deinit(&from);
    buf_deinit(&to);
    return STATUS_INVALID;
}

/* New columns first, then the query's. */
static enum status as_columns(struct draft *d, const struct rel *q) {
    uint32_t n = rel_width(q), *order = ARENA_ARRAY(d->b->rel.arena, uint32_t, n);
    struct column c;
    if (order == NULL) return error_no_memory(d->b->rel.error, n * sizeof *order);
    TRY(source_order(d->b, d->stmt, q, order));
    for (uint32_t i = 0; i < d->stmt->columns.count; i++) {
        const struct ast_column *a = d->stmt->columns.at[i];
        bool from_source = false;
        for (uint32_t k = 0; k < n; k++) from_source |= str_equal(rel_name(q, k), a->name);
        if (from_source) continue;
        if (draft_find(d, a->name) >= 0) return error_at(d->b->rel.error, STATUS_INVALID, a->span, "Column '%.*s' stands twice in the table", STR_ARG(a->name));
        TRY(draft_column(d, a, &c));
        draft_insert(d, d->t->column_count, c);
    }
    for (uint32_t i = 0; i < n; i++) {
        TRY(source_column(d, q, order[i], i, &c));
        if (draft_find(d, c.name) >= 0) return error_at(d->b->rel.error, STATUS_INVALID, d->stmt->query->span, "The query has two columns named '%.*s'", STR_ARG(c.name));
        draft_insert(d, d->t->column_count, c);
    }
    return STATUS_OK;
}

static enum status insert_for(struct binder *b, const struct ast_statement *stmt, const struct rel *q, bool named, struct ast_statement **ret) {
    struct ast_statement *s = ARENA_NEW(b->rel.arena, struct ast_statement);
    if (s == NULL) return error_no_memory(b->rel.error, sizeof *s);
    *s = (struct ast_statement){.kind = AST_INSERT, .span = stmt->span, .name = stmt->name, .query = stmt->query};
    for (uint32_t i = 0; named && i < rel_width(q); i++) {
        struct str *name = ARENA_NEW(b->rel.arena, struct str);
        if (name == NULL) return error_no_memory(b->rel.error, sizeof *name);
        *name = rel_name(q, i);
        TRY(list_push(&s->column_names, b->rel.arena, name));
    }
    *ret = s;
    return STATUS_OK;
}

/* Puts the table where it belongs: new, or in the place of the one that is replaced. */
static enum status put_as(struct draft *d, const struct table_path *p, bool or_create) {
    struct catalog *c = d->b->session->catalog;
    struct table *old = NULL;
    const struct ast_statement *s = d->stmt;
    TRY(ddl_define(d->b, d->t));
    if (d->t->temporary) return catalog_add(c, p, d->t, false, s->name->span, d->b->rel.error);
    TRY(catalog_lookup_permanent(c, p, &old, d->b->rel.error));
    if (s->or_replace && old != NULL && old->kind == TABLE_BASE) return catalog_replace(c, p, d->t, d->b->rel.error);
    if (!s->or_replace || or_create) return catalog_add(c, p, d->t, s->if_not_exists, s->name->span, d->b->rel.error);
    error_at(d->b->rel.error, STATUS_NOT_FOUND, s->name->span, "The table `%.*s`.`%.*s`.`%.*s` to be replaced doesn't exist.", STR_ARG(p->catalog), STR_ARG(p->database), STR_ARG(p->table));
    return error_hint(d->b->rel.error, "You can try to use CREATE TABLE AS statement or CREATE OR REPLACE TABLE AS statement.");
}

enum status ddl_create_as(struct binder *b, const struct ast_statement *stmt, bool temporary, struct ast_statement **ret_insert) {
    struct table_path path;
    struct draft d;
    struct rel *q = NULL;
    struct table *there = NULL;
    TRY(refuse_forms(b, stmt));
    if (stmt->like != NULL) return error_at(b->rel.error, STATUS_INVALID, stmt->like->span, "LIKE and AS cannot stand in one statement");
    TRY(bind_query(b, stmt->query, true, &q));
    TRY(draft_new(b, stmt, NULL, rel_width(q), &d));
    TRY(place(&d, &path));
    d.t->temporary = temporary;
    if (stmt->if_not_exists) TRY(catalog_lookup(b->session->catalog, &path, &there, b->rel.error));
    if (there != NULL) return insert_for(b, stmt, q, false, ret_insert);
    TRY(as_columns(&d, q));
    TRY(own_parts(&d));
    TRY(draft_finish(&d));
    TRY(put_as(&d, &path, !stmt->replace_only));
    return insert_for(b, stmt, q, true, ret_insert);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ddl_view: CREATE VIEW and ALTER VIEW. A view keeps its query with every name in full (ddl_expand.c), so that it means the
 * same wherever it is used and whatever the tables below gain later.
 */
#include "catalog/unknown.h"
#include "plan/ddl.h"

#include <assert.h>

static enum status set_query(struct binder *b, const struct ast_statement *stmt, struct table *t) {
    struct rel *r = NULL;
    b->names_once = stmt->column_names.count == 0;
    TRY(bind_query(b, stmt->query, true, &r));
    uint32_t n = rel_width(r);
    if (stmt->column_names.count > 0 && stmt->column_names.count != n) {
        return error_at(b->rel.error, STATUS_INVALID, stmt->span, "The view names %u columns, its query has %u", stmt->column_names.count, n);
    }
    t->columns = ARENA_ARRAY(b->rel.arena, struct column, n);
    t->column_count = n;
    if (t->columns == NULL) return error_no_memory(b->rel.error, n * 8);
    for (uint32_t i = 0; i < n; i++) {
        struct str name = stmt->column_names.count > 0 ? *(const struct str *)stmt->column_names.at[i] : rel_name(r, i);
        if (rel_type(r, i)->root == TYPE_NULL) {
            error_at(b->rel.error, STATUS_INVALID, stmt->query->span, "Column '%.*s' is NULL alone and has no type", STR_ARG(name));
            return error_hint(b->rel.error, "Say of which type it is: CAST(NULL AS INT)");
        }
        t->columns[i] = (struct column){.name = name, .kind = AST_PHYSICAL, .type = rel_type(r, i)};
    }
    TRY(ddl_expand_view(b, stmt->query, &t->view_text, &t->view));
    t->sql = t->view_text; /* what the spans of the view point into */
    return STATUS_OK;
}

enum status ddl_view_table(struct binder *b, const struct ast_statement *stmt, struct table **ret) {
    struct table *t = ARENA_NEW(b->rel.arena, struct table);
    if (t == NULL) return error_no_memory(b->rel.error, sizeof *t);
    *t = (struct table){.kind = TABLE_VIEW, .temporary = stmt->temporary, .rowtime_column = -1, .comment = stmt->comment, .sql = b->sql};
    TRY(set_query(b, stmt, t));
    *ret = t;
    return STATUS_OK;
}

enum status ddl_create_view(struct binder *b, const struct ast_statement *stmt) {
    struct table_path path;
    struct table *t = NULL;
    TRY(catalog_resolve(b->session->catalog, stmt->name, &path, b->rel.error));
    TRY(ddl_view_table(b, stmt, &t));
    t->catalog = path.catalog;
    t->database = path.database;
    t->name = path.table;
    TRY(ddl_define(b, t));
    return catalog_add(b->session->catalog, &path, t, stmt->if_not_exists, stmt->name->span, b->rel.error);
}

enum status ddl_alter_view(struct binder *b, const struct ast_statement *stmt) {
    struct catalog *c = b->session->catalog;
    struct table_path path;
    struct table *old = NULL, *t = ARENA_NEW(b->rel.arena, struct table);
    if (t == NULL) return error_no_memory(b->rel.error, sizeof *t);
    TRY(catalog_resolve(c, stmt->name, &path, b->rel.error));
    TRY(catalog_lookup(c, &path, &old, b->rel.error));
    if (old == NULL || old->temporary) {
        if (stmt->if_exists) return STATUS_OK;
        if (old == NULL) return unknown_table(c, b->rel.arena, stmt->name, &path, b->rel.error);
        error_at(b->rel.error, STATUS_INVALID, stmt->name->span, "'%.*s' is temporary, and ALTER is for permanent views", STR_ARG(path.table));
        return error_hint(b->rel.error, "Drop it and create it anew");
    }
    if (old->kind != TABLE_VIEW) return error_at(b->rel.error, STATUS_INVALID, stmt->name->span, "ALTER VIEW for a table is not allowed");
    *t = *old;
    if (stmt->alter == AST_ALTER_RENAME) {
        t->name = stmt->new_name->parts[stmt->new_name->count - 1];
        TRY(ddl_define(b, t));
        return catalog_rename(c, &path, t, t->name, stmt->new_name->span, b->rel.error);
    }
    TRY(set_query(b, stmt, t));
    TRY(ddl_define(b, t));
    return catalog_replace(c, &path, t, b->rel.error);
}

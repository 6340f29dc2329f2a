/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bind_from: the relations of FROM: tables, views, names of WITH, sub-queries and window table
 * functions. Joins and the other kinds are refused by name.
 */
#include "plan/bind.h"

#include "base/suggest.h"
#include "catalog/unknown.h"
#include "sql/position.h"

#include <assert.h>

static enum status rename_columns(struct binder *b, struct rel *r, const struct list *columns, struct span span, struct rel **ret) {
    uint32_t n = rel_width(r);
    *ret = r;
    if (columns->count == 0) return STATUS_OK;
    if (columns->count != n) {
        return error_at(b->rel.error, STATUS_INVALID, span, "The table has %u columns, its list of names %u", n, columns->count);
    }
    struct expr **exprs = ARENA_ARRAY(b->rel.arena, struct expr *, n);
    struct str *names = ARENA_ARRAY(b->rel.arena, struct str, n);
    if (exprs == NULL || names == NULL) return error_no_memory(b->rel.error, n * 8);
    for (uint32_t i = 0; i < n; i++) {
        exprs[i] = rel_column(&b->rel, r, i);
        names[i] = *(const struct str *)columns->at[i];
    }
    *ret = rel_project(&b->rel, r, exprs, names, n);
    return *ret == NULL ? error_no_memory(b->rel.error, sizeof **ret) : STATUS_OK;
}

static const struct cte *find_cte(const struct binder *b, const struct ast_name *name) {
    if (name->count != 1) return NULL;
    for (uint32_t i = b->ctes.count; i > 0; i--) {
        const struct cte *c = b->ctes.at[i - 1];
        if (str_equal(c->name, name->parts[0])) return c;
    }
    return NULL;
}

static enum status bind_cte(struct binder *b, const struct cte *c, struct rel **ret) {
    struct list saved = b->ctes;
    b->ctes.count = c->visible;
    b->ctes.capacity = c->visible; /* what is pushed meanwhile must not overwrite the outer names */
    enum status s = bind_query(b, c->with->query, false, ret);
    b->ctes = saved;
    TRY(s);
    return rename_columns(b, *ret, &c->with->columns, c->with->span, ret);
}

static enum status bind_view(struct binder *b, const struct table *t, struct span span, struct rel **ret) {
    struct list none = {0}, saved = b->ctes, names = {0};
    struct str sql = b->sql;
    b->ctes = none;
    b->sql = t->sql;
    enum status s = bind_query(b, t->view, false, ret);
    b->ctes = saved;
    b->sql = sql;
    if (s != STATUS_OK) {
        bind_elsewhere(b, t, "view", span);
        return error_wrap(bind_error(b), "In view '%.*s'", STR_ARG(t->name));
    }
    if (t->sql.at != b->sql.at) rel_respan(*ret, span);
    for (uint32_t i = 0; i < t->column_count; i++) TRY(list_push(&names, b->rel.arena, &t->columns[i].name));
    return rename_columns(b, *ret, &names, span, ret);
}

enum status bind_table_name(struct binder *b, const struct ast_name *name, const struct list *hints, struct str *ret_alias,
                            struct scope_item *ret_item, struct rel **ret) {
    *ret_alias = name->parts[name->count - 1];
    *ret_item = (struct scope_item){0};
    const struct cte *c = find_cte(b, name);
    if (c != NULL) return bind_cte(b, c, ret);
    struct table_path p;
    TRY(catalog_resolve(b->session->catalog, name, &p, b->rel.error));
    struct table *t = NULL;
    enum status found = catalog_lookup(b->session->catalog, &p, &t, b->rel.error);
    if (found != STATUS_OK && bind_error(b)->span.end == 0) bind_error(b)->span = name->span;
    TRY(found);
    if (t == NULL) return unknown_table(b->session->catalog, b->rel.arena, name, &p, b->rel.error);
    ret_item->catalog = p.catalog;
    ret_item->database = p.database;
    if (t->kind == TABLE_VIEW) return bind_view(b, t, name->span, ret);
    return bind_scan(b, t, hints, name->span, ret);
}

static enum status bind_function(struct binder *b, const struct ast_from *f, struct rel **ret) {
    struct str name = f->expr->text;
    static const char *const windows[] = {"TUMBLE", "HOP", "CUMULATE", "SESSION"};
    for (size_t i = 0; i < sizeof windows / sizeof *windows; i++) {
        if (str_equal_ignore_case(name, str_of(windows[i]))) return bind_window_tvf(b, f->expr, ret);
    }
    struct str names[sizeof windows / sizeof *windows];
    for (size_t i = 0; i < sizeof windows / sizeof *windows; i++) names[i] = str_of(windows[i]);
    error_at(b->rel.error, STATUS_NOT_FOUND, f->expr->op_span, "There is no table function '%.*s'", STR_ARG(name));
    return suggest_hint(b->rel.error, name, names, sizeof windows / sizeof *windows, "The table functions are");
}

/* Which join it is, as far as the syntax tells. */
static const char *join_name(const struct ast_from *f) {
    switch (f->right->kind) {
    case AST_FROM_UNNEST: return "joins with UNNEST";
    case AST_FROM_FUNCTION: return "joins with a table function (LATERAL TABLE)";
    case AST_FROM_QUERY:
        if (f->right->lateral) return "joins with a LATERAL sub-query";
        break;
    case AST_FROM_TABLE:
        if (f->right->system_time != NULL) return "temporal and lookup joins (FOR SYSTEM_TIME AS OF)";
        break;
    default: break;
    }
    return f->join == AST_JOIN_COMMA || f->join == AST_JOIN_CROSS ? "cross joins" : "joins";
}

static enum status bind_relation(struct binder *b, const struct ast_from *f, struct scope_item *it, struct rel **ret) {
    struct str alias = {0};
    switch (f->kind) {
    case AST_FROM_TABLE:
        if (f->system_time != NULL) return bind_unsupported(b, f->span, "FOR SYSTEM_TIME AS OF (temporal and lookup joins)");
        TRY(bind_table_name(b, f->name, &f->hints, &alias, it, ret));
        break;
    case AST_FROM_QUERY: TRY(bind_query(b, f->query, false, ret)); break;
    case AST_FROM_FUNCTION: TRY(bind_function(b, f, ret)); break;
    case AST_FROM_UNNEST: return bind_unsupported(b, f->span, "UNNEST");
    case AST_FROM_JOIN: return bind_unsupported(b, f->span, join_name(f));
    case AST_FROM_MATCH: return bind_unsupported(b, f->span, "MATCH_RECOGNIZE");
    case AST_FROM_VALUES: return error_at(b->rel.error, STATUS_BUG, f->span, "VALUES is a query");
    }
    it->alias = alias;
    if (f->alias.at != NULL) *it = (struct scope_item){.alias = f->alias};
    return rename_columns(b, *ret, &f->columns, f->span, ret);
}

static enum status check_columns(struct binder *b, const struct rel *r, struct span span) {
    for (uint32_t i = 0; i < rel_width(r); i++) {
        if (rel_type(r, i)->root == TYPE_NULL) return error_at(b->rel.error, STATUS_INVALID, span, "Column '%.*s' is NULL alone and has no type", STR_ARG(rel_name(r, i)));
    }
    return STATUS_OK;
}

enum status bind_from(struct binder *b, const struct ast_from *f, struct scope *scope, struct rel **ret) {
    TRY(bind_deeper(b, f->span));
    struct scope_item *it = ARENA_NEW(b->rel.arena, struct scope_item);
    if (it == NULL) return error_no_memory(b->rel.error, sizeof *it);
    TRY(bind_relation(b, f, it, ret));
    TRY(check_columns(b, *ret, f->span));
    it->first = 0;
    it->count = rel_width(*ret);
    scope->row = (*ret)->row;
    b->depth--;
    return list_push(&scope->items, b->rel.arena, it);
}

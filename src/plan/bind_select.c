/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bind_select: one SELECT block. The order is SQL's: FROM, WHERE, GROUP BY, HAVING, window functions,
 * SELECT list, DISTINCT, ORDER BY, LIMIT. Items, HAVING and ORDER BY are bound before the aggregate
 * exists (their aggregate calls are collected on the way) and renumbered to its output afterwards.
 */
#include "plan/bind.h"

#include <assert.h>

enum { ITEMS_MAX = 10000 };

const struct scope_item *scope_find(const struct scope *scope, const struct ast_name *n, uint32_t parts);
enum status bind_field(struct binder *b, struct expr *row, struct str name, struct span span, struct expr **ret);

struct item {
    struct expr *expr;
    struct str name;
};

struct select {
    struct binder *b;
    const struct ast_query *q;
    bool top;
    struct scope scope;
    struct rel *rel;
    struct list items;  /* struct item */
    struct list aggs, overs;
    struct list orders; /* struct order_item */
    struct grouping grouping;
    struct expr *having;
};

static enum status item_push(struct select *s, struct expr *e, struct str name) {
    struct item *it = ARENA_NEW(s->b->rel.arena, struct item);
    if (it == NULL || e == NULL) return error_no_memory(s->b->rel.error, sizeof *it);
    if (s->items.count == ITEMS_MAX) return error_at(s->b->rel.error, STATUS_LIMIT, e->span, "More than %d columns", ITEMS_MAX);
    *it = (struct item){e, name};
    return list_push(&s->items, s->b->rel.arena, it);
}

static enum status push_columns(struct select *s, uint32_t first, uint32_t count, struct span span) {
    for (uint32_t i = first; i < first + count; i++) {
        struct str name = s->scope.row->children[i].name;
        for (uint32_t k = first; k < i; k++) {
            if (str_equal(s->scope.row->children[k].name, name)) {
                error_at(s->b->rel.error, STATUS_INVALID, span, "Column '%.*s' is ambiguous", STR_ARG(name));
                return error_hint(s->b->rel.error, "Several columns go by this name: give them aliases of their own");
            }
        }
        struct expr *e = expr_input(s->b->rel.arena, i, s->scope.row->children[i].type);
        if (e != NULL) e->span = span;
        TRY(item_push(s, e, s->scope.row->children[i].name));
    }
    return STATUS_OK;
}

/* t.* or row_column.* */
static enum status expand_qualified(struct select *s, struct expr_scope *es, const struct ast_expr *star) {
    const struct ast_name *n = star->name;
    const struct scope_item *it = scope_find(&s->scope, n, n->count);
    if (it != NULL) return push_columns(s, it->first, it->count, star->span);
    struct ast_expr column = {.kind = AST_COLUMN, .span = star->span, .name = (struct ast_name *)(uintptr_t)n};
    struct expr *row = NULL;
    struct error quiet = ERROR_INIT, *error = s->b->rel.error;
    s->b->rel.error = &quiet;
    enum status status = bind_column(es, &column, &row);
    s->b->rel.error = error;
    if (status != STATUS_OK || row->type->root != TYPE_ROW) {
        error_at(error, STATUS_NOT_FOUND, star->span, "There is no table '%.*s' in FROM, and no ROW column of that name", STR_ARG(n->parts[n->count - 1]));
        return STATUS_NOT_FOUND;
    }
    for (uint32_t i = 0; i < row->type->child_count; i++) {
        struct expr *f = NULL;
        TRY(bind_field(s->b, row, row->type->children[i].name, star->span, &f));
        TRY(item_push(s, f, row->type->children[i].name));
    }
    return STATUS_OK;
}

static enum status expand_star(struct select *s, struct expr_scope *es, const struct ast_expr *star) {
    if (s->q->from == NULL) return error_at(s->b->rel.error, STATUS_INVALID, star->span, "SELECT * needs a FROM clause");
    if (star->name == NULL || star->name->count == 0) return push_columns(s, 0, s->scope.row->child_count, star->span);
    return expand_qualified(s, es, star);
}

static struct str item_name(struct select *s, const struct ast_select_item *it) {
    if (it->alias.at != NULL) return it->alias;
    if (it->expr->kind == AST_COLUMN) return it->expr->name->parts[it->expr->name->count - 1];
    return arena_format(s->b->rel.arena, "EXPR$%u", s->items.count);
}

static enum status bind_items(struct select *s, struct expr_scope *es) {
    for (uint32_t i = 0; i < s->q->items.count; i++) {
        const struct ast_select_item *it = s->q->items.at[i];
        struct expr *e = NULL;
        if (it->expr->kind == AST_STAR) {
            TRY(expand_star(s, es, it->expr));
            continue;
        }
        TRY(bind_expr(es, it->expr, &e));
        TRY(item_push(s, e, item_name(s, it)));
    }
    return STATUS_OK;
}

/* ORDER BY may name an output column or its number. */
static enum status order_output(struct select *s, const struct ast_expr *e, struct expr **ret) {
    if (e->kind == AST_LITERAL && e->literal == AST_INTEGER) {
        int64_t n = 0;
        TRY(bind_count(s->b, e, "ORDER BY", &n));
        if (n < 1 || n > s->items.count) return error_at(s->b->rel.error, STATUS_INVALID, e->span, "There is no column number %lld: the SELECT has %u", (long long)n, s->items.count);
        *ret = ((struct item *)s->items.at[n - 1])->expr;
        return STATUS_OK;
    }
    if (e->kind != AST_COLUMN || e->name->count != 1) return STATUS_OK;
    for (uint32_t i = 0; i < s->items.count; i++) {
        struct item *it = s->items.at[i];
        if (str_equal(it->name, e->name->parts[0])) *ret = it->expr;
    }
    return STATUS_OK;
}

static enum status bind_orders(struct select *s, struct expr_scope *es) {
    if (!s->top && s->q->limit == NULL && s->q->offset == NULL) return STATUS_OK; /* no meaning without LIMIT */
    for (uint32_t i = 0; i < s->q->order_by.count; i++) {
        const struct ast_order *o = s->q->order_by.at[i];
        struct order_item *it = ARENA_NEW(s->b->rel.arena, struct order_item);
        if (it == NULL) return error_no_memory(s->b->rel.error, sizeof *it);
        TRY(order_output(s, o->expr, &it->expr));
        if (it->expr == NULL) TRY(bind_expr(es, o->expr, &it->expr));
        it->descending = o->descending;
        it->nulls_last = o->nulls == 0 ? o->descending : o->nulls == 2;
        it->span = o->span;
        TRY(list_push(&s->orders, s->b->rel.arena, it));
    }
    return STATUS_OK;
}

/* What a SELECT without FROM reads: one row. */
enum status bind_one_row(struct binder *b, struct span span, struct rel **ret) {
    struct vec *zero = NULL;
    struct str name = STR("ZERO");
    const struct type *t = type_simple(b->rel.types, TYPE_INT, false);
    TRY(vec_new(b->rel.arena, NULL, t, 1, &zero));
    VEC_DATA(zero, int32_t)[0] = 0;
    struct rel *r = rel_new(&b->rel, REL_VALUES, rel_row(&b->rel, &name, &t, 1), span);
    if (r == NULL) return error_no_memory(b->rel.error, sizeof *r);
    r->as.values.columns = ARENA_ARRAY(b->rel.arena, struct vec *, 1);
    if (r->as.values.columns == NULL) return error_no_memory(b->rel.error, 8);
    r->as.values.columns[0] = zero;
    r->as.values.row_count = 1;
    *ret = r;
    return STATUS_OK;
}

static enum status bind_from_where(struct select *s) {
    struct binder *b = s->b;
    const struct ast_query *q = s->q;
    if (q->from != NULL) {
        TRY(bind_from(b, q->from, &s->scope, &s->rel));
    } else {
        TRY(bind_one_row(b, q->span, &s->rel));
    }
    if (q->where == NULL) return STATUS_OK;
    struct expr_scope es = {.binder = b, .scope = &s->scope, .clause = "WHERE clause", .items = &q->items};
    struct expr *condition = NULL;
    TRY(bind_condition(&es, q->where, &condition));
    s->rel = rel_filter(&b->rel, s->rel, condition);
    return s->rel == NULL ? error_no_memory(b->rel.error, sizeof *s->rel) : STATUS_OK;
}

/* Every expression that is evaluated above the aggregate, in one array: items, orders, over arguments. */
static enum status ungroup_all(struct select *s) {
    for (uint32_t i = 0; i < s->items.count; i++) {
        struct item *it = s->items.at[i];
        TRY(bind_ungrouped(s->b, &s->grouping, &s->scope, it->expr, &it->expr));
    }
    for (uint32_t i = 0; i < s->orders.count; i++) {
        struct order_item *it = s->orders.at[i];
        TRY(bind_ungrouped(s->b, &s->grouping, &s->scope, it->expr, &it->expr));
    }
    for (uint32_t i = 0; i < s->overs.count; i++) {
        struct over_item *o = s->overs.at[i];
        for (uint32_t k = 0; k < o->partition.count; k++) {
            TRY(bind_ungrouped(s->b, &s->grouping, &s->scope, o->partition.at[k], (struct expr **)&o->partition.at[k]));
        }
        for (uint32_t k = 0; k < o->order.count; k++) {
            struct order_item *it = o->order.at[k];
            TRY(bind_ungrouped(s->b, &s->grouping, &s->scope, it->expr, &it->expr));
        }
    }
    if (s->having == NULL) return STATUS_OK;
    return bind_ungrouped(s->b, &s->grouping, &s->scope, s->having, &s->having);
}

static enum status aggregate(struct select *s) {
    struct binder *b = s->b;
    const struct ast_query *q = s->q;
    if (s->aggs.count == 0 && !q->has_group_by && q->having == NULL) return STATUS_OK;
    TRY(ungroup_all(s));
    TRY(bind_aggregate_rel(b, s->rel, &s->grouping, &s->aggs, &s->rel));
    if (s->having != NULL) s->rel = rel_filter(&b->rel, s->rel, s->having);
    return s->rel == NULL ? error_no_memory(b->rel.error, sizeof *s->rel) : STATUS_OK;
}

static enum status apply_overs(struct select *s) {
    if (s->overs.count == 0) return STATUS_OK;
    uint32_t n = s->items.count + s->orders.count;
    struct expr **exprs = ARENA_ARRAY(s->b->rel.arena, struct expr *, n);
    if (exprs == NULL) return error_no_memory(s->b->rel.error, n * 8);
    for (uint32_t i = 0; i < s->items.count; i++) exprs[i] = ((struct item *)s->items.at[i])->expr;
    for (uint32_t i = 0; i < s->orders.count; i++) exprs[s->items.count + i] = ((struct order_item *)s->orders.at[i])->expr;
    TRY(bind_over_rel(s->b, s->rel, &s->overs, exprs, n, &s->rel));
    for (uint32_t i = 0; i < s->items.count; i++) ((struct item *)s->items.at[i])->expr = exprs[i];
    for (uint32_t i = 0; i < s->orders.count; i++) ((struct order_item *)s->orders.at[i])->expr = exprs[s->items.count + i];
    return STATUS_OK;
}

/* The output columns, and behind them what ORDER BY needs beside them. */
static enum status project(struct select *s, struct rel_sort *sort, uint32_t *ret_width) {
    struct binder *b = s->b;
    uint32_t n = s->items.count, max = n + s->orders.count;
    struct expr **exprs = ARENA_ARRAY(b->rel.arena, struct expr *, max);
    struct str *names = ARENA_ARRAY(b->rel.arena, struct str, max);
    sort->order = ARENA_ARRAY(b->rel.arena, struct sort_column, s->orders.count);
    if (exprs == NULL || names == NULL || sort->order == NULL) return error_no_memory(b->rel.error, max * 8);
    for (uint32_t i = 0; i < n; i++) {
        struct item *it = s->items.at[i];
        exprs[i] = it->expr;
        names[i] = it->name;
    }
    if (s->top) TRY(bind_unique_names(b, names, n));
    *ret_width = n;
    for (uint32_t i = 0; i < s->orders.count; i++) {
        const struct order_item *o = s->orders.at[i];
        uint32_t c = 0;
        while (c < n && !(exprs[c] == o->expr || expr_equal(exprs[c], o->expr))) c++;
        if (c == n && s->q->distinct) return error_at(b->rel.error, STATUS_INVALID, o->span, "ORDER BY items must be in the SELECT list of SELECT DISTINCT");
        if (c == n) {
            names[n] = arena_format(b->rel.arena, "$sort%u", i);
            exprs[n++] = o->expr;
        }
        sort->order[sort->order_count++] = (struct sort_column){c, o->descending, o->nulls_last};
    }
    s->rel = rel_project(&b->rel, s->rel, exprs, names, n);
    return s->rel == NULL ? error_no_memory(b->rel.error, sizeof *s->rel) : STATUS_OK;
}

static enum status sort(struct select *s, struct rel_sort *params, uint32_t width) {
    struct binder *b = s->b;
    TRY(bind_limit(b, s->q, params));
    if (params->order_count == 0 && params->limit < 0 && params->offset == 0) return STATUS_OK;
    struct rel *r = rel_over_input(&b->rel, REL_SORT, s->rel, s->rel->row);
    if (r == NULL) return error_no_memory(b->rel.error, sizeof *r);
    r->as.sort = *params;
    r->span = s->q->span;
    if (rel_width(r) > width) {
        struct expr **exprs = ARENA_ARRAY(b->rel.arena, struct expr *, width);
        struct str *names = ARENA_ARRAY(b->rel.arena, struct str, width);
        for (uint32_t i = 0; exprs != NULL && names != NULL && i < width; i++) {
            exprs[i] = rel_column(&b->rel, r, i);
            names[i] = rel_name(r, i);
        }
        if (exprs == NULL || names == NULL) return error_no_memory(b->rel.error, width * 8);
        r = rel_project(&b->rel, r, exprs, names, width);
    }
    s->rel = r;
    return r == NULL ? error_no_memory(b->rel.error, sizeof *r) : STATUS_OK;
}

/* STATE_TTL('t' = '1 d') for the aggregate over relation t. */
static enum status state_hint(struct select *s, const struct ast_hint *h) {
    struct binder *b = s->b;
    for (uint32_t i = 0; i < h->keys.count; i++) {
        struct str name = *(const struct str *)h->keys.at[i];
        for (uint32_t k = 0; k < s->scope.items.count; k++) {
            const struct scope_item *it = s->scope.items.at[k];
            if (!str_equal(it->alias, name)) continue;
            if (!duration_parse(*(const struct str *)h->values.at[i], &s->grouping.ttl_ms)) return error_at(b->rel.error, STATUS_INVALID, h->span, "STATE_TTL needs a duration such as '1 d'");
        }
    }
    return STATUS_OK;
}

static enum status query_hints(struct select *s) {
    s->grouping.ttl_ms = -1;
    for (uint32_t i = 0; i < s->q->hints.count; i++) {
        const struct ast_hint *h = s->q->hints.at[i];
        if (str_equal(h->name, STR("STATE_TTL"))) TRY(state_hint(s, h));
    }
    return STATUS_OK;
}

/* The columns as they are behind grouping sets: a key that is in some sets only may be NULL. */
static enum status scope_of_sets(struct select *s, struct scope *ret) {
    struct binder *b = s->b;
    const struct type *row = s->scope.row;
    struct type_field *fields = ARENA_ARRAY(b->rel.arena, struct type_field, row->child_count);
    if (fields == NULL) return error_no_memory(b->rel.error, row->child_count);
    memcpy(fields, row->children, row->child_count * sizeof *fields);
    for (uint32_t k = 0; k < s->grouping.keys.count; k++) {
        const struct expr *key = s->grouping.keys.at[k];
        for (uint32_t i = 0; key->kind == EXPR_INPUT && i < s->grouping.set_count; i++) {
            if (s->grouping.sets[i][k]) continue;
            fields[key->index].type = type_nullable(b->rel.types, fields[key->index].type, true);
            if (fields[key->index].type == NULL) return error_no_memory(b->rel.error, sizeof *row);
        }
    }
    *ret = s->scope;
    ret->row = type_row(b->rel.types, fields, row->child_count, row->nullable);
    return ret->row == NULL ? error_no_memory(b->rel.error, sizeof *row) : STATUS_OK;
}

enum status bind_select(struct binder *b, const struct ast_query *q, bool top, struct rel **ret) {
    struct select s = {.b = b, .q = q, .top = top};
    struct rel_sort params = {.limit = -1};
    uint32_t width = 0;
    if (q->qualify != NULL) return bind_unsupported(b, q->qualify->span, "QUALIFY");
    TRY(bind_from_where(&s));
    TRY(query_hints(&s));
    struct expr_scope keys = {.binder = b, .scope = &s.scope, .clause = "GROUP BY clause", .items = &q->items};
    if (q->has_group_by) TRY(bind_grouping(&keys, q, &s.grouping));
    struct expr_scope es = {.binder = b, .scope = &s.scope, .clause = "SELECT list", .items = &q->items, .aggregates = &s.aggs,
                            .grouped = s.grouping.keys.count > 0, .overs = &s.overs, .windows = &q->windows,
                            .grouping = q->has_group_by ? &s.grouping : NULL};
    struct scope sets;
    if (s.grouping.sets != NULL) {
        TRY(scope_of_sets(&s, &sets));
        es.scope = &sets;
        es.inside = &s.scope;
    }
    TRY(bind_items(&s, &es));
    es.clause = "HAVING clause";
    es.overs = NULL;
    if (q->having != NULL) TRY(bind_condition(&es, q->having, &s.having));
    es.clause = "ORDER BY clause";
    es.overs = &s.overs;
    TRY(bind_orders(&s, &es));
    TRY(aggregate(&s));
    TRY(apply_overs(&s));
    TRY(project(&s, &params, &width));
    if (q->distinct) TRY(bind_distinct(b, s.rel, &s.rel));
    TRY(sort(&s, &params, width));
    *ret = s.rel;
    return STATUS_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bind_over: ROW_NUMBER() OVER (...), the one window function that runs: it becomes an OVER node that
 * appends the number, which rule_rank turns into Top-N or deduplication together with the filter
 * above. Other functions over windows are refused by name.
 */
#include "plan/bind.h"

#include <assert.h>

enum status bind_order(struct expr_scope *s, const struct list *orders, struct list *ret) {
    struct binder *b = s->binder;
    for (uint32_t i = 0; i < orders->count; i++) {
        const struct ast_order *o = orders->at[i];
        struct order_item *it = ARENA_NEW(b->rel.arena, struct order_item);
        if (it == NULL) return error_no_memory(b->rel.error, sizeof *it);
        TRY(bind_expr(s, o->expr, &it->expr));
        it->descending = o->descending;
        it->nulls_last = o->nulls == 0 ? o->descending : o->nulls == 2; /* NULL is the smallest value */
        it->span = o->span;
        TRY(list_push(ret, b->rel.arena, it));
    }
    return STATUS_OK;
}

static enum status find_window(struct expr_scope *s, const struct ast_window *w, const struct ast_window **ret) {
    *ret = w;
    if (w->name.size_bytes == 0) return STATUS_OK;
    for (uint32_t i = 0; s->windows != NULL && i < s->windows->count; i++) {
        const struct ast_window *named = s->windows->at[i];
        if (!str_equal(named->name, w->name)) continue;
        *ret = named;
        return STATUS_OK;
    }
    return error_at(s->binder->rel.error, STATUS_NOT_FOUND, w->span, "There is no window '%.*s'", STR_ARG(w->name));
}

static bool same_over(const struct over_item *a, const struct over_item *b) {
    if (a->partition.count != b->partition.count || a->order.count != b->order.count) return false;
    for (uint32_t i = 0; i < a->partition.count; i++) {
        if (!expr_equal(a->partition.at[i], b->partition.at[i])) return false;
    }
    for (uint32_t i = 0; i < a->order.count; i++) {
        const struct order_item *x = a->order.at[i], *y = b->order.at[i];
        if (x->descending != y->descending || x->nulls_last != y->nulls_last || !expr_equal(x->expr, y->expr)) return false;
    }
    return true;
}

enum status bind_over(struct expr_scope *s, const struct ast_expr *e, struct expr **ret) {
    struct binder *b = s->binder;
    const struct ast_window *w = NULL;
    if (s->overs == NULL) {
        error_at(b->rel.error, STATUS_INVALID, e->span, "A window function cannot stand in the %s", s->clause);
        return error_hint(b->rel.error, "Compute it in a sub-query: SELECT * FROM (SELECT *, ROW_NUMBER() OVER (...) AS n FROM t) WHERE n = 1");
    }
    if (!str_equal_ignore_case(e->text, STR("ROW_NUMBER"))) {
        struct str name = arena_format(b->rel.arena, "%.*s ... OVER", STR_ARG(e->text));
        return bind_unsupported(b, e->span, name.at == NULL ? "OVER" : name.at);
    }
    if (e->arguments.count > 0) return error_at(b->rel.error, STATUS_INVALID, e->span, "ROW_NUMBER takes no arguments");
    TRY(find_window(s, e->over, &w));
    if (w->order_by.count == 0) return error_at(b->rel.error, STATUS_INVALID, e->span, "ROW_NUMBER needs an ORDER BY in its OVER clause");
    if (w->has_frame) return error_at(b->rel.error, STATUS_INVALID, w->span, "%.*s takes no ROWS or RANGE", STR_ARG(e->text));
    struct over_item *it = ARENA_NEW(b->rel.arena, struct over_item);
    if (it == NULL) return error_no_memory(b->rel.error, sizeof *it);
    it->span = e->span;
    struct expr_scope inner = *s;
    inner.overs = NULL;
    inner.clause = "OVER clause";
    for (uint32_t i = 0; i < w->partition_by.count; i++) {
        struct expr *key = NULL;
        TRY(bind_expr(&inner, w->partition_by.at[i], &key));
        TRY(list_push(&it->partition, b->rel.arena, key));
    }
    TRY(bind_order(&inner, &w->order_by, &it->order));
    uint32_t index = 0;
    while (index < s->overs->count && !same_over(s->overs->at[index], it)) index++;
    if (index == s->overs->count) TRY(list_push(s->overs, b->rel.arena, it));
    *ret = expr_input(b->rel.arena, BIND_OVER_BASE + index, type_simple(b->rel.types, TYPE_BIGINT, false));
    return STATUS_OK;
}

/* Input columns, then expressions that partition or order by something else than a column. */
struct extra {
    struct binder *b;
    struct rel *input;
    struct expr **exprs;
    struct str *names;
    uint32_t count;
};

static uint32_t extra_column(struct extra *x, struct expr *e) {
    if (e->kind == EXPR_INPUT) return e->index;
    for (uint32_t i = rel_width(x->input); i < x->count; i++) {
        if (expr_equal(x->exprs[i], e)) return i;
    }
    x->exprs[x->count] = e;
    x->names[x->count] = arena_format(x->b->rel.arena, "$%u", x->count);
    return x->count++;
}

static enum status over_params(struct extra *x, const struct over_item *it, struct rel_rank *ret) {
    struct arena *a = x->b->rel.arena;
    *ret = (struct rel_rank){.partition = ARENA_ARRAY(a, uint32_t, it->partition.count), .partition_count = it->partition.count,
                             .order = ARENA_ARRAY(a, struct sort_column, it->order.count), .order_count = it->order.count,
                             .to_column = -1};
    if (ret->partition == NULL || ret->order == NULL) return error_no_memory(x->b->rel.error, 64);
    for (uint32_t i = 0; i < it->partition.count; i++) ret->partition[i] = extra_column(x, it->partition.at[i]);
    for (uint32_t i = 0; i < it->order.count; i++) {
        const struct order_item *o = it->order.at[i];
        ret->order[i] = (struct sort_column){extra_column(x, o->expr), o->descending, o->nulls_last};
    }
    return STATUS_OK;
}

struct renumber {
    struct arena *arena;
    uint32_t first;
};

static struct expr *renumber_replace(void *context, const struct expr *e) {
    const struct renumber *r = context;
    if (e->kind != EXPR_INPUT) return NULL;
    if (e->index < BIND_OVER_BASE) return (struct expr *)(uintptr_t)e;
    return expr_input(r->arena, r->first + e->index - BIND_OVER_BASE, e->type);
}

static enum status extra_init(struct extra *x, const struct list *overs) {
    uint32_t width = rel_width(x->input), more = 0;
    for (uint32_t i = 0; i < overs->count; i++) {
        const struct over_item *it = overs->at[i];
        more += it->partition.count + it->order.count;
    }
    x->exprs = ARENA_ARRAY(x->b->rel.arena, struct expr *, width + more);
    x->names = ARENA_ARRAY(x->b->rel.arena, struct str, width + more);
    if (x->exprs == NULL || x->names == NULL) return error_no_memory(x->b->rel.error, (width + more) * 8);
    for (uint32_t i = 0; i < width; i++) {
        x->exprs[i] = rel_column(&x->b->rel, x->input, i);
        x->names[i] = rel_name(x->input, i);
    }
    x->count = width;
    return STATUS_OK;
}

enum status bind_over_rel(struct binder *b, struct rel *input, const struct list *overs, struct expr **exprs, uint32_t count, struct rel **ret) {
    struct extra x = {.b = b, .input = input};
    TRY(extra_init(&x, overs));
    struct rel_rank *params = ARENA_ARRAY(b->rel.arena, struct rel_rank, overs->count);
    if (params == NULL) return error_no_memory(b->rel.error, sizeof *params);
    for (uint32_t i = 0; i < overs->count; i++) TRY(over_params(&x, overs->at[i], &params[i]));
    struct rel *r = input;
    if (x.count > rel_width(input)) r = rel_project(&b->rel, input, x.exprs, x.names, x.count);
    const struct type *bigint = type_simple(b->rel.types, TYPE_BIGINT, false);
    struct renumber n = {b->rel.arena, x.count};
    for (uint32_t i = 0; i < overs->count && r != NULL; i++) {
        struct str name = arena_format(b->rel.arena, "w%u$o0", i);
        r = rel_over_input(&b->rel, REL_OVER, r, rel_row_append(&b->rel, r->row, &name, &bigint, 1));
        if (r == NULL) break;
        r->as.rank = params[i];
        r->span = ((const struct over_item *)overs->at[i])->span;
    }
    if (r == NULL) return error_no_memory(b->rel.error, sizeof *r);
    for (uint32_t i = 0; i < count; i++) {
        if (exprs[i] == NULL) continue;
        exprs[i] = expr_transform(b->rel.arena, exprs[i], renumber_replace, &n);
        if (exprs[i] == NULL) return error_no_memory(b->rel.error, sizeof **exprs);
    }
    *ret = r;
    return STATUS_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_rank: a filter on ROW_NUMBER() OVER becomes a RANK node with a range. Conjuncts of the form
 * number <op> constant (or number <= column) give the range, the others stay above. A range of one
 * number makes the number a constant, so the node need not produce it.
 */
#include "plan/rel.h"

#include "func/eval.h"

#include <assert.h>

static enum status no_memory(const struct rel_context *c) { return error_no_memory(c->error, sizeof(struct rel)); }

enum compare { COMPARE_NONE, COMPARE_LT, COMPARE_LE, COMPARE_EQ, COMPARE_GE, COMPARE_GT };

static enum compare compare_of(const struct expr *e) {
    static const char *const names[] = {"<", "<=", "=", ">=", ">"};
    if (e->kind != EXPR_CALL || e->arg_count != 2) return COMPARE_NONE;
    for (int i = 0; i < 5; i++) {
        if (str_equal(e->func->name, str_of(names[i]))) return (enum compare)(i + 1);
    }
    return COMPARE_NONE;
}

static enum compare mirrored(enum compare c) { return c == COMPARE_NONE ? c : (enum compare)(COMPARE_LT + COMPARE_GT - (int)c); }

struct range {
    int64_t from, to;
    int32_t to_column;
    bool has_from, has_to;
};

static bool constant_i64(const struct rel_context *c, struct expr *e, int64_t *ret) {
    struct vec *v = NULL;
    struct error quiet = ERROR_INIT;
    if (!expr_is_constant(e) || !type_is_integer(e->type)) return false;
    if (eval_constant(c->arena, e, c->eval, &v, &quiet) != STATUS_OK || vec_is_null(v, 0)) return false;
    switch (e->type->phys) {
    case PHYS_I8: *ret = VEC_VALUE(v, int8_t, 0); return true;
    case PHYS_I16: *ret = VEC_VALUE(v, int16_t, 0); return true;
    case PHYS_I32: *ret = VEC_VALUE(v, int32_t, 0); return true;
    default: *ret = VEC_VALUE(v, int64_t, 0); return true;
    }
}

/* Takes a conjunct into the range; false: it says something else. */
static bool range_take(const struct rel_context *c, struct range *r, const struct expr *e, uint32_t number) {
    enum compare op = compare_of(e);
    if (op == COMPARE_NONE) return false;
    struct expr *a = e->args[0], *b = e->args[1];
    if (b->kind == EXPR_INPUT && b->index == number) {
        struct expr *swap = a;
        a = b;
        b = swap;
        op = mirrored(op);
    }
    if (a->kind != EXPR_INPUT || a->index != number) return false;
    int64_t n = 0;
    while (b->kind == EXPR_CALL && b->arg_count == 1 && type_is_integer(b->type) && type_is_integer(b->args[0]->type) && str_equal(b->func->name, STR("CAST"))) b = b->args[0];
    if (b->kind == EXPR_INPUT && b->index != number && op == COMPARE_LE && !r->has_to) {
        r->to_column = (int32_t)b->index;
        r->has_to = true;
        return true;
    }
    if (!constant_i64(c, b, &n)) return false;
    bool lower = op >= COMPARE_EQ, upper = op <= COMPARE_EQ;
    if ((lower && r->has_from) || (upper && r->has_to)) return false;
    if (lower) r->from = op == COMPARE_GT ? n + 1 : n;
    if (upper) r->to = op == COMPARE_LT ? n - 1 : n;
    r->has_from |= lower;
    r->has_to |= upper;
    return true;
}

static enum status refuse(const struct rel_context *c, const struct rel *over) {
    error_at(c->error, STATUS_UNSUPPORTED, over->span, "Weir runs ROW_NUMBER() OVER only with a filter that bounds the number");
    return error_hint(c->error, "Write SELECT ... FROM (SELECT ..., ROW_NUMBER() OVER (...) AS rn FROM ...) WHERE rn <= 10");
}

/* RANK without its number, and the constant in its place. */
static enum status with_constant(const struct rel_context *c, struct rel *rank, const struct rel *over, struct rel **ret) {
    uint32_t n = rel_width(over);
    struct expr **exprs = ARENA_ARRAY(c->arena, struct expr *, n);
    struct str *names = ARENA_ARRAY(c->arena, struct str, n);
    if (exprs == NULL || names == NULL) return no_memory(c);
    rank->as.rank.with_rank = false;
    rank->row = rel_input(over)->row;
    for (uint32_t i = 0; i < n; i++) {
        names[i] = rel_name(over, i);
        exprs[i] = i + 1 < n ? rel_column(c, rank, i) : expr_i64(c->arena, rel_type(over, i), rank->as.rank.from);
        if (exprs[i] == NULL) return no_memory(c);
    }
    *ret = rel_project(c, rank, exprs, names, n);
    return *ret == NULL ? no_memory(c) : STATUS_OK;
}

static enum status rank_of(const struct rel_context *c, struct rel *over, struct expr *condition, struct rel **ret) {
    struct list all = {0}, rest = {0};
    struct range range = {.from = 1, .to = INT64_MAX, .to_column = -1};
    uint32_t number = rel_width(over) - 1;
    TRY(expr_conjuncts(c->arena, condition, &all));
    for (uint32_t i = 0; i < all.count; i++) {
        if (!range_take(c, &range, all.at[i], number)) TRY(list_push(&rest, c->arena, all.at[i]));
    }
    if (!range.has_to) return refuse(c, over);
    struct rel *r = rel_copy(c, over);
    if (r == NULL) return no_memory(c);
    r->kind = REL_RANK;
    r->as.rank.from = range.from < 1 ? 1 : range.from;
    r->as.rank.to = range.to;
    r->as.rank.to_column = range.to_column;
    r->as.rank.with_rank = true;
    if (range.to_column < 0 && range.to < r->as.rank.from) {
        return error_at(c->error, STATUS_INVALID, over->span, "The filter on ROW_NUMBER() keeps no row");
    }
    *ret = r;
    if (range.to_column < 0 && r->as.rank.from == range.to) TRY(with_constant(c, r, over, ret));
    if (rest.count == 0) return STATUS_OK;
    struct expr *left = expr_and(c, &rest);
    *ret = left == NULL ? NULL : rel_filter(c, *ret, left);
    return *ret == NULL ? no_memory(c) : STATUS_OK;
}

enum status rule_rank(const struct rel_context *c, struct rel *r, struct rel **ret) {
    if (r->kind == REL_FILTER && rel_input(r)->kind == REL_OVER) {
        struct rel *over = rel_input(r);
        TRY(rel_map_inputs(c, over, rule_rank, &over));
        return rank_of(c, over, r->as.filter.condition, ret);
    }
    if (r->kind == REL_OVER) return refuse(c, r);
    return rel_map_inputs(c, r, rule_rank, ret);
}

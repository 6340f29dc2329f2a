/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_merge: projections over projections become one, filters sink below projections and below the
 * grouping of an aggregate when they look at keys alone, filters over filters are joined. Expressions
 * with side effects of time or chance (not deterministic) are never moved or doubled.
 */
#include "plan/rel.h"

#include <assert.h>

static enum status no_memory(const struct rel_context *c) { return error_no_memory(c->error, sizeof(struct rel)); }

static bool all_deterministic(const struct rel *project) {
    for (uint32_t i = 0; i < rel_width(project); i++) {
        if (!expr_is_deterministic(project->as.project.exprs[i])) return false;
    }
    return true;
}

/* Is every non-deterministic column of the inner projection used at most as it is, and once? */
static bool may_compose(const struct rel *outer, const struct rel *inner) {
    if (all_deterministic(inner)) return true;
    for (uint32_t i = 0; i < rel_width(inner); i++) {
        if (expr_is_deterministic(inner->as.project.exprs[i])) continue;
        uint32_t uses = 0;
        for (uint32_t k = 0; k < rel_width(outer); k++) {
            const struct expr *e = outer->as.project.exprs[k];
            if (e->kind == EXPR_INPUT) {
                uses += e->index == i;
                continue;
            }
            bool used[4096] = {false};
            if (rel_width(inner) > 4096) return false;
            expr_inputs(e, used);
            if (used[i]) return false;
        }
        if (uses > 1) return false;
    }
    return true;
}

struct substitute {
    struct arena *arena;
    struct expr *const *exprs;
};

/* An input reference may have dropped the time attribute: the type written above wins. */
static struct expr *substitute_replace(void *context, const struct expr *e) {
    const struct substitute *s = context;
    if (e->kind != EXPR_INPUT) return NULL;
    struct expr *x = s->exprs[e->index];
    return x->type->phys == e->type->phys ? expr_retype(s->arena, x, e->type) : x;
}

static enum status compose(const struct rel_context *c, const struct rel *outer, const struct rel *inner, struct rel **ret) {
    struct substitute s = {c->arena, inner->as.project.exprs};
    struct rel *n = rel_copy(c, outer);
    if (n == NULL) return no_memory(c);
    n->inputs.at[0] = rel_input(inner);
    n->as.project.exprs = ARENA_ARRAY(c->arena, struct expr *, rel_width(outer));
    if (n->as.project.exprs == NULL) return no_memory(c);
    for (uint32_t i = 0; i < rel_width(outer); i++) {
        n->as.project.exprs[i] = expr_transform(c->arena, outer->as.project.exprs[i], substitute_replace, &s);
        if (n->as.project.exprs[i] == NULL) return no_memory(c);
    }
    *ret = n;
    return STATUS_OK;
}

static enum status filter_of(const struct rel_context *c, struct rel *input, struct expr *condition, struct rel **ret);

static enum status push_below_project(const struct rel_context *c, const struct rel *project, struct expr *condition, struct rel **ret) {
    struct substitute s = {c->arena, project->as.project.exprs};
    struct expr *moved = expr_transform(c->arena, condition, substitute_replace, &s);
    struct rel *n = rel_copy(c, project), *below = NULL;
    if (moved == NULL || n == NULL) return no_memory(c);
    TRY(filter_of(c, rel_input(project), moved, &below));
    n->inputs.at[0] = below;
    *ret = n;
    return STATUS_OK;
}

static bool only_keys(const struct rel *aggregate, const struct expr *e) {
    if (e->kind == EXPR_INPUT) return e->index < aggregate->as.aggregate.key_count;
    for (uint32_t i = 0; i < e->arg_count; i++) {
        if (!only_keys(aggregate, e->args[i])) return false;
    }
    return expr_is_deterministic(e);
}

static struct expr *key_replace(void *context, const struct expr *e) {
    void *const *pair = context;
    const struct rel *aggregate = pair[1];
    if (e->kind != EXPR_INPUT) return NULL;
    return expr_input(pair[0], aggregate->as.aggregate.keys[e->index], e->type);
}

/* Conjuncts on keys go below the aggregate, the others stay. */
static enum status push_below_aggregate(const struct rel_context *c, struct rel *aggregate, struct expr *condition, struct rel **ret) {
    struct list all = {0}, below = {0}, above = {0};
    TRY(expr_conjuncts(c->arena, condition, &all));
    for (uint32_t i = 0; i < all.count; i++) {
        bool keys = aggregate->as.aggregate.key_count > 0 && only_keys(aggregate, all.at[i]) && !expr_is_constant(all.at[i]);
        TRY(list_push(keys ? &below : &above, c->arena, all.at[i]));
    }
    *ret = aggregate;
    if (below.count > 0) {
        void *pair[2] = {c->arena, aggregate};
        struct expr *moved = expr_transform(c->arena, expr_and(c, &below), key_replace, pair);
        struct rel *input = NULL, *n = rel_copy(c, aggregate);
        if (moved == NULL || n == NULL) return no_memory(c);
        TRY(filter_of(c, rel_input(aggregate), moved, &input));
        n->inputs.at[0] = input;
        *ret = n;
    }
    if (above.count > 0) *ret = rel_filter(c, *ret, expr_and(c, &above));
    return *ret == NULL ? no_memory(c) : STATUS_OK;
}

static enum status filter_of(const struct rel_context *c, struct rel *input, struct expr *condition, struct rel **ret) {
    if (input->kind == REL_PROJECT && all_deterministic(input)) return push_below_project(c, input, condition, ret);
    if (input->kind == REL_AGGREGATE && rel_input(input)->kind != REL_EXPAND) return push_below_aggregate(c, input, condition, ret);
    if (input->kind == REL_FILTER) {
        struct list both = {0};
        TRY(expr_conjuncts(c->arena, input->as.filter.condition, &both));
        TRY(expr_conjuncts(c->arena, condition, &both));
        input = rel_input(input);
        condition = expr_and(c, &both);
        if (condition == NULL) return no_memory(c);
    }
    *ret = rel_filter(c, input, condition);
    return *ret == NULL ? no_memory(c) : STATUS_OK;
}

enum status rule_merge(const struct rel_context *c, struct rel *r, struct rel **ret) {
    TRY(rel_map_inputs(c, r, rule_merge, &r));
    *ret = r;
    if (r->kind == REL_FILTER) {
        struct rel *input = rel_input(r);
        TRY(filter_of(c, input, r->as.filter.condition, ret));
        return STATUS_OK;
    }
    if (r->kind != REL_PROJECT || rel_input(r)->kind != REL_PROJECT || !may_compose(r, rel_input(r))) return STATUS_OK;
    return compose(c, r, rel_input(r), ret);
}

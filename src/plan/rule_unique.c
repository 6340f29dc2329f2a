/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_unique: an aggregate whose groups have one row each is only a projection. As Flink's
 * FlinkAggregateRemoveRule: the grouping columns hold a unique key of the input, and every call is a
 * SUM, MIN or MAX of one column without FILTER.
 */
#include "plan/rel.h"

#include "func/func.h"

static enum status no_memory(const struct rel_context *c) { return error_no_memory(c->error, sizeof(struct rel)); }

static bool holds(const bool *set, const uint32_t *columns, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        if (!set[columns[i]]) return false;
    }
    return true;
}

static bool scan_unique(const struct rel *r, const bool *set) {
    const struct table *t = r->as.scan.table;
    for (uint32_t k = 0; k < t->key_count; k++) {
        bool found = false;
        for (uint32_t i = 0; i < rel_width(r) && !found; i++) found = set[i] && r->as.scan.columns[i] == t->key[k];
        if (!found) return false;
    }
    return t->key_count > 0;
}

static bool keys_unique(uint32_t count, const bool *set) {
    for (uint32_t i = 0; i < count; i++) {
        if (!set[i]) return false;
    }
    return true;
}

/* Are rows of r told apart by the columns in set? */
static bool is_unique(const struct rel_context *c, const struct rel *r, const bool *set) {
    switch (r->kind) {
    case REL_SCAN: return scan_unique(r, set);
    case REL_FILTER:
    case REL_WATERMARK: return is_unique(c, rel_input(r), set);
    case REL_AGGREGATE: return keys_unique(r->as.aggregate.key_count, set);
    case REL_RANK: {
        const struct rel_rank *k = &r->as.rank;
        return k->to_column < 0 && k->from == k->to && holds(set, k->partition, k->partition_count);
    }
    case REL_PROJECT: {
        bool *below = ARENA_ARRAY(c->arena, bool, rel_width(rel_input(r)));
        if (below == NULL) return false;
        for (uint32_t i = 0; i < rel_width(r); i++) {
            const struct expr *e = r->as.project.exprs[i];
            if (set[i] && e->kind == EXPR_INPUT) below[e->index] = true;
        }
        return is_unique(c, rel_input(r), below);
    }
    default: return false;
    }
}

static bool is_simple(const struct agg_call *call) {
    static const char *const names[] = {"SUM", "MIN", "MAX"};
    if (call->arg_count != 1 || call->filter >= 0) return false;
    for (int i = 0; i < 3; i++) {
        if (str_equal(call->func->name, str_of(names[i]))) return true;
    }
    return false;
}

static enum status as_project(const struct rel_context *c, struct rel *r, struct rel **ret) {
    const struct rel_aggregate *a = &r->as.aggregate;
    struct rel *input = rel_input(r);
    uint32_t n = rel_width(r);
    struct expr **exprs = ARENA_ARRAY(c->arena, struct expr *, n);
    struct str *names = ARENA_ARRAY(c->arena, struct str, n);
    if (exprs == NULL || names == NULL) return no_memory(c);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t from = i < a->key_count ? a->keys[i] : a->aggs[i - a->key_count].args[0];
        names[i] = rel_name(r, i);
        exprs[i] = rel_column(c, input, from);
        if (exprs[i] == NULL) return no_memory(c);
        if (i >= a->key_count) TRY(func_cast(c->arena, c->types, c->eval, exprs[i], rel_type(r, i), false, r->span, &exprs[i], c->error));
    }
    *ret = rel_project(c, input, exprs, names, n);
    return *ret == NULL ? no_memory(c) : STATUS_OK;
}

enum status rule_unique(const struct rel_context *c, struct rel *r, struct rel **ret) {
    TRY(rel_map_inputs(c, r, rule_unique, &r));
    *ret = r;
    if (r->kind != REL_AGGREGATE || r->as.aggregate.key_count == 0) return STATUS_OK;
    const struct rel_aggregate *a = &r->as.aggregate;
    for (uint32_t i = 0; i < a->agg_count; i++) {
        if (!is_simple(&a->aggs[i])) return STATUS_OK;
    }
    bool *set = ARENA_ARRAY(c->arena, bool, rel_width(rel_input(r)));
    if (set == NULL) return no_memory(c);
    for (uint32_t i = 0; i < a->key_count; i++) set[a->keys[i]] = true;
    return is_unique(c, rel_input(r), set) ? as_project(c, r, ret) : STATUS_OK;
}

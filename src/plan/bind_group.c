/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bind_group: GROUP BY to keys and grouping sets. As in Flink, ordinals and aliases of SELECT items do
 * not count here: GROUP BY 1 groups by the constant 1. ROLLUP, CUBE and GROUPING SETS become a list of
 * sets; several elements combine by cross product.
 */
#include "plan/bind.h"

#include <assert.h>
#include <string.h>

enum { SETS_MAX = 256, KEYS_MAX = 64 };

/* Sets of key numbers as bits. */
struct sets {
    uint64_t at[SETS_MAX];
    uint32_t count;
};

static enum status add_key(struct expr_scope *s, const struct ast_expr *e, struct grouping *g, uint64_t *ret_bits) {
    struct expr *key = NULL;
    TRY(bind_expr(s, e, &key));
    uint32_t i = 0;
    while (i < g->keys.count && !expr_equal(g->keys.at[i], key)) i++;
    if (i == KEYS_MAX) return error_at(s->binder->rel.error, STATUS_LIMIT, e->span, "More than %d grouping keys", KEYS_MAX);
    if (i == g->keys.count) TRY(list_push(&g->keys, s->binder->rel.arena, key));
    *ret_bits |= UINT64_C(1) << i;
    return STATUS_OK;
}

/* All keys of an element that is one expression or a list of them. */
static enum status element_bits(struct expr_scope *s, const struct ast_group *e, struct grouping *g, uint64_t *ret_bits) {
    if (e->kind == AST_GROUP_EXPR && e->expr->kind == AST_ROW) {
        for (uint32_t i = 0; i < e->expr->arguments.count; i++) TRY(add_key(s, e->expr->arguments.at[i], g, ret_bits));
        return STATUS_OK;
    }
    if (e->kind == AST_GROUP_EXPR) return add_key(s, e->expr, g, ret_bits);
    for (uint32_t i = 0; i < e->elements.count; i++) TRY(element_bits(s, e->elements.at[i], g, ret_bits));
    return STATUS_OK;
}

static enum status sets_push(struct expr_scope *s, struct sets *sets, uint64_t bits, struct span span) {
    if (sets->count == SETS_MAX) return error_at(s->binder->rel.error, STATUS_LIMIT, span, "More than %d grouping sets", SETS_MAX);
    sets->at[sets->count++] = bits;
    return STATUS_OK;
}

static enum status element_sets(struct expr_scope *s, const struct ast_group *e, struct grouping *g, struct sets *out) {
    uint64_t bits[KEYS_MAX], all = 0;
    uint32_t n = e->elements.count;
    if (e->kind == AST_GROUP_EXPR || e->kind == AST_GROUP_SET) {
        TRY(element_bits(s, e, g, &all));
        return sets_push(s, out, all, e->span);
    }
    if (e->kind == AST_GROUPING_SETS) {
        for (uint32_t i = 0; i < n; i++) TRY(element_sets(s, e->elements.at[i], g, out));
        return STATUS_OK;
    }
    if (n > (e->kind == AST_GROUP_CUBE ? 8 : KEYS_MAX - 1)) return error_at(s->binder->rel.error, STATUS_LIMIT, e->span, "Too many elements");
    for (uint32_t i = 0; i < n; i++) {
        bits[i] = 0;
        TRY(element_bits(s, e->elements.at[i], g, &bits[i]));
    }
    uint32_t count = e->kind == AST_GROUP_CUBE ? 1u << n : n + 1;
    for (uint32_t i = 0; i < count; i++) {
        uint64_t set = 0;
        for (uint32_t k = 0; k < n; k++) {
            bool in = e->kind == AST_GROUP_CUBE ? ((count - 1 - i) >> (n - 1 - k) & 1) != 0 : k < n - i;
            if (in) set |= bits[k];
        }
        TRY(sets_push(s, out, set, e->span));
    }
    return STATUS_OK;
}

static enum status cross(struct expr_scope *s, const struct sets *a, const struct sets *b, struct sets *out, struct span span) {
    out->count = 0;
    for (uint32_t i = 0; i < a->count; i++) {
        for (uint32_t k = 0; k < b->count; k++) TRY(sets_push(s, out, a->at[i] | b->at[k], span));
    }
    return STATUS_OK;
}

static bool set_before(uint64_t a, uint64_t b) {
    uint64_t differ = a ^ b;
    return differ != 0 && (a & (differ & (~differ + 1))) != 0;
}

static enum status keep_sets(struct binder *b, struct sets *sets, struct grouping *g) {
    uint64_t all = g->keys.count == KEYS_MAX ? UINT64_MAX : (UINT64_C(1) << g->keys.count) - 1;
    if (sets->count == 1 && sets->at[0] == all) return STATUS_OK;
    /* GROUPING SETS come in Calcite's order: by the first key that only one of two has. */
    for (uint32_t i = 1; i < sets->count; i++) {
        uint64_t x = sets->at[i];
        uint32_t k = i;
        for (; k > 0 && set_before(x, sets->at[k - 1]); k--) sets->at[k] = sets->at[k - 1];
        sets->at[k] = x;
    }
    g->sets = ARENA_ARRAY(b->rel.arena, bool *, sets->count);
    if (g->sets == NULL) return error_no_memory(b->rel.error, sets->count * 8);
    g->set_count = sets->count;
    for (uint32_t i = 0; i < sets->count; i++) {
        g->sets[i] = ARENA_ARRAY(b->rel.arena, bool, g->keys.count);
        if (g->sets[i] == NULL) return error_no_memory(b->rel.error, g->keys.count);
        for (uint32_t k = 0; k < g->keys.count; k++) g->sets[i][k] = (sets->at[i] >> k & 1) != 0;
    }
    return STATUS_OK;
}

/*
 * The number of a grouping set in its rows, which are grouped by it: Flink's, a bit per key, 1 where the
 * set leaves it out, the first key the highest. A set that comes again has a number of its own.
 */
int64_t bind_set_id(const struct grouping *g, uint32_t set) {
    uint32_t n = g->keys.count;
    int64_t id = 0;
    bool again = n > 40; /* more keys than anybody groups by */
    for (uint32_t i = 0; i < set && !again; i++) again = memcmp(g->sets[i], g->sets[set], n * sizeof **g->sets) == 0;
    if (again) return (INT64_C(1) << 40) + set;
    for (uint32_t k = 0; k < n; k++) id = id * 2 + !g->sets[set][k];
    return id;
}

/* GROUPING(a, b): a bit per argument, 1 where the row's grouping set leaves the key out. */
enum status bind_grouping_call(struct expr_scope *s, const struct ast_expr *e, struct expr **ret) {
    struct binder *b = s->binder;
    const struct grouping *g = s->grouping;
    const struct type *bigint = type_simple(b->rel.types, TYPE_BIGINT, false);
    uint32_t n = e->arguments.count, keys[KEYS_MAX];
    bool group_id = str_equal_ignore_case(e->text, STR("GROUP_ID"));
    if (g == NULL) return error_at(b->rel.error, STATUS_INVALID, e->span, "%.*s operator may only occur in an aggregate query", STR_ARG(e->text));
    if (n > KEYS_MAX || group_id != (n == 0)) return error_at(b->rel.error, STATUS_INVALID, e->span, "Invalid number of arguments to function '%.*s'", STR_ARG(e->text));
    for (uint32_t i = 0; i < n; i++) {
        struct expr *key = NULL;
        const struct ast_expr *a = e->arguments.at[i];
        TRY(bind_expr(s, a, &key));
        for (keys[i] = 0; keys[i] < g->keys.count && !expr_equal(g->keys.at[keys[i]], key); keys[i]++) {}
        if (keys[i] == g->keys.count) return error_at(b->rel.error, STATUS_INVALID, a->span, "Argument to %.*s operator must be a grouped expression", STR_ARG(e->text));
    }
    *ret = expr_i64(b->rel.arena, bigint, 0);
    if (g->sets == NULL || group_id || *ret == NULL) return STATUS_OK;
    struct expr **arms = ARENA_ARRAY(b->rel.arena, struct expr *, 2 * g->set_count + 1);
    if (arms == NULL) return error_no_memory(b->rel.error, g->set_count * 16);
    for (uint32_t i = 0; i < g->set_count; i++) {
        int64_t bits = 0;
        for (uint32_t k = 0; k < n; k++) bits = bits * 2 + !g->sets[i][keys[k]];
        struct expr *pair[2] = {expr_input(b->rel.arena, BIND_SET_COLUMN, bigint), expr_i64(b->rel.arena, bigint, bind_set_id(g, i))};
        if (pair[0] == NULL || pair[1] == NULL) return error_no_memory(b->rel.error, sizeof **arms);
        TRY(bind_named(s, "=", e->span, pair, 2, &arms[2 * i]));
        arms[2 * i + 1] = expr_i64(b->rel.arena, bigint, bits);
    }
    arms[2 * g->set_count] = *ret;
    *ret = expr_special(b->rel.arena, EXPR_CASE, bigint, arms, 2 * g->set_count + 1);
    return STATUS_OK;
}

/* GROUP BY DISTINCT: each grouping set once. */
static void drop_repeats(struct sets *sets) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < sets->count; i++) {
        bool seen = false;
        for (uint32_t k = 0; k < kept; k++) seen = seen || sets->at[k] == sets->at[i];
        if (!seen) sets->at[kept++] = sets->at[i];
    }
    sets->count = kept;
}

enum status bind_grouping(struct expr_scope *s, const struct ast_query *q, struct grouping *ret) {
    struct binder *b = s->binder;
    struct sets *work = ARENA_ARRAY(b->rel.arena, struct sets, 3);
    if (work == NULL) return error_no_memory(b->rel.error, sizeof(struct sets));
    struct sets *all = &work[0], *next = &work[1], *one = &work[2];
    all->at[0] = 0;
    all->count = 1;
    for (uint32_t i = 0; i < q->group_by.count; i++) {
        const struct ast_group *e = q->group_by.at[i];
        one->count = 0;
        TRY(element_sets(s, e, ret, one));
        TRY(cross(s, all, one, next, e->span));
        struct sets *swap = all;
        all = next;
        next = swap;
    }
    if (q->group_distinct) drop_repeats(all);
    return keep_sets(b, all, ret);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_empty: a condition that is never TRUE and LIMIT 0 make no rows: their input is not read. A global aggregate
 * of no rows at all is then one constant row, COUNT 0 and the others NULL, as Flink's planner has it
 * (over a stream that happens to be empty such an aggregate says nothing).
 */
#include "plan/rel.h"

static enum status no_memory(const struct rel_context *c) { return error_no_memory(c->error, sizeof(struct rel)); }

static bool is_never_true(const struct expr *e) {
    if (e->kind != EXPR_LITERAL || e->type->root != TYPE_BOOLEAN) return false;
    return vec_is_null(e->value, 0) || VEC_VALUE(e->value, uint8_t, 0) == 0;
}

static enum status values_of(const struct rel_context *c, const struct rel *like, uint32_t rows, struct rel **ret) {
    uint32_t n = rel_width(like);
    struct rel *r = rel_new(c, REL_VALUES, like->row, like->span);
    if (r == NULL) return no_memory(c);
    r->as.values.columns = ARENA_ARRAY(c->arena, struct vec *, n);
    if (r->as.values.columns == NULL) return no_memory(c);
    r->as.values.row_count = rows;
    for (uint32_t i = 0; i < n; i++) {
        if (vec_new(c->arena, c->arena, rel_type(like, i), 1, &r->as.values.columns[i]) != STATUS_OK) return no_memory(c);
    }
    *ret = r;
    return STATUS_OK;
}

static bool is_empty(const struct rel *r) {
    switch (r->kind) {
    case REL_VALUES: return r->as.values.row_count == 0;
    case REL_PROJECT:
    case REL_FILTER:
    case REL_WATERMARK:
    case REL_TVF: return is_empty(rel_input(r));
    default: return false;
    }
}

static enum status constant_aggregate(const struct rel_context *c, const struct rel *r, struct rel **ret) {
    const struct rel_aggregate *a = &r->as.aggregate;
    TRY(values_of(c, r, 1, ret));
    for (uint32_t i = 0; i < a->agg_count; i++) {
        struct vec *v = (*ret)->as.values.columns[i];
        if (str_equal(a->aggs[i].func->name, STR("COUNT"))) VEC_DATA(v, int64_t)[0] = 0;
        else vec_set_null(v, 0);
    }
    return STATUS_OK;
}

enum status rule_empty(const struct rel_context *c, struct rel *r, struct rel **ret) {
    TRY(rel_map_inputs(c, r, rule_empty, &r));
    *ret = r;
    if (r->kind == REL_FILTER && is_never_true(r->as.filter.condition)) return values_of(c, r, 0, ret);
    if (r->kind == REL_SORT && r->as.sort.limit == 0) return values_of(c, r, 0, ret); /* or a stream would be read without end */
    if (r->kind == REL_AGGREGATE && r->as.aggregate.key_count == 0 && r->as.aggregate.agg_count > 0 && is_empty(rel_input(r))) return constant_aggregate(c, r, ret);
    return STATUS_OK;
}

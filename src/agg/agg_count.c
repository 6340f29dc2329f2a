/* SPDX-License-Identifier: Apache-2.0 */
/*
 * COUNT(*) and COUNT(x): one word. It goes down with retractions, also below zero for a moment, as
 * Flink's does.
 */
#include "agg/agg_impls.h"

static const struct state_field count_fields[] = {{"count", STATE_WORD}};

static bool any_null(const struct agg_call *c, const struct vec *const *args, uint32_t row) {
    for (uint32_t a = 0; a < c->arg_count; a++)
        if (vec_is_null(args[a], row)) return true;
    return false;
}

static enum status count_fold(const struct agg_call *c, struct state *s, uint64_t *const *accs,
                              const struct vec *const *args, const struct rows *rows,
                              const int8_t *signs, struct error *e) {
    (void)s;
    (void)e;
    bool nulls = false;
    for (uint32_t a = 0; a < c->arg_count; a++)
        nulls |= vec_base(args[a])->valid != NULL || args[a]->type->root == TYPE_NULL;
    for (uint32_t i = 0; i < rows->count; i++) {
        if (nulls && any_null(c, args, rows_at(rows, i))) continue;
        accs[i][0] += signs == NULL ? 1 : (uint64_t)(int64_t)signs[i];
    }
    return STATUS_OK;
}

static enum status count_merge(const struct agg_call *c, struct state *s, uint64_t *dst,
                               const uint64_t *src, struct error *e) {
    (void)c;
    (void)s;
    (void)e;
    *dst += *src;
    return STATUS_OK;
}

static enum status count_subtract(const struct agg_call *c, struct state *s, uint64_t *dst,
                                  const uint64_t *src, struct error *e) {
    (void)c;
    (void)s;
    (void)e;
    *dst -= *src;
    return STATUS_OK;
}

static enum status count_result(const struct agg_call *c, struct state *s, const uint64_t *acc,
                                struct vec *out, uint32_t row, struct error *e) {
    (void)c;
    (void)s;
    (void)e;
    vec_set_valid(out, row);
    VEC_DATA(out, uint64_t)[row] = *acc;
    return STATUS_OK;
}

static const char *count_partial_name(const struct agg_call *c, uint32_t i) {
    (void)i;
    return c->arg_count == 0 ? "count1" : "count";
}

static const struct type *count_partial_type(const struct agg_call *c, struct types *t,
                                             uint32_t i) {
    (void)c;
    (void)i;
    return type_simple(t, TYPE_BIGINT, false);
}

static enum status count_partial_write(const struct agg_call *c, struct state *s,
                                       uint64_t *const *accs, uint32_t count,
                                       struct vec *const *out, uint32_t row, struct error *e) {
    (void)c;
    (void)s;
    (void)e;
    for (uint32_t i = 0; i < count; i++) VEC_DATA(out[0], uint64_t)[row + i] = *accs[i];
    return STATUS_OK;
}

static enum status count_partial_fold(const struct agg_call *c, struct state *s,
                                      uint64_t *const *accs, const struct vec *const *in,
                                      const struct rows *rows, struct error *e) {
    (void)c;
    (void)s;
    (void)e;
    FOLD_ROWS(uint64_t, accs, in[0], rows, (const int8_t *)NULL, { *acc += x; });
    return STATUS_OK;
}

const struct agg_impl agg_count = {
    IMPL_FIELDS(count_fields),
    .fold = count_fold,
    .merge = count_merge,
    .subtract = count_subtract,
    .result = count_result,
    .partial_count = partial_one,
    .partial_name = count_partial_name,
    .partial_type = count_partial_type,
    .partial_write = count_partial_write,
    .partial_fold = count_partial_fold,
};

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dict: one struct vec per column, refilled for each batch; composed indexes are allocated the
 * first time a column needs one.
 */
#include "op/dict.h"

#include <assert.h>

struct dict {
    struct arena *arena;
    uint32_t column_count;
    struct vec *vecs;
    uint32_t **composed;
};

enum status dict_new(struct arena *a, uint32_t column_count, struct dict **ret) {
    struct dict *d = ARENA_NEW(a, struct dict);
    if (d == NULL) return STATUS_NO_MEMORY;
    d->arena = a;
    d->column_count = column_count;
    d->vecs = ARENA_ARRAY(a, struct vec, column_count);
    d->composed = ARENA_ARRAY(a, uint32_t *, column_count);
    if (d->vecs == NULL || d->composed == NULL) return STATUS_NO_MEMORY;
    *ret = d;
    return STATUS_OK;
}

static enum status compose(struct dict *d, uint32_t i, const struct vec *v, const uint32_t *index,
                           uint32_t count, const uint32_t **ret) {
    if (d->composed[i] == NULL) {
        d->composed[i] = ARENA_ARRAY(d->arena, uint32_t, BATCH_ROWS_MAX);
        if (d->composed[i] == NULL) return STATUS_NO_MEMORY;
    }
    for (uint32_t k = 0; k < count; k++) d->composed[i][k] = vec_row(v, index[k]);
    *ret = d->composed[i];
    return STATUS_OK;
}

enum status dict_make(struct dict *d, struct vec *const *in, const uint32_t *columns, const uint32_t *index,
                      uint32_t count, struct vec **out) {
    assert(count <= BATCH_ROWS_MAX);
    for (uint32_t i = 0; i < d->column_count; i++) {
        const struct vec *v = in[columns == NULL ? i : columns[i]];
        const uint32_t *seen = index;
        if (v->form == VEC_DICT) TRY(compose(d, i, v, index, count, &seen));
        d->vecs[i] = (struct vec){.type = v->type, .form = VEC_DICT, .capacity = BATCH_ROWS_MAX,
                                  .index = seen, .base = vec_base(v), .arena = v->arena};
        out[i] = &d->vecs[i];
    }
    return STATUS_OK;
}

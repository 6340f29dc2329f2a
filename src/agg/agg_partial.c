/* SPDX-License-Identifier: Apache-2.0 */
/*
 * agg partial: accumulators as partial rows: what a local aggregate sends to the global one. Columns
 * of plain types where an accumulator is a few numbers or one value, packets of bytes where it is a
 * set, a list or an ordered multiset; so an exchange carries them like any other column.
 *
 * Also the step of incremental aggregation that turns one bundle of a bucket into what it adds to its
 * group: distinct values count only when the bucket's sets in the state did not have them.
 */
#include "agg/agg_set.h"

#include "vec/batch.h"

/* ---- layout ---- */

bool agg_can_split(const struct agg_call *calls, uint32_t count) {
    for (uint32_t i = 0; i < count; i++)
        if (calls[i].impl->partial_count == NULL || calls[i].impl->merge == NULL) return false;
    return true;
}

static enum status partial_add(struct arena *a, struct agg_partial *p, const char *name,
                               uint32_t number, const struct type *type, struct error *e) {
    *p = (struct agg_partial){type, arena_format(a, "%s$%u", name, number)};
    return type == NULL || p->name.at == NULL ? error_no_memory(e, 1) : STATUS_OK;
}

enum status agg_partials(struct arena *a, struct types *t, const struct agg_call *calls,
                         uint32_t count, bool count_rows, struct agg_partial **ret,
                         uint32_t *ret_count, struct error *e) {
    assert(agg_can_split(calls, count));
    int32_t *set_of = ARENA_ARRAY(a, int32_t, count);
    uint32_t n = 0, max = 1 + count;
    for (uint32_t i = 0; i < count; i++) max += calls[i].impl->partial_count(&calls[i]);
    struct agg_partial *p = ARENA_ARRAY(a, struct agg_partial, max);
    if (p == NULL || set_of == NULL) return error_no_memory(e, max);
    uint32_t sets = agg_distinct_sets(calls, count, set_of);
    for (uint32_t i = 0; i < count; i++) {
        const struct agg_impl *impl = calls[i].impl;
        for (uint32_t k = 0; set_of[i] < 0 && k < impl->partial_count(&calls[i]); k++, n++)
            TRY(partial_add(a, &p[n], impl->partial_name(&calls[i], k), n,
                            impl->partial_type(&calls[i], t, k), e));
    }
    if (count_rows) {
        TRY(partial_add(a, &p[n], "count1", n, type_simple(t, TYPE_BIGINT, false), e));
        n++;
    }
    for (uint32_t k = 0; k < sets; k++, n++)
        TRY(partial_add(a, &p[n], "distinct", k, packet_type(NULL, t, 0), e));
    *ret = p;
    *ret_count = n;
    return STATUS_OK;
}

/* ---- writing and folding ---- */

/* The accumulators of one call. */
static uint64_t *const *accumulators(struct agg_set *g, uint32_t call, uint64_t *const *values,
                                     uint32_t count) {
    assert(count <= BATCH_ROWS_MAX);
    for (uint32_t i = 0; i < count; i++) g->picked[call].accs[i] = values[i] + g->offsets[call];
    return g->picked[call].accs;
}

enum status agg_set_partial_write(struct agg_set *g, struct state *s, uint64_t *const *values,
                                  uint32_t count, struct vec *const *out, uint32_t row,
                                  struct error *e) {
    uint32_t column = 0;
    for (uint32_t k = 0; k < g->count; k++) {
        const struct agg_call *c = &g->calls[k];
        if (c->distinct) continue;
        TRY(c->impl->partial_write(c, s, accumulators(g, k, values, count), count, out + column,
                                   row, e));
        column += c->impl->partial_count(c);
    }
    if (g->count_rows) {
        uint64_t *rows = VEC_DATA(out[column++], uint64_t) + row;
        for (uint32_t i = 0; i < count; i++) rows[i] = values[i][0];
    }
    for (uint32_t k = 0; k < g->set_count; k++, column++)
        for (uint32_t i = 0; i < count; i++)
            TRY(distinct_write(g, &g->sets[k], s, values[i][g->sets[k].word], out[column], row + i,
                               e));
    return STATUS_OK;
}

enum status agg_set_partial_fold(struct agg_set *g, struct state *s, uint64_t *const *values,
                                 struct vec *const *in, const struct rows *rows, bool whole,
                                 struct error *e) {
    uint32_t column = 0;
    for (uint32_t k = 0; k < g->count; k++) {
        const struct agg_call *c = &g->calls[k];
        if (c->distinct) continue;
        TRY(c->impl->partial_fold(c, s, accumulators(g, k, values, rows->count),
                                  (const struct vec *const *)in + column, rows, e));
        column += c->impl->partial_count(c);
    }
    if (g->count_rows) {
        const struct vec *v = in[column++];
        for (uint32_t i = 0; i < rows->count; i++)
            values[i][0] += VEC_VALUE(v, uint64_t, rows_at(rows, i));
    }
    for (uint32_t k = 0; k < g->set_count; k++, column++)
        for (uint32_t i = 0; i < rows->count; i++) {
            const struct strv *bytes = &VEC_VALUE(in[column], struct strv, rows_at(rows, i));
            TRY(distinct_read(g, &g->sets[k], s, values[i], strv_str(bytes), whole ? g : NULL, e));
        }
    return STATUS_OK;
}

uint32_t agg_set_distinct_count(const struct agg_set *g) { return g->set_count; }

bool agg_set_has_distinct(const struct agg_set *g, const uint64_t *value) {
    for (uint32_t k = 0; k < g->set_count; k++)
        if (value[g->sets[k].word] != 0) return true;
    return false;
}

enum status agg_set_absorb(struct agg_set *g, struct state *s, uint64_t *roots, const uint64_t *src,
                           struct agg_set *to, uint64_t *dst, struct error *e) {
    assert(g->count == to->count && to->set_count == 0 && g->count_rows == to->count_rows);
    if (g->count_rows) dst[0] += src[0];
    for (uint32_t i = 0; i < g->count; i++) {
        const struct agg_call *c = &to->calls[i];
        if (g->calls[i].distinct) continue;
        TRY(c->impl->merge(c, s, dst + to->offsets[i], src + g->offsets[i], e));
    }
    for (uint32_t k = 0; k < g->set_count; k++)
        TRY(distinct_absorb(g, &g->sets[k], s, &roots[k], src[g->sets[k].word], to, dst, e));
    return STATUS_OK;
}

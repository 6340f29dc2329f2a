/* SPDX-License-Identifier: Apache-2.0 */
/*
 * distinct sets: per value and list of argument columns, an ordered map from the arguments' row bytes
 * to one signed count per call that uses the set. A call sees a row only when its count becomes 1, or
 * 0 again by a retraction. Calls with different filters share the set but not the counts.
 */
#include "agg/agg_set.h"

/* The arguments of the set's calls as row bytes, in the first call's buffer. */
static enum status key_bytes(const struct agg_call *c, struct vec *const *columns, uint32_t row,
                             struct str *ret, struct error *e) {
    const struct vec *args[4];
    uint32_t count = 0;
    for (uint32_t i = 0; i < c->arg_count; i++)
        if (c->constants[i] == NULL) args[count++] = columns[c->args[i]];
    struct buf *b = &c->scratch->bytes;
    buf_reset(b);
    uint32_t size = row_size_bytes(c->scratch->key_layout, args, row);
    if (!buf_reserve(b, size)) return error_no_memory(e, size);
    b->size_bytes = row_write(c->scratch->key_layout, args, row, b->at);
    *ret = buf_view(b);
    return STATUS_OK;
}

/* Counts of an entry, zeros when there is none. */
static struct str counts_get(struct state *s, state_ref root, struct str key, int64_t *counts,
                             uint32_t count) {
    struct str stored = state_sorted_get(s, root, key);
    memset(counts, 0, count * sizeof *counts);
    if (stored.at != NULL) memcpy(counts, stored.at, count * sizeof *counts);
    return stored;
}

static enum status counts_put(struct state *s, state_ref *root, struct str key, struct str stored,
                              const int64_t *counts, uint32_t count, struct error *e) {
    bool any = false;
    for (uint32_t i = 0; i < count; i++) any |= counts[i] != 0;
    if (!any) {
        if (stored.at != NULL) (void)state_sorted_remove(s, root, key);
        return STATUS_OK;
    }
    if (stored.at == NULL)
        return state_sorted_put(s, root, key,
                                (struct str){(const char *)counts, count * sizeof *counts}, e);
    state_write(s, stored.at, stored.size_bytes);
    memcpy((char *)(uintptr_t)stored.at, counts, count * sizeof *counts);
    return STATUS_OK;
}

static void pick(struct picked *p, uint64_t *acc, uint32_t row, int8_t sign) {
    p->accs[p->count] = acc;
    p->sel[p->count] = row;
    p->signs[p->count++] = sign;
}

enum { DISTINCT_CALLS_MAX = 64 };

static enum status distinct_row(struct agg_set *g, const struct distinct_set *d, struct state *s,
                                uint64_t *value, struct vec *const *columns, uint32_t row,
                                int8_t sign, struct error *e) {
    int64_t counts[DISTINCT_CALLS_MAX];
    bool passes[DISTINCT_CALLS_MAX];
    bool any = false, changed = false;
    for (uint32_t i = 0; i < d->count; i++)
        any |= passes[i] = agg_set_passes(&g->calls[d->calls[i]], columns, row);
    if (!any) return STATUS_OK;
    struct str key;
    TRY(key_bytes(&g->calls[d->calls[0]], columns, row, &key, e));
    struct str stored = counts_get(s, value[d->word], key, counts, d->count);
    for (uint32_t i = 0; i < d->count; i++) {
        if (!passes[i] || (!d->retract && counts[i] > 0)) continue;
        counts[i] += sign;
        changed = true;
        if (counts[i] == (sign > 0 ? 1 : 0))
            pick(&g->picked[d->calls[i]], value + g->offsets[d->calls[i]], row, sign);
    }
    return changed ? counts_put(s, &value[d->word], key, stored, counts, d->count, e) : STATUS_OK;
}

enum status distinct_fold(struct agg_set *g, const struct distinct_set *d, struct state *s,
                          uint64_t *const *values, struct vec *const *columns,
                          const struct rows *rows, const int8_t *signs, struct error *e) {
    if (d->count > DISTINCT_CALLS_MAX)
        return error_set(e, STATUS_LIMIT, "More than %d DISTINCT aggregates over the same columns.",
                         DISTINCT_CALLS_MAX);
    for (uint32_t i = 0; i < d->count; i++) g->picked[d->calls[i]].count = 0;
    for (uint32_t i = 0; i < rows->count; i++)
        TRY(distinct_row(g, d, s, values[i], columns, rows_at(rows, i),
                         signs == NULL ? 1 : signs[i], e));
    for (uint32_t i = 0; i < d->count && !g->delta; i++) {
        const struct agg_call *c = &g->calls[d->calls[i]];
        const struct picked *p = &g->picked[d->calls[i]];
        const struct vec *args[4] = {NULL};
        agg_set_args(c, columns, args);
        const struct rows chosen = {p->sel, p->count};
        TRY(c->impl->fold(c, s, p->accs, args, &chosen, signs == NULL ? NULL : p->signs, e));
    }
    return STATUS_OK;
}

/* The arguments of a set's entry back as vecs of one row. */
static enum status key_args(const struct agg_call *first, const struct agg_call *c, struct str key,
                            const struct vec *ret_args[4], struct error *e) {
    const struct agg_scratch *x = first->scratch;
    arena_reset(x->heap);
    for (uint32_t i = 0, column = 0; i < c->arg_count; i++) {
        ret_args[i] = c->constants[i];
        if (c->constants[i] != NULL) continue;
        vec_reset(x->decoded[column]);
        if (row_read(x->key_layout, key.at, column, x->decoded[column], 0) != STATUS_OK)
            return error_no_memory(e, 1);
        if (row_is_null(key.at, column))
            vec_set_null(x->decoded[column], 0);
        else
            vec_set_valid(x->decoded[column], 0);
        ret_args[i] = x->decoded[column++];
    }
    return STATUS_OK;
}

/* Adds counts to an entry; what appears in the set, or leaves it, is folded into `to`. */
static enum status add_counts(struct agg_set *g, const struct distinct_set *d, struct state *s,
                              state_ref *root, struct str key, const int64_t *add,
                              struct agg_set *to, uint64_t *dst, struct error *e) {
    const struct rows one = {NULL, 1};
    int64_t counts[DISTINCT_CALLS_MAX];
    bool changed = false;
    struct str stored = counts_get(s, *root, key, counts, d->count);
    for (uint32_t i = 0; i < d->count; i++) {
        int64_t before = counts[i];
        if (add[i] == 0 || (!d->retract && before > 0)) continue;
        counts[i] += add[i];
        changed = true;
        int8_t sign = before <= 0 && counts[i] > 0 ? 1 : before > 0 && counts[i] <= 0 ? -1 : 0;
        if (sign == 0 || to == NULL) continue;
        const struct agg_call *c = &to->calls[d->calls[i]];
        const struct vec *args[4] = {NULL};
        TRY(key_args(&g->calls[d->calls[0]], c, key, args, e));
        uint64_t *acc = dst + to->offsets[d->calls[i]];
        TRY(c->impl->fold(c, s, &acc, args, &one, sign > 0 ? NULL : &sign, e));
    }
    return changed ? counts_put(s, root, key, stored, counts, d->count, e) : STATUS_OK;
}

enum status distinct_absorb(struct agg_set *g, const struct distinct_set *d, struct state *s,
                            state_ref *root, state_ref src, struct agg_set *to, uint64_t *dst,
                            struct error *e) {
    struct sorted_cursor at;
    for (bool more = state_sorted_seek(s, src, (struct str){NULL, 0}, &at); more;
         more = state_sorted_next(s, &at)) {
        int64_t add[DISTINCT_CALLS_MAX];
        memcpy(add, state_sorted_value(s, &at).at, d->count * sizeof *add);
        TRY(add_counts(g, d, s, root, state_sorted_key(s, &at), add, to, dst, e));
    }
    return STATUS_OK;
}

enum status distinct_merge(struct agg_set *g, const struct distinct_set *d, struct state *s,
                           uint64_t *dst, const uint64_t *src, struct error *e) {
    return distinct_absorb(g, d, s, &dst[d->word], src[d->word], g, dst, e);
}

/* ---- as bytes: per entry the key, then the counts ---- */

enum status distinct_write(struct agg_set *g, const struct distinct_set *d, struct state *s,
                           state_ref root, struct vec *out, uint32_t row, struct error *e) {
    struct buf *bytes = &g->calls[d->calls[0]].scratch->more;
    struct sorted_cursor at;
    buf_reset(bytes);
    for (bool more = state_sorted_seek(s, root, (struct str){NULL, 0}, &at); more;
         more = state_sorted_next(s, &at)) {
        packet_put(bytes, state_sorted_key(s, &at));
        buf_append(bytes, state_sorted_value(s, &at).at, d->count * sizeof(int64_t));
    }
    return packet_send(bytes, out, row, e);
}

enum status distinct_read(struct agg_set *g, const struct distinct_set *d, struct state *s,
                          uint64_t *value, struct str bytes, struct agg_set *to, struct error *e) {
    struct buf *aligned = &g->calls[d->calls[0]].scratch->key;
    while (bytes.size_bytes > 0) {
        int64_t add[DISTINCT_CALLS_MAX];
        struct str key = packet_take(&bytes);
        assert(bytes.size_bytes >= d->count * sizeof *add);
        memcpy(add, bytes.at, d->count * sizeof *add);
        bytes.at += d->count * sizeof *add;
        bytes.size_bytes -= d->count * sizeof *add;
        buf_reset(aligned); /* keys are rows, which are read by words */
        buf_str(aligned, key);
        if (aligned->failed) return error_no_memory(e, key.size_bytes);
        TRY(add_counts(g, d, s, &value[d->word], buf_view(aligned), add, to, value, e));
    }
    return STATUS_OK;
}

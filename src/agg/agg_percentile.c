/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PERCENTILE(value, percentage or array of them [, frequency]): an ordered map value -> count, and the
 * percentages of the first row. The result interpolates between the two values around each position,
 * in one walk over the map per percentage.
 *
 * The planner casts values and percentages to DOUBLE and frequencies to BIGINT. Keys are the bits of
 * a double turned so that bytes sort as Java's Double.compare does.
 */
#include "agg/agg_impls.h"

#include <assert.h>
#include <math.h>

static const struct state_field fields[] = {
    {"total", STATE_WORD}, {"percentages", STATE_BLOB}, {"counts", STATE_SORTED}};
enum { TOTAL, PERCENTAGES, COUNTS };

static void key_of(double v, char key[8]) {
    uint64_t bits = f64_word(isnan(v) ? NAN : v);
    if (isnan(v)) bits = UINT64_C(0x7ff8000000000000);
    bits = (bits >> 63) != 0 ? ~bits : bits | UINT64_C(1) << 63;
    for (int i = 7; i >= 0; i--, bits >>= 8) key[i] = (char)(bits & 0xff);
}

static double value_of(struct str key) {
    uint64_t bits = 0;
    assert(key.size_bytes == 8);
    for (int i = 0; i < 8; i++) bits = bits << 8 | (unsigned char)key.at[i];
    return f64_of((bits >> 63) != 0 ? bits & ~(UINT64_C(1) << 63) : ~bits);
}

static int64_t count_of(const struct state *s, const struct sorted_cursor *at) {
    int64_t count;
    memcpy(&count, state_sorted_value(s, at).at, sizeof count);
    return count;
}

static enum status add(struct state *s, uint64_t *acc, struct str key, int64_t count,
                       struct error *e) {
    struct str old = state_sorted_get(s, acc[COUNTS], key);
    int64_t now = 0;
    if (old.at != NULL) memcpy(&now, old.at, sizeof now);
    now += count;
    acc[TOTAL] += (uint64_t)count;
    if (now != 0) return state_sorted_put(s, &acc[COUNTS], key, (struct str){(const char *)&now, sizeof now}, e);
    (void)state_sorted_remove(s, &acc[COUNTS], key);
    return STATUS_OK;
}

/* The percentages of a row, kept from the first one on. */
static enum status keep_percentages(struct state *s, uint64_t *acc, const struct vec *v,
                                    uint32_t row, struct error *e) {
    const double *values = VEC_DATA(vec_base(v), const double);
    struct list_ref at = {vec_row(v, row), 1};
    if (v->type->root == TYPE_ARRAY) {
        at = VEC_DATA(vec_base(v), const struct list_ref)[vec_row(v, row)];
        values = VEC_DATA(vec_base(v)->children[0], const double);
    }
    for (uint32_t i = at.offset; i < at.offset + at.count; i++)
        if (!(values[i] >= 0.0 && values[i] <= 1.0))
            return error_set(e, STATUS_EVALUATION, "Percentage of PERCENTILE should be between [0.0, 1.0], but was '%g'.", values[i]);
    return state_blob_set(s, &acc[PERCENTAGES], (struct str){(const char *)(values + at.offset), at.count * sizeof *values}, e);
}

static enum status fold(const struct agg_call *c, struct state *s, uint64_t *const *accs,
                        const struct vec *const *args, const struct rows *rows,
                        const int8_t *signs, struct error *e) {
    assert(c->arg_count == 2 || c->arg_count == 3);
    for (uint32_t i = 0; i < rows->count; i++) {
        uint32_t row = rows_at(rows, i);
        int64_t frequency = 1;
        char key[8];
        if (accs[i][PERCENTAGES] == 0) TRY(keep_percentages(s, accs[i], args[1], row, e));
        if (vec_is_null(args[0], row)) continue;
        if (c->arg_count == 3) frequency = vec_is_null(args[2], row) ? 0 : VEC_VALUE(args[2], int64_t, row);
        if (frequency <= 0) continue;
        key_of(VEC_VALUE(args[0], double, row), key);
        TRY(add(s, accs[i], (struct str){key, sizeof key}, signs != NULL && signs[i] < 0 ? -frequency : frequency, e));
    }
    return STATUS_OK;
}

static enum status merge(const struct agg_call *c, struct state *s, uint64_t *dst,
                         const uint64_t *src, struct error *e) {
    (void)c;
    struct sorted_cursor at;
    if (dst[PERCENTAGES] == 0 && src[PERCENTAGES] != 0)
        TRY(state_blob_set(s, &dst[PERCENTAGES], state_blob_get(s, src[PERCENTAGES]), e));
    for (bool more = state_sorted_seek(s, src[COUNTS], (struct str){NULL, 0}, &at); more;
         more = state_sorted_next(s, &at))
        TRY(add(s, dst, state_sorted_key(s, &at), count_of(s, &at), e));
    return STATUS_OK;
}

static double percentile(const struct state *s, const uint64_t *acc, double percentage) {
    double position = percentage * (double)((int64_t)acc[TOTAL] - 1) + 1;
    int64_t lower = (int64_t)floor(position), higher = (int64_t)ceil(position);
    struct sorted_cursor at;
    if (!state_sorted_seek(s, acc[COUNTS], (struct str){NULL, 0}, &at)) return 0;
    int64_t before = count_of(s, &at);
    while (before < lower && state_sorted_next(s, &at)) before += count_of(s, &at);
    double value = value_of(state_sorted_key(s, &at));
    if (before >= higher || !state_sorted_next(s, &at)) return value;
    return ((double)higher - position) * value + (position - (double)lower) * value_of(state_sorted_key(s, &at));
}

static enum status result(const struct agg_call *c, struct state *s, const uint64_t *acc,
                          struct vec *out, uint32_t row, struct error *e) {
    (void)c;
    bool list = out->type->root == TYPE_ARRAY;
    uint32_t count = 1, offset = row;
    if ((int64_t)acc[TOTAL] <= 0 || acc[PERCENTAGES] == 0) {
        vec_set_null(out, row);
        return STATUS_OK;
    }
    struct str kept = state_blob_get(s, acc[PERCENTAGES]);
    if (list) {
        count = (uint32_t)(kept.size_bytes / sizeof(double));
        if (vec_list_extend(out, count, &offset) != STATUS_OK) return error_no_memory(e, count);
        VEC_DATA(out, struct list_ref)[row] = (struct list_ref){offset, count};
    }
    vec_set_valid(out, row);
    struct vec *to = list ? out->children[0] : out;
    for (uint32_t i = 0; i < count; i++) {
        double percentage;
        memcpy(&percentage, kept.at + i * sizeof percentage, sizeof percentage);
        vec_set_valid(to, offset + i);
        VEC_DATA(to, double)[offset + i] = percentile(s, acc, percentage);
    }
    return STATUS_OK;
}

/* ---- partial rows: the percentages, then {value, count} ---- */

static const char *partial_name(const struct agg_call *c, uint32_t i) {
    (void)c;
    (void)i;
    return "percentile";
}

static enum status partial_write(const struct agg_call *c, struct state *s, uint64_t *const *accs,
                                 uint32_t count, struct vec *const *out, uint32_t row,
                                 struct error *e) {
    struct buf *bytes = &c->scratch->more;
    for (uint32_t i = 0; i < count; i++) {
        struct str none = {NULL, 0};
        buf_reset(bytes);
        packet_put(bytes, accs[i][PERCENTAGES] == 0 ? none : state_blob_get(s, accs[i][PERCENTAGES]));
        packet_put_sorted(bytes, s, accs[i][COUNTS]);
        TRY(packet_send(bytes, out[0], row + i, e));
    }
    return STATUS_OK;
}

static enum status partial_fold(const struct agg_call *c, struct state *s, uint64_t *const *accs,
                                const struct vec *const *in, const struct rows *rows,
                                struct error *e) {
    (void)c;
    for (uint32_t i = 0; i < rows->count; i++) {
        struct str bytes = strv_str(&VEC_VALUE(in[0], struct strv, rows_at(rows, i)));
        struct str kept = packet_take(&bytes);
        if (accs[i][PERCENTAGES] == 0 && kept.size_bytes > 0)
            TRY(state_blob_set(s, &accs[i][PERCENTAGES], kept, e));
        while (bytes.size_bytes > 0) {
            int64_t n;
            struct str key = packet_take(&bytes);
            memcpy(&n, packet_take(&bytes).at, sizeof n);
            TRY(add(s, accs[i], key, n, e));
        }
    }
    return STATUS_OK;
}

const struct agg_impl agg_percentile = {
    IMPL_FIELDS(fields),
    .fold = fold,
    .merge = merge,
    .result = result,
    .partial_count = partial_one,
    .partial_name = partial_name,
    .partial_type = packet_type,
    .partial_write = partial_write,
    .partial_fold = partial_fold,
};

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MIN and MAX over input that retracts: an ordered multiset: sort key -> {count, row bytes}. A value
 * that is retracted before it came has a negative count until it comes, and does not show.
 */
#include "agg/agg_impls.h"

static const struct state_field fields[] = {{"values", STATE_SORTED}};

static enum status multiset_add(struct state *s, state_ref *root, struct str key, struct str row,
                                int64_t count, struct buf *scratch, struct error *e) {
    struct str old = state_sorted_get(s, *root, key);
    if (old.at != NULL) {
        int64_t now;
        memcpy(&now, old.at, sizeof now);
        now += count;
        if (now == 0) {
            (void)state_sorted_remove(s, root, key);
            return STATUS_OK;
        }
        state_write(s, old.at, sizeof now);
        memcpy((char *)(uintptr_t)old.at, &now, sizeof now);
        return STATUS_OK;
    }
    buf_reset(scratch);
    buf_append(scratch, &count, sizeof count);
    buf_str(scratch, row);
    if (scratch->failed) return error_no_memory(e, row.size_bytes);
    return state_sorted_put(s, root, key, buf_view(scratch), e);
}

static enum status extreme_fold(const struct agg_call *c, struct state *s, uint64_t *const *accs,
                                const struct vec *const *args, const struct rows *rows,
                                const int8_t *signs, struct error *e) {
    const struct sort_column by = {0};
    struct buf key = BUF_INIT;
    enum status status = STATUS_OK;
    for (uint32_t i = 0; status == STATUS_OK && i < rows->count; i++) {
        uint32_t row = rows_at(rows, i);
        if (vec_is_null(args[0], row)) continue;
        buf_reset(&key);
        struct str bytes;
        status = sort_key_append(&key, &by, 1, args, row);
        if (status == STATUS_OK) status = row_bytes(c, args[0], row, &bytes, e);
        if (status == STATUS_OK)
            status = multiset_add(s, &accs[i][0], buf_view(&key), bytes,
                                  signs == NULL ? 1 : signs[i], &c->scratch->more, e);
    }
    buf_deinit(&key);
    return status;
}

static enum status extreme_merge(const struct agg_call *c, struct state *s, uint64_t *dst,
                                 const uint64_t *src, struct error *e) {
    struct sorted_cursor at;
    for (bool more = state_sorted_seek(s, *src, (struct str){NULL, 0}, &at); more;
         more = state_sorted_next(s, &at)) {
        struct str value = state_sorted_value(s, &at);
        int64_t count;
        memcpy(&count, value.at, sizeof count);
        struct str row = {value.at + sizeof count, value.size_bytes - sizeof count};
        TRY(multiset_add(s, dst, state_sorted_key(s, &at), row, count, &c->scratch->more, e));
    }
    return STATUS_OK;
}

static enum status put_at(const struct agg_call *c, struct state *s, const struct sorted_cursor *at,
                          struct vec *out, uint32_t row, struct error *e) {
    vec_set_valid(out, row);
    const char *bytes = state_sorted_value(s, at).at + sizeof(int64_t);
    return row_read(c->scratch->layout, bytes, 0, out, row) == STATUS_OK ? STATUS_OK
                                                                         : error_no_memory(e, 1);
}

static bool present(const struct state *s, const struct sorted_cursor *at) {
    int64_t count;
    memcpy(&count, state_sorted_value(s, at).at, sizeof count);
    return count > 0;
}

static enum status min_result(const struct agg_call *c, struct state *s, const uint64_t *acc,
                              struct vec *out, uint32_t row, struct error *e) {
    struct sorted_cursor at;
    for (bool more = state_sorted_seek(s, acc[0], (struct str){NULL, 0}, &at); more;
         more = state_sorted_next(s, &at))
        if (present(s, &at)) return put_at(c, s, &at, out, row, e);
    vec_set_null(out, row);
    return STATUS_OK;
}

static enum status max_result(const struct agg_call *c, struct state *s, const uint64_t *acc,
                              struct vec *out, uint32_t row, struct error *e) {
    struct sorted_cursor at;
    for (bool more = state_sorted_last(s, acc[0], &at); more; more = state_sorted_prev(s, &at))
        if (present(s, &at)) return put_at(c, s, &at, out, row, e);
    vec_set_null(out, row);
    return STATUS_OK;
}

/* ---- partial rows: {sort key, count and row} per value ---- */

static const char *multiset_partial_name(const struct agg_call *c, uint32_t i) {
    (void)i;
    return c->func->name.at[1] == 'I' ? "min" : "max";
}

static enum status multiset_partial_fold(const struct agg_call *c, struct state *s,
                                         uint64_t *const *accs, const struct vec *const *in,
                                         const struct rows *rows, struct error *e) {
    for (uint32_t i = 0; i < rows->count; i++) {
        struct str bytes = strv_str(&VEC_VALUE(in[0], struct strv, rows_at(rows, i)));
        while (bytes.size_bytes > 0) {
            struct str key = packet_take(&bytes), value = packet_take(&bytes);
            int64_t n;
            memcpy(&n, value.at, sizeof n);
            struct str stored = {value.at + sizeof n, value.size_bytes - sizeof n};
            TRY(multiset_add(s, &accs[i][0], key, stored, n, &c->scratch->more, e));
        }
    }
    return STATUS_OK;
}

#define MULTISET_IMPL(name)                                                                  \
    const struct agg_impl agg_##name##_retract = {                                           \
        IMPL_FIELDS(fields),                                                                 \
        .fold = extreme_fold,                                                                \
        .merge = extreme_merge,                                                              \
        .result = name##_result,                                                             \
        .partial_count = partial_one,                                                        \
        .partial_name = multiset_partial_name,                                               \
        .partial_type = packet_type,                                                         \
        .partial_write = packet_write_sorted,                                             \
        .partial_fold = multiset_partial_fold}
MULTISET_IMPL(min);
MULTISET_IMPL(max);

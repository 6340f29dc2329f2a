/* SPDX-License-Identifier: Apache-2.0 */
/*
 * LISTAGG and ARRAY_AGG over input that only adds, and COLLECT.
 *
 * LISTAGG keeps the text itself; ARRAY_AGG a list of rows, NULLs among them; COLLECT an ordered map
 * row bytes -> count, NULLs left out, its result in the order of those bytes (Flink's has the order
 * of a hash map, which is none).
 */
#include "agg/agg_impls.h"

static const struct state_field text_fields[] = {{"text", STATE_BLOB}};
static const struct state_field list_fields[] = {{"rows", STATE_LIST}};
static const struct state_field set_fields[] = {{"counts", STATE_SORTED}};

/* ---- LISTAGG ---- */

static enum status text_add(const struct agg_call *c, struct state *s, uint64_t *acc,
                            struct str text, struct error *e) {
    if (*acc != 0) TRY(state_blob_append(s, acc, c->scratch->separator, e));
    return state_blob_append(s, acc, text, e);
}

static enum status listagg_fold(const struct agg_call *c, struct state *s, uint64_t *const *accs,
                                const struct vec *const *args, const struct rows *rows,
                                const int8_t *signs, struct error *e) {
    (void)signs;
    for (uint32_t i = 0; i < rows->count; i++) {
        uint32_t row = rows_at(rows, i);
        if (!vec_is_null(args[0], row))
            TRY(text_add(c, s, accs[i], strv_str(&VEC_VALUE(args[0], struct strv, row)), e));
    }
    return STATUS_OK;
}

static enum status listagg_merge(const struct agg_call *c, struct state *s, uint64_t *dst,
                                 const uint64_t *src, struct error *e) {
    return *src == 0 ? STATUS_OK : text_add(c, s, dst, state_blob_get(s, *src), e);
}

static enum status listagg_result(const struct agg_call *c, struct state *s, const uint64_t *acc,
                                  struct vec *out, uint32_t row, struct error *e) {
    (void)c;
    if (*acc == 0) {
        vec_set_null(out, row);
        return STATUS_OK;
    }
    vec_set_valid(out, row);
    return vec_set_str(out, row, state_blob_get(s, *acc)) == STATUS_OK ? STATUS_OK
                                                                       : error_no_memory(e, 1);
}

static const char *listagg_partial_name(const struct agg_call *c, uint32_t i) {
    (void)c;
    (void)i;
    return "concatAcc";
}

static const struct type *listagg_partial_type(const struct agg_call *c, struct types *t,
                                               uint32_t i) {
    (void)c;
    (void)i;
    return type_string(t, true);
}

static enum status listagg_partial_write(const struct agg_call *c, struct state *s,
                                         uint64_t *const *accs, uint32_t count,
                                         struct vec *const *out, uint32_t row, struct error *e) {
    for (uint32_t i = 0; i < count; i++) TRY(listagg_result(c, s, accs[i], out[0], row + i, e));
    return STATUS_OK;
}

static enum status listagg_partial_fold(const struct agg_call *c, struct state *s,
                                        uint64_t *const *accs, const struct vec *const *in,
                                        const struct rows *rows, struct error *e) {
    return listagg_fold(c, s, accs, in, rows, NULL, e);
}

const struct agg_impl agg_listagg = {
    IMPL_FIELDS(text_fields),
    .fold = listagg_fold,
    .merge = listagg_merge,
    .result = listagg_result,
    .partial_count = partial_one,
    .partial_name = listagg_partial_name,
    .partial_type = listagg_partial_type,
    .partial_write = listagg_partial_write,
    .partial_fold = listagg_partial_fold,
};

/* ---- ARRAY_AGG ---- */

static enum status array_fold(const struct agg_call *c, struct state *s, uint64_t *const *accs,
                              const struct vec *const *args, const struct rows *rows,
                              const int8_t *signs, struct error *e) {
    (void)signs;
    for (uint32_t i = 0; i < rows->count; i++) {
        struct str bytes;
        TRY(row_bytes(c, args[0], rows_at(rows, i), &bytes, e));
        TRY(state_list_append(s, accs[i], bytes, e));
    }
    return STATUS_OK;
}

static enum status array_merge(const struct agg_call *c, struct state *s, uint64_t *dst,
                               const uint64_t *src, struct error *e) {
    (void)c;
    struct list_cursor at = {0};
    struct str row;
    while (state_list_next(s, *src, &at, &row)) TRY(state_list_append(s, dst, row, e));
    return STATUS_OK;
}

static enum status list_open(struct vec *out, uint32_t row, uint64_t count, uint32_t *ret_offset,
                             struct error *e) {
    if (count > UINT32_MAX)
        return error_set(e, STATUS_LIMIT, "An aggregate collects %llu elements.",
                         (unsigned long long)count);
    if (vec_list_extend(out, (uint32_t)count, ret_offset) != STATUS_OK)
        return error_no_memory(e, count);
    vec_set_valid(out, row);
    VEC_DATA(out, struct list_ref)[row] = (struct list_ref){*ret_offset, (uint32_t)count};
    return STATUS_OK;
}

static enum status array_result(const struct agg_call *c, struct state *s, const uint64_t *acc,
                                struct vec *out, uint32_t row, struct error *e) {
    if (*acc == 0) {
        vec_set_null(out, row);
        return STATUS_OK;
    }
    uint32_t offset = 0;
    TRY(list_open(out, row, state_list_count(s, *acc), &offset, e));
    struct list_cursor at = {0};
    struct str bytes;
    while (state_list_next(s, *acc, &at, &bytes))
        if (row_read(c->scratch->layout, bytes.at, 0, out->children[0], offset++) != STATUS_OK)
            return error_no_memory(e, 1);
    return STATUS_OK;
}

static const char *array_partial_name(const struct agg_call *c, uint32_t i) {
    (void)c;
    (void)i;
    return "array_agg";
}

static enum status array_partial_write(const struct agg_call *c, struct state *s,
                                       uint64_t *const *accs, uint32_t count,
                                       struct vec *const *out, uint32_t row, struct error *e) {
    struct buf *bytes = &c->scratch->more;
    for (uint32_t i = 0; i < count; i++) {
        struct list_cursor at = {0};
        struct str element;
        buf_reset(bytes);
        while (state_list_next(s, *accs[i], &at, &element)) packet_put(bytes, element);
        TRY(packet_send(bytes, out[0], row + i, e));
    }
    return STATUS_OK;
}

static enum status array_partial_fold(const struct agg_call *c, struct state *s,
                                      uint64_t *const *accs, const struct vec *const *in,
                                      const struct rows *rows, struct error *e) {
    (void)c;
    for (uint32_t i = 0; i < rows->count; i++) {
        struct str bytes = strv_str(&VEC_VALUE(in[0], struct strv, rows_at(rows, i)));
        while (bytes.size_bytes > 0) TRY(state_list_append(s, accs[i], packet_take(&bytes), e));
    }
    return STATUS_OK;
}

const struct agg_impl agg_array_agg = {
    IMPL_FIELDS(list_fields),
    .fold = array_fold,
    .merge = array_merge,
    .result = array_result,
    .partial_count = partial_one,
    .partial_name = array_partial_name,
    .partial_type = packet_type,
    .partial_write = array_partial_write,
    .partial_fold = array_partial_fold,
};

/* ---- COLLECT ---- */

static enum status count_add(struct state *s, uint64_t *root, struct str key, int64_t count,
                             struct error *e) {
    struct str old = state_sorted_get(s, *root, key);
    if (old.at != NULL) {
        int64_t now;
        memcpy(&now, old.at, sizeof now);
        count += now;
    }
    if (count == 0) {
        (void)state_sorted_remove(s, root, key);
        return STATUS_OK;
    }
    return state_sorted_put(s, root, key, (struct str){(const char *)&count, sizeof count}, e);
}

static enum status collect_fold(const struct agg_call *c, struct state *s, uint64_t *const *accs,
                                const struct vec *const *args, const struct rows *rows,
                                const int8_t *signs, struct error *e) {
    for (uint32_t i = 0; i < rows->count; i++) {
        uint32_t row = rows_at(rows, i);
        if (vec_is_null(args[0], row)) continue;
        struct str bytes;
        TRY(row_bytes(c, args[0], row, &bytes, e));
        TRY(count_add(s, accs[i], bytes, signs == NULL ? 1 : signs[i], e));
    }
    return STATUS_OK;
}

static enum status collect_merge(const struct agg_call *c, struct state *s, uint64_t *dst,
                                 const uint64_t *src, struct error *e) {
    (void)c;
    struct sorted_cursor at;
    for (bool more = state_sorted_seek(s, *src, (struct str){NULL, 0}, &at); more;
         more = state_sorted_next(s, &at)) {
        int64_t count;
        memcpy(&count, state_sorted_value(s, &at).at, sizeof count);
        TRY(count_add(s, dst, state_sorted_key(s, &at), count, e));
    }
    return STATUS_OK;
}

/* Elements with a positive count; writes them from `offset` on when out is given. */
static enum status collect_walk(const struct agg_call *c, struct state *s, state_ref root,
                                struct vec *out, uint32_t offset, uint64_t *ret_count,
                                struct error *e) {
    struct sorted_cursor at;
    *ret_count = 0;
    for (bool more = state_sorted_seek(s, root, (struct str){NULL, 0}, &at); more;
         more = state_sorted_next(s, &at)) {
        int64_t count;
        memcpy(&count, state_sorted_value(s, &at).at, sizeof count);
        if (count <= 0) continue;
        ++*ret_count;
        if (out == NULL) continue;
        if (row_read(c->scratch->layout, state_sorted_key(s, &at).at, 0, out->children[0],
                     offset) != STATUS_OK)
            return error_no_memory(e, 1);
        VEC_DATA(out->children[1], int32_t)
        [offset++] = count > INT32_MAX ? INT32_MAX : (int32_t)count;
    }
    return STATUS_OK;
}

static enum status collect_result(const struct agg_call *c, struct state *s, const uint64_t *acc,
                                  struct vec *out, uint32_t row, struct error *e) {
    uint64_t count = 0;
    TRY(collect_walk(c, s, *acc, NULL, 0, &count, e));
    uint32_t offset = 0;
    TRY(list_open(out, row, count, &offset, e));
    return collect_walk(c, s, *acc, out, offset, &count, e);
}

static const char *collect_partial_name(const struct agg_call *c, uint32_t i) {
    (void)c;
    (void)i;
    return "collect";
}

static enum status collect_partial_fold(const struct agg_call *c, struct state *s,
                                        uint64_t *const *accs, const struct vec *const *in,
                                        const struct rows *rows, struct error *e) {
    (void)c;
    for (uint32_t i = 0; i < rows->count; i++) {
        struct str bytes = strv_str(&VEC_VALUE(in[0], struct strv, rows_at(rows, i)));
        while (bytes.size_bytes > 0) {
            int64_t n;
            struct str key = packet_take(&bytes);
            memcpy(&n, packet_take(&bytes).at, sizeof n);
            TRY(count_add(s, accs[i], key, n, e));
        }
    }
    return STATUS_OK;
}

const struct agg_impl agg_collect = {
    IMPL_FIELDS(set_fields),
    .fold = collect_fold,
    .merge = collect_merge,
    .result = collect_result,
    .partial_count = partial_one,
    .partial_name = collect_partial_name,
    .partial_type = packet_type,
    .partial_write = packet_write_sorted,
    .partial_fold = collect_partial_fold,
};

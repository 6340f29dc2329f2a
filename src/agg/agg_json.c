/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON_ARRAYAGG and JSON_OBJECTAGG. The planner hands over values that are JSON texts already, so an
 * array is the LISTAGG of its elements between brackets, and an object an ordered map of key -> text.
 *
 * A key that comes twice is an error, as in Flink; a retraction takes the key out.
 */
#include "agg/agg_impls.h"
#include "func/json_write.h"

#include <assert.h>

static const struct state_field text_fields[] = {{"text", STATE_BLOB}};
static const struct state_field sequence_fields[] = {
    {"next", STATE_WORD}, {"sequence", STATE_SORTED}, {"places", STATE_SORTED}, {"missed", STATE_LIST}};
static const struct state_field member_fields[] = {{"members", STATE_SORTED}};

/* ---- JSON_ARRAYAGG ---- */

static enum status array_fold(const struct agg_call *c, struct state *s, uint64_t *const *accs,
                              const struct vec *const *args, const struct rows *rows,
                              const int8_t *signs, struct error *e) {
    return agg_listagg.fold(c, s, accs, args, rows, signs, e);
}

static enum status array_merge(const struct agg_call *c, struct state *s, uint64_t *dst,
                               const uint64_t *src, struct error *e) {
    return agg_listagg.merge(c, s, dst, src, e);
}

static enum status sequence_fold(const struct agg_call *c, struct state *s, uint64_t *const *accs,
                                 const struct vec *const *args, const struct rows *rows,
                                 const int8_t *signs, struct error *e) {
    return agg_listagg_retract.fold(c, s, accs, args, rows, signs, e);
}

static enum status sequence_merge(const struct agg_call *c, struct state *s, uint64_t *dst,
                                  const uint64_t *src, struct error *e) {
    return agg_listagg_retract.merge(c, s, dst, src, e);
}

/* Brackets around the list in out[row]. */
static enum status array_close(const struct agg_call *c, struct vec *out, uint32_t row,
                               struct error *e) {
    struct buf *text = &c->scratch->more;
    buf_reset(text);
    buf_char(text, '[');
    if (!vec_is_null(out, row)) buf_str(text, strv_str(&VEC_DATA(out, struct strv)[row]));
    buf_char(text, ']');
    if (text->failed) return error_no_memory(e, text->size_bytes);
    vec_set_valid(out, row);
    return vec_set_str(out, row, buf_view(text)) == STATUS_OK ? STATUS_OK : error_no_memory(e, 1);
}

static enum status array_result(const struct agg_call *c, struct state *s, const uint64_t *acc,
                                struct vec *out, uint32_t row, struct error *e) {
    TRY(agg_listagg.result(c, s, acc, out, row, e));
    return array_close(c, out, row, e);
}

static enum status sequence_result(const struct agg_call *c, struct state *s, const uint64_t *acc,
                                   struct vec *out, uint32_t row, struct error *e) {
    TRY(agg_listagg_retract.result(c, s, acc, out, row, e));
    return array_close(c, out, row, e);
}

const struct agg_impl agg_json_array = {
    IMPL_FIELDS(text_fields), .fold = array_fold, .merge = array_merge, .result = array_result};
const struct agg_impl agg_json_array_retract = {
    IMPL_FIELDS(sequence_fields), .fold = sequence_fold, .merge = sequence_merge, .result = sequence_result};

/* ---- JSON_OBJECTAGG ---- */

static enum status member_add(struct state *s, uint64_t *acc, struct str key, struct str value,
                              struct error *e) {
    if (state_sorted_get(s, *acc, key).at != NULL)
        return error_set(e, STATUS_EVALUATION,
                         "Key '%.*s' is already present. Duplicate keys are not allowed in "
                         "JSON_OBJECTAGG. Please ensure that keys are unique.",
                         STR_ARG(key));
    return value.at == NULL ? STATUS_OK : state_sorted_put(s, acc, key, value, e);
}

static enum status object_fold(const struct agg_call *c, struct state *s, uint64_t *const *accs,
                               const struct vec *const *args, const struct rows *rows,
                               const int8_t *signs, struct error *e) {
    assert(c->arg_count == 2);
    for (uint32_t i = 0; i < rows->count; i++) {
        uint32_t row = rows_at(rows, i);
        struct str value = {NULL, 0};
        if (vec_is_null(args[0], row))
            return error_set(e, STATUS_EVALUATION, "A key of JSON_OBJECTAGG must not be NULL.");
        struct str key = strv_str(&VEC_VALUE(args[0], struct strv, row));
        if (!vec_is_null(args[1], row)) value = strv_str(&VEC_VALUE(args[1], struct strv, row));
        if (signs != NULL && signs[i] < 0)
            (void)state_sorted_remove(s, accs[i], key);
        else
            TRY(member_add(s, accs[i], key, value, e));
    }
    return STATUS_OK;
}

static enum status object_merge(const struct agg_call *c, struct state *s, uint64_t *dst,
                                const uint64_t *src, struct error *e) {
    (void)c;
    struct sorted_cursor at;
    for (bool more = state_sorted_seek(s, *src, (struct str){NULL, 0}, &at); more;
         more = state_sorted_next(s, &at))
        TRY(member_add(s, dst, state_sorted_key(s, &at), state_sorted_value(s, &at), e));
    return STATUS_OK;
}

static enum status object_result(const struct agg_call *c, struct state *s, const uint64_t *acc,
                                 struct vec *out, uint32_t row, struct error *e) {
    struct buf *text = &c->scratch->bytes;
    struct sorted_cursor at;
    buf_reset(text);
    buf_char(text, '{');
    for (bool more = state_sorted_seek(s, *acc, (struct str){NULL, 0}, &at); more;
         more = state_sorted_next(s, &at)) {
        if (text->size_bytes > 1) buf_char(text, ',');
        json_write_string(text, state_sorted_key(s, &at));
        buf_char(text, ':');
        buf_str(text, state_sorted_value(s, &at));
    }
    buf_char(text, '}');
    if (text->failed) return error_no_memory(e, text->size_bytes);
    vec_set_valid(out, row);
    return vec_set_str(out, row, buf_view(text)) == STATUS_OK ? STATUS_OK : error_no_memory(e, 1);
}

/* ---- partial rows: {key, value}; not over retractions, which may take out a key of an earlier bundle ---- */

static const char *object_partial_name(const struct agg_call *c, uint32_t i) {
    (void)c;
    (void)i;
    return "json_objectagg";
}

static enum status object_partial_fold(const struct agg_call *c, struct state *s,
                                       uint64_t *const *accs, const struct vec *const *in,
                                       const struct rows *rows, struct error *e) {
    (void)c;
    for (uint32_t i = 0; i < rows->count; i++) {
        struct str bytes = strv_str(&VEC_VALUE(in[0], struct strv, rows_at(rows, i)));
        while (bytes.size_bytes > 0) {
            struct str key = packet_take(&bytes), value = packet_take(&bytes);
            TRY(member_add(s, accs[i], key, value, e));
        }
    }
    return STATUS_OK;
}

const struct agg_impl agg_json_object_retract = {
    IMPL_FIELDS(member_fields), .fold = object_fold, .merge = object_merge, .result = object_result};
const struct agg_impl agg_json_object = {
    IMPL_FIELDS(member_fields),
    .fold = object_fold,
    .merge = object_merge,
    .result = object_result,
    .partial_count = partial_one,
    .partial_name = object_partial_name,
    .partial_type = packet_type,
    .partial_write = packet_write_sorted,
    .partial_fold = object_partial_fold,
};

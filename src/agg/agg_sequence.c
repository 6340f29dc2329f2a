/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Aggregates that remember values in the order they came, over input that retracts: FIRST_VALUE,
 * LAST_VALUE, LISTAGG and ARRAY_AGG.
 *
 * Two ordered maps: number -> row bytes, and (row bytes, number) -> nothing. Retracting takes the
 * earliest equal value out, as Flink does; a value that is not there is passed over.
 */
#include "agg/agg_impls.h"

static const struct state_field fields[] = {
    {"next", STATE_WORD}, {"sequence", STATE_SORTED}, {"places", STATE_SORTED}, {"missed", STATE_LIST}};
enum { NEXT, SEQUENCE, PLACES, MISSED };

static void number_key(uint64_t number, char key[8]) {
    for (int i = 7; i >= 0; i--, number >>= 8) key[i] = (char)(number & 0xff);
}

/* {length, row bytes, number}: equal values stand together, in the order they came. */
static bool place_key(struct buf *b, struct str row, uint64_t number) {
    char text[8];
    uint64_t length = row.size_bytes;
    buf_reset(b);
    buf_append(b, &length, sizeof length);
    buf_str(b, row);
    number_key(number, text);
    buf_append(b, text, sizeof text);
    return !b->failed;
}

static enum status sequence_add(const struct agg_call *c, struct state *s, uint64_t *acc,
                                struct str row, struct error *e) {
    char number[8];
    number_key(acc[NEXT], number);
    if (!place_key(&c->scratch->more, row, acc[NEXT])) return error_no_memory(e, row.size_bytes);
    TRY(state_sorted_put(s, &acc[SEQUENCE], (struct str){number, 8}, row, e));
    TRY(state_sorted_put(s, &acc[PLACES], buf_view(&c->scratch->more), (struct str){NULL, 0}, e));
    acc[NEXT]++;
    return STATUS_OK;
}

/* Takes the earliest equal value out; *ret_found false: there is none. */
static enum status sequence_take(const struct agg_call *c, struct state *s, uint64_t *acc,
                                 struct str row, bool *ret_found, struct error *e) {
    *ret_found = false;
    struct buf *key = &c->scratch->more;
    if (!place_key(key, row, 0)) return error_no_memory(e, row.size_bytes);
    struct sorted_cursor at;
    if (!state_sorted_seek(s, acc[PLACES], buf_view(key), &at)) return STATUS_OK;
    struct str found = state_sorted_key(s, &at);
    size_t prefix = key->size_bytes - 8;
    if (found.size_bytes != key->size_bytes || memcmp(found.at, key->at, prefix) != 0)
        return STATUS_OK;
    char number[8];
    *ret_found = true;
    memcpy(number, found.at + prefix, sizeof number);
    (void)state_sorted_remove(s, &acc[PLACES], found);
    (void)state_sorted_remove(s, &acc[SEQUENCE], (struct str){number, 8});
    return STATUS_OK;
}

static enum status sequence_fold_all(const struct agg_call *c, struct state *s,
                                     uint64_t *const *accs, const struct vec *const *args,
                                     const struct rows *rows, const int8_t *signs, bool nulls,
                                     struct error *e) {
    for (uint32_t i = 0; i < rows->count; i++) {
        uint32_t row = rows_at(rows, i);
        if (!nulls && vec_is_null(args[0], row)) continue;
        struct str bytes;
        TRY(row_bytes(c, args[0], row, &bytes, e));
        if (signs == NULL || signs[i] > 0) {
            TRY(sequence_add(c, s, accs[i], bytes, e));
            continue;
        }
        bool found = false;
        TRY(sequence_take(c, s, accs[i], bytes, &found, e));
        if (!found && c->delta) TRY(state_list_append(s, &accs[i][MISSED], bytes, e));
    }
    return STATUS_OK;
}

static enum status sequence_fold(const struct agg_call *c, struct state *s, uint64_t *const *accs,
                                 const struct vec *const *args, const struct rows *rows,
                                 const int8_t *signs, struct error *e) {
    return sequence_fold_all(c, s, accs, args, rows, signs, false, e);
}

static enum status array_fold(const struct agg_call *c, struct state *s, uint64_t *const *accs,
                              const struct vec *const *args, const struct rows *rows,
                              const int8_t *signs, struct error *e) {
    return sequence_fold_all(c, s, accs, args, rows, signs, true, e);
}

/* What was retracted before it came goes now if it is there; the rest waits on. */
static enum status take_missed(const struct agg_call *c, struct state *s, uint64_t *acc,
                               struct error *e) {
    state_ref missed = acc[MISSED];
    struct list_cursor at = {0};
    struct str row;
    enum status status = STATUS_OK;
    acc[MISSED] = 0;
    while (status == STATUS_OK && state_list_next(s, missed, &at, &row)) {
        bool found = false;
        status = sequence_take(c, s, acc, row, &found, e);
        if (status == STATUS_OK && !found) status = state_list_append(s, &acc[MISSED], row, e);
    }
    state_list_free(s, &missed);
    return status;
}

static enum status sequence_merge(const struct agg_call *c, struct state *s, uint64_t *dst,
                                  const uint64_t *src, struct error *e) {
    struct sorted_cursor at;
    struct list_cursor list = {0};
    struct str row;
    for (bool more = state_sorted_seek(s, src[SEQUENCE], (struct str){NULL, 0}, &at); more;
         more = state_sorted_next(s, &at))
        TRY(sequence_add(c, s, dst, state_sorted_value(s, &at), e));
    while (state_list_next(s, src[MISSED], &list, &row))
        TRY(state_list_append(s, &dst[MISSED], row, e));
    return take_missed(c, s, dst, e);
}

static enum status put_at(const struct agg_call *c, struct state *s, bool found,
                          const struct sorted_cursor *at, struct vec *out, uint32_t row,
                          struct error *e) {
    if (!found) {
        vec_set_null(out, row);
        return STATUS_OK;
    }
    vec_set_valid(out, row);
    return row_read(c->scratch->layout, state_sorted_value(s, at).at, 0, out, row) == STATUS_OK
               ? STATUS_OK
               : error_no_memory(e, 1);
}

static enum status first_result(const struct agg_call *c, struct state *s, const uint64_t *acc,
                                struct vec *out, uint32_t row, struct error *e) {
    struct sorted_cursor at;
    bool found = state_sorted_seek(s, acc[SEQUENCE], (struct str){NULL, 0}, &at);
    return put_at(c, s, found, &at, out, row, e);
}

static enum status last_result(const struct agg_call *c, struct state *s, const uint64_t *acc,
                               struct vec *out, uint32_t row, struct error *e) {
    struct sorted_cursor at;
    bool found = state_sorted_last(s, acc[SEQUENCE], &at);
    return put_at(c, s, found, &at, out, row, e);
}

static enum status listagg_result(const struct agg_call *c, struct state *s, const uint64_t *acc,
                                  struct vec *out, uint32_t row, struct error *e) {
    struct buf *text = &c->scratch->bytes;
    struct sorted_cursor at;
    bool more = state_sorted_seek(s, acc[SEQUENCE], (struct str){NULL, 0}, &at);
    if (!more) {
        vec_set_null(out, row);
        return STATUS_OK;
    }
    buf_reset(text);
    for (bool first = true; more; more = state_sorted_next(s, &at), first = false) {
        if (!first) buf_str(text, c->scratch->separator);
        buf_str(text, row_str(c->scratch->layout, state_sorted_value(s, &at).at, 0));
    }
    if (text->failed) return error_no_memory(e, text->size_bytes);
    vec_set_valid(out, row);
    return vec_set_str(out, row, buf_view(text)) == STATUS_OK
               ? STATUS_OK
               : error_no_memory(e, text->size_bytes);
}

static enum status array_result(const struct agg_call *c, struct state *s, const uint64_t *acc,
                                struct vec *out, uint32_t row, struct error *e) {
    uint64_t count = state_sorted_count(s, acc[SEQUENCE]);
    if (count == 0) {
        vec_set_null(out, row);
        return STATUS_OK;
    }
    if (count > UINT32_MAX)
        return error_set(e, STATUS_LIMIT, "ARRAY_AGG of %llu elements.", (unsigned long long)count);
    uint32_t offset = 0;
    if (vec_list_extend(out, (uint32_t)count, &offset) != STATUS_OK)
        return error_no_memory(e, count);
    vec_set_valid(out, row);
    VEC_DATA(out, struct list_ref)[row] = (struct list_ref){offset, (uint32_t)count};
    struct sorted_cursor at;
    for (bool more = state_sorted_seek(s, acc[SEQUENCE], (struct str){NULL, 0}, &at); more;
         more = state_sorted_next(s, &at))
        if (row_read(c->scratch->layout, state_sorted_value(s, &at).at, 0, out->children[0],
                     offset++) != STATUS_OK)
            return error_no_memory(e, 1);
    return STATUS_OK;
}

/* ---- partial rows: {number missed, the missed, the values in order} ---- */

static const char *sequence_partial_name(const struct agg_call *c, uint32_t i) {
    (void)i;
    return c->func->name.at[0] == 'L' ? "listagg" : "array_agg";
}

static enum status sequence_partial_write(const struct agg_call *c, struct state *s,
                                          uint64_t *const *accs, uint32_t count,
                                          struct vec *const *out, uint32_t row, struct error *e) {
    struct buf *bytes = &c->scratch->more;
    for (uint32_t i = 0; i < count; i++) {
        uint64_t missed = accs[i][MISSED] == 0 ? 0 : state_list_count(s, accs[i][MISSED]);
        struct list_cursor list = {0};
        struct sorted_cursor at;
        struct str value;
        buf_reset(bytes);
        buf_append(bytes, &missed, sizeof missed);
        while (state_list_next(s, accs[i][MISSED], &list, &value)) packet_put(bytes, value);
        for (bool more = state_sorted_seek(s, accs[i][SEQUENCE], (struct str){NULL, 0}, &at); more;
             more = state_sorted_next(s, &at))
            packet_put(bytes, state_sorted_value(s, &at));
        TRY(packet_send(bytes, out[0], row + i, e));
    }
    return STATUS_OK;
}

static enum status sequence_partial_fold(const struct agg_call *c, struct state *s,
                                         uint64_t *const *accs, const struct vec *const *in,
                                         const struct rows *rows, struct error *e) {
    for (uint32_t i = 0; i < rows->count; i++) {
        struct str bytes = strv_str(&VEC_VALUE(in[0], struct strv, rows_at(rows, i)));
        uint64_t missed = 0;
        assert(bytes.size_bytes >= sizeof missed);
        memcpy(&missed, bytes.at, sizeof missed);
        bytes.at += sizeof missed;
        bytes.size_bytes -= sizeof missed;
        for (; missed > 0; missed--)
            TRY(state_list_append(s, &accs[i][MISSED], packet_take(&bytes), e));
        while (bytes.size_bytes > 0) TRY(sequence_add(c, s, accs[i], packet_take(&bytes), e));
        TRY(take_missed(c, s, accs[i], e));
    }
    return STATUS_OK;
}

#define SEQUENCE_PARTIAL                                                                     \
    .partial_count = partial_one, .partial_name = sequence_partial_name,                     \
    .partial_type = packet_type, .partial_write = sequence_partial_write,                    \
    .partial_fold = sequence_partial_fold

const struct agg_impl agg_first_retract = {IMPL_FIELDS(fields), .fold = sequence_fold,
                                           .merge = sequence_merge, .result = first_result};
const struct agg_impl agg_last_retract = {IMPL_FIELDS(fields), .fold = sequence_fold,
                                          .merge = sequence_merge, .result = last_result};
const struct agg_impl agg_listagg_retract = {IMPL_FIELDS(fields), .fold = sequence_fold,
                                             .merge = sequence_merge, .result = listagg_result,
                                             SEQUENCE_PARTIAL};
const struct agg_impl agg_array_agg_retract = {IMPL_FIELDS(fields), .fold = array_fold,
                                               .merge = sequence_merge, .result = array_result,
                                               SEQUENCE_PARTIAL};

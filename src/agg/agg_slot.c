/* SPDX-License-Identifier: Apache-2.0 */
/*
 * agg slot: single values in accumulator words. Values of up to 8 bytes are a word, DECIMAL above 18
 * digits and fine timestamps two words, strings a blob of their bytes, nested values a blob of their
 * one-column row.
 */
#include "agg/agg_slot.h"

#include "type/decimal.h"

enum status agg_scratch_new(struct arena *a, struct types *t, const struct agg_call *c,
                            struct agg_scratch **ret, struct error *e) {
    struct agg_scratch *s = ARENA_NEW(a, struct agg_scratch);
    const struct type **types = ARENA_ARRAY(a, const struct type *, 4);
    if (s == NULL || types == NULL) return error_no_memory(e, sizeof *s);
    s->separator = STR(",");
    if (c->distinct && (s->heap = arena_new("distinct aggregate", 0)) == NULL)
        return error_no_memory(e, 1);
    *ret = s;
    uint32_t columns = 0;
    for (uint32_t i = 0; i < c->arg_count; i++)
        if (c->constants[i] == NULL) types[columns++] = type_nullable(t, c->arg_types[i], true);
    for (uint32_t i = 0; i < columns; i++) {
        if (types[i] == NULL) return error_no_memory(e, 1);
        if (vec_new(a, s->heap, types[i], 1, &s->decoded[i]) != STATUS_OK)
            return error_no_memory(e, 1);
    }
    struct row_layout *one = NULL, *all = NULL;
    if (row_layout_new(a, types, columns == 0 ? 0 : 1, &one) != STATUS_OK ||
        row_layout_new(a, types, columns, &all) != STATUS_OK)
        return error_no_memory(e, sizeof *one);
    s->layout = one;
    s->key_layout = all;
    for (uint32_t i = 1; i < c->arg_count; i++) {
        const struct vec *k = c->constants[i];
        if (k != NULL && k->type->phys == PHYS_STRING && !vec_is_null(k, 0))
            s->separator = strv_str(&VEC_VALUE(k, struct strv, 0));
    }
    return STATUS_OK;
}

void agg_scratch_free(struct agg_scratch *s) {
    if (s == NULL) return;
    buf_deinit(&s->bytes);
    buf_deinit(&s->more);
    buf_deinit(&s->key);
    arena_free(s->heap);
}

enum state_field_kind slot_kind(const struct type *t) {
    switch (t->phys) {
    case PHYS_I128:
    case PHYS_TS: return STATE_WIDE;
    case PHYS_STRING:
    case PHYS_LIST:
    case PHYS_ROW: return STATE_BLOB;
    default: return STATE_WORD;
    }
}

uint32_t slot_words(const struct type *t) { return slot_kind(t) == STATE_WIDE ? 2 : 1; }

uint64_t word_get(const struct vec *v, uint32_t row) {
    switch (v->type->phys) {
    case PHYS_BOOL: return VEC_VALUE(v, uint8_t, row);
    case PHYS_I8: return (uint64_t)(int64_t)VEC_VALUE(v, int8_t, row);
    case PHYS_I16: return (uint64_t)(int64_t)VEC_VALUE(v, int16_t, row);
    case PHYS_I32: return (uint64_t)(int64_t)VEC_VALUE(v, int32_t, row);
    case PHYS_F32: return f32_word(VEC_VALUE(v, float, row));
    case PHYS_NULL: return 0;
    default:
        assert(v->type->phys == PHYS_I64 || v->type->phys == PHYS_F64);
        return VEC_VALUE(v, uint64_t, row);
    }
}

void word_put(struct vec *v, uint32_t row, uint64_t word) {
    switch (v->type->phys) {
    case PHYS_BOOL: VEC_DATA(v, uint8_t)[row] = (uint8_t)word; break;
    case PHYS_I8: VEC_DATA(v, int8_t)[row] = (int8_t)word; break;
    case PHYS_I16: VEC_DATA(v, int16_t)[row] = (int16_t)word; break;
    case PHYS_I32: VEC_DATA(v, int32_t)[row] = (int32_t)word; break;
    case PHYS_F32: VEC_DATA(v, float)[row] = f32_of(word); break;
    case PHYS_NULL: break;
    default: VEC_DATA(v, uint64_t)[row] = word; break;
    }
}

enum status row_bytes(const struct agg_call *c, const struct vec *v, uint32_t row, struct str *ret,
                      struct error *e) {
    struct buf *b = &c->scratch->bytes;
    buf_reset(b);
    uint32_t size = row_size_bytes(c->scratch->layout, &v, row);
    if (!buf_reserve(b, size)) return error_no_memory(e, size);
    b->size_bytes = row_write(c->scratch->layout, &v, row, b->at);
    *ret = buf_view(b);
    return STATUS_OK;
}

enum status slot_store(const struct agg_call *c, struct state *s, uint64_t *slot,
                       const struct vec *v, uint32_t row, struct error *e) {
    if (v->type->phys == PHYS_STRING)
        return state_blob_set(s, slot, strv_str(&VEC_VALUE(v, struct strv, row)), e);
    switch (slot_kind(v->type)) {
    case STATE_WIDE: memcpy(slot, &VEC_VALUE(v, i128, row), 16); return STATUS_OK;
    case STATE_BLOB: break;
    default: *slot = word_get(v, row); return STATUS_OK;
    }
    struct str bytes;
    TRY(row_bytes(c, v, row, &bytes, e));
    return state_blob_set(s, slot, bytes, e);
}

enum status slot_copy(const struct agg_call *c, struct state *s, uint64_t *dst, const uint64_t *src,
                      struct error *e) {
    if (slot_kind(c->arg_types[0]) == STATE_BLOB)
        return state_blob_set(s, dst, state_blob_get(s, *src), e);
    memcpy(dst, src, slot_words(c->arg_types[0]) * sizeof *dst);
    return STATUS_OK;
}

enum status slot_load(const struct agg_call *c, struct state *s, const uint64_t *slot,
                      struct vec *out, uint32_t row, struct error *e) {
    enum status status = STATUS_OK;
    vec_set_valid(out, row);
    if (out->type->phys == PHYS_STRING)
        status = vec_set_str(out, row, state_blob_get(s, *slot));
    else if (slot_kind(out->type) == STATE_BLOB)
        status = row_read(c->scratch->layout, state_blob_get(s, *slot).at, 0, out, row);
    else if (slot_kind(out->type) == STATE_WIDE)
        memcpy((char *)out->data + row * 16UL, slot, 16);
    else
        word_put(out, row, *slot);
    return status == STATUS_OK ? STATUS_OK : error_no_memory(e, 1);
}

static int order(bool less, bool more) { return more - less; }

static int string_order(struct str a, struct str b) { return str_compare(a, b); }

static int ts_order(const struct ts *a, const struct ts *b) {
    if (a->micros != b->micros) return order(a->micros < b->micros, true);
    return order(a->nanos<b->nanos, a->nanos> b->nanos);
}

/* Scalars in word or wide form. */
static int plain_order(const struct type *t, const uint64_t *a, const uint64_t *b) {
    switch (t->phys) {
    case PHYS_F32: return order(f32_of(*a) < f32_of(*b), f32_of(*a) > f32_of(*b));
    case PHYS_F64: return order(f64_of(*a) < f64_of(*b), f64_of(*a) > f64_of(*b));
    case PHYS_I128: return order(wide_get(a) < wide_get(b), wide_get(a) > wide_get(b));
    case PHYS_TS: {
        struct ts x, y;
        memcpy(&x, a, sizeof x);
        memcpy(&y, b, sizeof y);
        return ts_order(&x, &y);
    }
    default: return order((int64_t)*a<(int64_t)*b, (int64_t)*a>(int64_t) * b);
    }
}

int slot_compare(const struct agg_call *c, struct state *s, const uint64_t *slot,
                 const struct vec *v, uint32_t row) {
    (void)c;
    if (v->type->phys == PHYS_STRING)
        return string_order(state_blob_get(s, *slot), strv_str(&VEC_VALUE(v, struct strv, row)));
    uint64_t other[2];
    if (slot_kind(v->type) == STATE_WIDE)
        memcpy(other, &VEC_VALUE(v, i128, row), 16);
    else
        other[0] = word_get(v, row);
    return plain_order(v->type, slot, other);
}

int slot_compare_slots(const struct agg_call *c, struct state *s, const uint64_t *a,
                       const uint64_t *b) {
    if (c->arg_types[0]->phys == PHYS_STRING)
        return string_order(state_blob_get(s, *a), state_blob_get(s, *b));
    return plain_order(c->arg_types[0], a, b);
}

/* ---- packets ---- */

void packet_put(struct buf *b, struct str piece) {
    uint64_t size = piece.size_bytes;
    buf_append(b, &size, sizeof size);
    buf_str(b, piece);
}

struct str packet_take(struct str *bytes) {
    uint64_t size = 0;
    assert(bytes->size_bytes >= sizeof size);
    memcpy(&size, bytes->at, sizeof size);
    struct str piece = {bytes->at + sizeof size, size};
    assert(bytes->size_bytes - sizeof size >= size);
    bytes->at = piece.at + size;
    bytes->size_bytes -= sizeof size + size;
    return piece;
}

enum status packet_send(const struct buf *b, struct vec *out, uint32_t row, struct error *e) {
    if (b->failed || vec_set_str(out, row, buf_view(b)) != STATUS_OK)
        return error_no_memory(e, b->size_bytes);
    return STATUS_OK;
}

void packet_put_sorted(struct buf *b, const struct state *s, state_ref root) {
    struct sorted_cursor at;
    for (bool more = state_sorted_seek(s, root, (struct str){NULL, 0}, &at); more;
         more = state_sorted_next(s, &at)) {
        packet_put(b, state_sorted_key(s, &at));
        packet_put(b, state_sorted_value(s, &at));
    }
}

enum status packet_write_sorted(const struct agg_call *c, struct state *s, uint64_t *const *accs,
                                uint32_t count, struct vec *const *out, uint32_t row,
                                struct error *e) {
    struct buf *bytes = &c->scratch->more;
    for (uint32_t i = 0; i < count; i++) {
        buf_reset(bytes);
        packet_put_sorted(bytes, s, *accs[i]);
        TRY(packet_send(bytes, out[0], row + i, e));
    }
    return STATUS_OK;
}

const struct type *packet_type(const struct agg_call *c, struct types *t, uint32_t i) {
    (void)c;
    (void)i;
    return type_text(t, TYPE_VARBINARY, TYPE_LENGTH_MAX, false);
}

uint32_t partial_one(const struct agg_call *c) {
    (void)c;
    return 1;
}

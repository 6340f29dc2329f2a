/* SPDX-License-Identifier: Apache-2.0 */
/*
 * row: columns of one row as canonical bytes. Written front to back: null bits, slots, variable
 * part; every byte is defined, so equal values are equal bytes. Arrays inside use the same slot
 * rules with one type for all elements.
 *
 * Cost: a fixed-size column is one store; a string one copy. row_keys_encode does a batch of keys
 * with a fast path for a single 8-byte column without nulls, the commonest key.
 */
#include "vec/row.h"

#include "base/alloc.h"
#include "base/hash.h"

#include <string.h>

static uint32_t slot_bytes(const struct type *t) {
    return t->phys == PHYS_I128 || t->phys == PHYS_TS ? 16 : 8;
}

static bool type_is_variable(const struct type *t) {
    return t->phys == PHYS_STRING || t->phys == PHYS_LIST || t->phys == PHYS_ROW;
}

static uint32_t pad8(uint64_t n) { return (uint32_t)((n + 7) & ~UINT64_C(7)); }

enum status row_layout_new(struct arena *a, const struct type *const *types, uint32_t count,
                           struct row_layout **ret) {
    struct row_layout *l = ARENA_NEW(a, struct row_layout);
    const struct type **copy = ARENA_ARRAY(a, const struct type *, count);
    uint32_t *slots = ARENA_ARRAY(a, uint32_t, count);
    if (l == NULL || copy == NULL || slots == NULL) return STATUS_NO_MEMORY;
    uint32_t at = (uint32_t)BITS_WORDS(count) * 8;
    for (uint32_t i = 0; i < count; i++) {
        copy[i] = types[i];
        slots[i] = at;
        at += slot_bytes(types[i]);
        l->has_variable = l->has_variable || type_is_variable(types[i]);
    }
    l->column_count = count;
    l->fixed_bytes = at;
    l->types = copy;
    l->slots = slots;
    *ret = l;
    return STATUS_OK;
}

/* ---- sizes --------------------------------------------------------------------------------- */

static uint32_t value_size(const struct vec *v, uint32_t row);

static uint32_t array_size(const struct vec *elements, uint32_t offset, uint32_t count) {
    uint64_t size = 8 + BITS_WORDS(count) * 8 + (uint64_t)count * slot_bytes(elements->type);
    for (uint32_t i = 0; type_is_variable(elements->type) && i < count; i++) {
        size += value_size(elements, offset + i);
    }
    return pad8(size);
}

static uint32_t nested_row_size(const struct vec *v, uint32_t row) {
    uint32_t size = (uint32_t)BITS_WORDS(v->child_count) * 8;
    for (uint32_t c = 0; c < v->child_count; c++) {
        size += slot_bytes(v->children[c]->type) + value_size(v->children[c], row);
    }
    return size;
}

/* Bytes in the variable part; 0 for fixed-size and null values. */
static uint32_t value_size(const struct vec *v, uint32_t row) {
    const struct vec *b = vec_base(v);
    if (!type_is_variable(b->type) || vec_is_null(v, row)) return 0;
    uint32_t i = vec_row(v, row);
    if (b->type->phys == PHYS_STRING) return pad8(VEC_DATA(b, struct strv)[i].size_bytes);
    if (b->type->phys == PHYS_ROW) return nested_row_size(b, i);
    struct list_ref r = VEC_DATA(b, struct list_ref)[i];
    uint32_t size = array_size(b->children[0], r.offset, r.count);
    return b->child_count == 1 ? size : 8 + size + array_size(b->children[1], r.offset, r.count);
}

uint32_t row_size_bytes(const struct row_layout *l, const struct vec *const *columns, uint32_t row) {
    uint32_t size = l->fixed_bytes;
    for (uint32_t c = 0; l->has_variable && c < l->column_count; c++) size += value_size(columns[c], row);
    return size;
}

/* ---- writing ------------------------------------------------------------------------------- */

struct row_out {
    char *base;    /* offsets in slots are relative to it */
    uint32_t tail; /* where the next variable value goes */
};

static void write_value(struct row_out *o, char *slot, const struct vec *v, uint32_t row);

static void write_array(char *dst, const struct vec *elements, uint32_t offset, uint32_t count) {
    uint64_t n = count;
    memcpy(dst, &n, 8);
    uint64_t *nulls = (uint64_t *)(dst + 8);
    memset(nulls, 0, BITS_WORDS(count) * 8);
    char *slots = dst + 8 + BITS_WORDS(count) * 8;
    uint32_t step = slot_bytes(elements->type);
    struct row_out o = {dst, (uint32_t)(slots - dst) + count * step};
    for (uint32_t i = 0; i < count; i++) {
        if (vec_is_null(elements, offset + i)) {
            bits_set(nulls, i);
            memset(slots + i * step, 0, step);
        } else {
            write_value(&o, slots + i * step, elements, offset + i);
        }
    }
}

static void write_nested_row(char *dst, const struct vec *v, uint32_t row) {
    uint64_t *nulls = (uint64_t *)dst;
    uint32_t at = (uint32_t)BITS_WORDS(v->child_count) * 8;
    memset(nulls, 0, at);
    struct row_out o = {dst, at};
    for (uint32_t c = 0; c < v->child_count; c++) o.tail += slot_bytes(v->children[c]->type);
    for (uint32_t c = 0; c < v->child_count; c++) {
        uint32_t step = slot_bytes(v->children[c]->type);
        if (vec_is_null(v->children[c], row)) {
            bits_set(nulls, c);
            memset(dst + at, 0, step);
        } else {
            write_value(&o, dst + at, v->children[c], row);
        }
        at += step;
    }
}

static void write_variable(struct row_out *o, char *slot, const struct vec *b, uint32_t i) {
    uint32_t size = 0;
    char *at = o->base + o->tail;
    if (b->type->phys == PHYS_STRING) {
        struct str s = strv_str(&VEC_DATA(b, struct strv)[i]);
        size = (uint32_t)s.size_bytes;
        uint32_t padded = pad8(size);
        if (padded != 0) memset(at + padded - 8, 0, 8);
        if (size != 0) memcpy(at, s.at, size);
    } else if (b->type->phys == PHYS_ROW) {
        size = nested_row_size(b, i);
        write_nested_row(at, b, i);
    } else {
        struct list_ref r = VEC_DATA(b, struct list_ref)[i];
        uint32_t first = array_size(b->children[0], r.offset, r.count);
        uint64_t header = first;
        char *elements = at;
        size = first;
        if (b->child_count == 2) {
            memcpy(at, &header, 8);
            elements = at + 8;
            size = 8 + first + array_size(b->children[1], r.offset, r.count);
            write_array(elements + first, b->children[1], r.offset, r.count);
        }
        write_array(elements, b->children[0], r.offset, r.count);
    }
    uint32_t ref[2] = {o->tail, size};
    memcpy(slot, ref, sizeof ref);
    o->tail += pad8(size);
}

static void store_i64(char *slot, int64_t v) { memcpy(slot, &v, sizeof v); }

/* The value is not null. */
static void write_value(struct row_out *o, char *slot, const struct vec *v, uint32_t row) {
    const struct vec *b = vec_base(v);
    uint32_t i = vec_row(v, row);
    switch (b->type->phys) {
    case PHYS_BOOL: store_i64(slot, VEC_DATA(b, uint8_t)[i]); break;
    case PHYS_I8: store_i64(slot, VEC_DATA(b, int8_t)[i]); break;
    case PHYS_I16: store_i64(slot, VEC_DATA(b, int16_t)[i]); break;
    case PHYS_I32: store_i64(slot, VEC_DATA(b, int32_t)[i]); break;
    case PHYS_F32: {
        uint32_t bits = VEC_DATA(b, uint32_t)[i];
        store_i64(slot, (int64_t)bits);
        break;
    }
    case PHYS_I64:
    case PHYS_F64: memcpy(slot, &VEC_DATA(b, int64_t)[i], 8); break;
    case PHYS_I128:
    case PHYS_TS: memcpy(slot, (const char *)b->data + (size_t)16 * i, 16); break;
    case PHYS_NULL: store_i64(slot, 0); break;
    case PHYS_STRING:
    case PHYS_LIST:
    case PHYS_ROW: write_variable(o, slot, b, i); break;
    }
}

uint32_t row_write(const struct row_layout *l, const struct vec *const *columns, uint32_t row, void *dst) {
    assert(((uintptr_t)dst & 7) == 0);
    uint64_t *nulls = dst;
    memset(nulls, 0, BITS_WORDS(l->column_count) * 8);
    struct row_out o = {dst, l->fixed_bytes};
    for (uint32_t c = 0; c < l->column_count; c++) {
        char *slot = o.base + l->slots[c];
        if (vec_is_null(columns[c], row)) {
            bits_set(nulls, c);
            memset(slot, 0, slot_bytes(l->types[c]));
        } else {
            write_value(&o, slot, columns[c], row);
        }
    }
    return o.tail;
}

/* ---- reading ------------------------------------------------------------------------------- */

static enum status read_value(const char *base, const char *slot, struct vec *dst, uint32_t row);

static enum status read_array(const char *at, struct vec *elements, uint32_t offset) {
    uint64_t count = 0;
    memcpy(&count, at, 8);
    const uint64_t *nulls = (const uint64_t *)(at + 8);
    const char *slots = at + 8 + BITS_WORDS(count) * 8;
    uint32_t step = slot_bytes(elements->type);
    for (uint32_t i = 0; i < count; i++) {
        if (bits_get(nulls, i)) {
            vec_set_null(elements, offset + i);
        } else {
            TRY(read_value(at, slots + (size_t)i * step, elements, offset + i));
        }
    }
    return STATUS_OK;
}

static enum status read_list(const char *at, struct vec *dst, uint32_t row) {
    uint64_t first = 0, count = 0;
    if (dst->child_count == 2) memcpy(&first, at, 8);
    const char *elements = dst->child_count == 2 ? at + 8 : at;
    memcpy(&count, elements, 8);
    uint32_t offset = 0;
    TRY(vec_list_extend(dst, (uint32_t)count, &offset));
    VEC_DATA(dst, struct list_ref)[row] = (struct list_ref){offset, (uint32_t)count};
    TRY(read_array(elements, dst->children[0], offset));
    return dst->child_count == 2 ? read_array(elements + first, dst->children[1], offset) : STATUS_OK;
}

static enum status read_nested_row(const char *at, struct vec *dst, uint32_t row) {
    const uint64_t *nulls = (const uint64_t *)at;
    const char *slot = at + BITS_WORDS(dst->child_count) * 8;
    for (uint32_t c = 0; c < dst->child_count; c++) {
        if (bits_get(nulls, c)) {
            vec_set_null(dst->children[c], row);
        } else {
            TRY(read_value(at, slot, dst->children[c], row));
        }
        slot += slot_bytes(dst->children[c]->type);
    }
    return STATUS_OK;
}

static enum status read_value(const char *base, const char *slot, struct vec *dst, uint32_t row) {
    vec_set_valid(dst, row);
    uint32_t ref[2];
    memcpy(ref, slot, sizeof ref);
    switch (dst->type->phys) {
    case PHYS_BOOL:
    case PHYS_I8: memcpy(&VEC_DATA(dst, uint8_t)[row], slot, 1); break;
    case PHYS_I16: memcpy(&VEC_DATA(dst, uint16_t)[row], slot, 2); break;
    case PHYS_I32:
    case PHYS_F32: memcpy(&VEC_DATA(dst, uint32_t)[row], slot, 4); break;
    case PHYS_I64:
    case PHYS_F64: memcpy(&VEC_DATA(dst, uint64_t)[row], slot, 8); break;
    case PHYS_I128:
    case PHYS_TS: memcpy((char *)dst->data + (size_t)16 * row, slot, 16); break;
    case PHYS_STRING: return vec_set_str(dst, row, (struct str){base + ref[0], ref[1]});
    case PHYS_LIST: return read_list(base + ref[0], dst, row);
    case PHYS_ROW: return read_nested_row(base + ref[0], dst, row);
    case PHYS_NULL: vec_set_null(dst, row); break;
    }
    return STATUS_OK;
}

enum status row_read(const struct row_layout *l, const void *row, uint32_t c, struct vec *dst, uint32_t dst_row) {
    assert(c < l->column_count && dst_row < dst->capacity);
    if (row_is_null(row, c)) {
        vec_set_null(dst, dst_row);
        return STATUS_OK;
    }
    return read_value(row, row_slot(l, row, c), dst, dst_row);
}

enum status row_read_all(const struct row_layout *l, const void *row, struct vec *const *dst, uint32_t dst_row) {
    for (uint32_t c = 0; c < l->column_count; c++) TRY(row_read(l, row, c, dst[c], dst_row));
    return STATUS_OK;
}

struct str row_str(const struct row_layout *l, const void *row, uint32_t c) {
    assert(l->types[c]->phys == PHYS_STRING);
    uint32_t ref[2];
    memcpy(ref, row_slot(l, row, c), sizeof ref);
    return (struct str){(const char *)row + ref[0], ref[1]};
}

static struct str column_bytes(const struct row_layout *l, const char *row, uint32_t c) {
    if (type_is_variable(l->types[c])) {
        uint32_t ref[2];
        memcpy(ref, row_slot(l, row, c), sizeof ref);
        return (struct str){row + ref[0], ref[1]};
    }
    uint32_t end = c + 1 < l->column_count ? l->slots[c + 1] : l->fixed_bytes;
    return (struct str){row + l->slots[c], end - l->slots[c]};
}

bool row_equal_columns(const struct row_layout *l, const void *a, const void *b, const uint32_t *columns, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        uint32_t c = columns[i];
        assert(c < l->column_count);
        if (row_is_null(a, c) != row_is_null(b, c)) return false;
        if (!row_is_null(a, c) && !str_equal(column_bytes(l, a, c), column_bytes(l, b, c))) return false;
    }
    return true;
}

/* ---- keys of a batch ------------------------------------------------------------------------ */

void row_keys_deinit(struct row_keys *k) {
    if (k == NULL) return;
    buf_deinit(&k->bytes);
    mem_free(k->offsets);
    mem_free(k->hashes);
    memset(k, 0, sizeof *k);
}

static enum status row_keys_reserve(struct row_keys *k, uint32_t count) {
    if (count <= k->capacity) return STATUS_OK;
    uint32_t capacity = count < 64 ? 64 : count;
    uint32_t *offsets = mem_realloc(k->offsets, ((size_t)capacity + 1) * sizeof *offsets);
    if (offsets == NULL) return STATUS_NO_MEMORY;
    k->offsets = offsets;
    uint64_t *hashes = mem_realloc(k->hashes, (size_t)capacity * sizeof *hashes);
    if (hashes == NULL) return STATUS_NO_MEMORY;
    k->hashes = hashes;
    k->capacity = capacity;
    return STATUS_OK;
}

static bool keys_are_one_i64(const struct row_layout *l, const struct vec *v) {
    return l->column_count == 1 && v->form == VEC_FLAT && v->valid == NULL &&
           (v->type->phys == PHYS_I64 || v->type->phys == PHYS_F64);
}

static void encode_i64_keys(struct row_keys *k, const struct vec *v, const struct rows *rows) {
    uint64_t *out = (uint64_t *)k->bytes.at;
    for (uint32_t i = 0; i < rows->count; i++) {
        out[2 * i] = 0;
        out[2 * i + 1] = VEC_DATA(v, uint64_t)[rows_at(rows, i)];
        k->offsets[i] = i * 16;
    }
    k->offsets[rows->count] = rows->count * 16;
    k->bytes.size_bytes = (size_t)rows->count * 16;
}

enum status row_keys_encode(struct row_keys *k, const struct row_layout *l, const struct vec *const *columns,
                            const struct rows *rows) {
    TRY(row_keys_reserve(k, rows->count));
    k->count = rows->count;
    buf_reset(&k->bytes);
    if (!buf_reserve(&k->bytes, (size_t)l->fixed_bytes * rows->count + 8)) return STATUS_NO_MEMORY;
    if (l->column_count == 1 && keys_are_one_i64(l, columns[0])) {
        encode_i64_keys(k, columns[0], rows);
    } else {
        k->offsets[0] = 0;
        for (uint32_t i = 0; i < rows->count; i++) {
            uint32_t size = row_size_bytes(l, columns, rows_at(rows, i));
            if (!buf_reserve(&k->bytes, size)) return STATUS_NO_MEMORY;
            uint32_t written = row_write(l, columns, rows_at(rows, i), k->bytes.at + k->bytes.size_bytes);
            assert(written == size);
            k->bytes.size_bytes += written;
            k->offsets[i + 1] = (uint32_t)k->bytes.size_bytes;
        }
    }
    for (uint32_t i = 0; i < rows->count; i++) {
        k->hashes[i] = hash_bytes(k->bytes.at + k->offsets[i], k->offsets[i + 1] - k->offsets[i], 0);
    }
    return STATUS_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vec: making, growing and copying columns. A vec's arrays come from its arena and are allocated
 * once for its capacity; only the children of list types grow, and keep what they grew to, so in
 * steady state nothing is allocated. String bytes longer than a view's inline part go to the heap.
 *
 * The comparisons at the end define SQL order and binary equality for every type in one place.
 */
#include "vec/vec.h"

#include <string.h>

struct strv strv_view(struct str s) {
    assert(s.size_bytes <= UINT32_MAX);
    struct strv v;
    memset(&v, 0, sizeof v);
    v.size_bytes = (uint32_t)s.size_bytes;
    if (s.size_bytes <= STRV_INLINE_MAX) {
        if (s.size_bytes != 0) memcpy(v.inlined, s.at, s.size_bytes);
    } else {
        memcpy(v.far.prefix, s.at, sizeof v.far.prefix);
        v.far.at = s.at;
    }
    return v;
}

bool strv_copy(struct arena *heap, struct str s, struct strv *ret) {
    if (s.size_bytes > STRV_INLINE_MAX) {
        if (s.size_bytes > UINT32_MAX) return false;
        char *bytes = arena_bytes(heap, s.size_bytes);
        if (bytes == NULL) return false;
        memcpy(bytes, s.at, s.size_bytes);
        s.at = bytes;
    }
    *ret = strv_view(s);
    return true;
}

bool strv_equal(const struct strv *a, const struct strv *b) {
    if (memcmp(a, b, 8) != 0) return false;
    if (a->size_bytes <= STRV_INLINE_MAX) return memcmp(a, b, sizeof *a) == 0;
    return memcmp(a->far.at, b->far.at, a->size_bytes) == 0;
}

int strv_compare(const struct strv *a, const struct strv *b) {
    return str_compare(strv_str(a), strv_str(b));
}

static uint32_t children_of(const struct type *t) {
    return t->phys == PHYS_ROW || t->phys == PHYS_LIST ? t->child_count : 0;
}

static enum status vec_new_children(struct vec *v, uint32_t capacity) {
    v->child_count = children_of(v->type);
    if (v->child_count == 0) return STATUS_OK;
    v->children = ARENA_ARRAY(v->arena, struct vec *, v->child_count);
    if (v->children == NULL) return STATUS_NO_MEMORY;
    for (uint32_t i = 0; i < v->child_count; i++) {
        TRY(vec_new(v->arena, v->heap, v->type->children[i].type, capacity, &v->children[i]));
    }
    return STATUS_OK;
}

enum status vec_new(struct arena *arena, struct arena *heap, const struct type *type,
                    uint32_t capacity, struct vec **ret) {
    assert(arena != NULL && type != NULL && capacity > 0);
    struct vec *v = ARENA_NEW(arena, struct vec);
    if (v == NULL) return STATUS_NO_MEMORY;
    v->type = type;
    v->form = VEC_FLAT;
    v->capacity = capacity;
    v->arena = arena;
    v->heap = heap;
    size_t size = phys_size_bytes(type->phys);
    v->valid_storage = ARENA_ARRAY(arena, uint64_t, BITS_WORDS(capacity));
    v->data = size == 0 ? NULL : arena_calloc(arena, capacity, size);
    if (v->valid_storage == NULL || (size != 0 && v->data == NULL)) return STATUS_NO_MEMORY;
    TRY(vec_new_children(v, capacity));
    *ret = v;
    return STATUS_OK;
}

void vec_reset(struct vec *v) {
    assert(v != NULL && v->form != VEC_DICT);
    v->valid = NULL;
    v->element_count = 0;
    for (uint32_t i = 0; i < v->child_count; i++) vec_reset(v->children[i]);
}

enum status vec_set_str(struct vec *v, uint32_t row, struct str s) {
    assert(v->type->phys == PHYS_STRING && row < v->capacity);
    return strv_copy(v->heap, s, &VEC_DATA(v, struct strv)[row]) ? STATUS_OK : STATUS_NO_MEMORY;
}

/* Makes a FLAT vec hold at least capacity rows, keeping its content. */
static enum status vec_grow(struct vec *v, uint32_t capacity) {
    if (capacity <= v->capacity) return STATUS_OK;
    uint32_t grown = v->capacity;
    while (grown < capacity) grown *= 2;
    uint64_t *valid = ARENA_ARRAY(v->arena, uint64_t, BITS_WORDS(grown));
    if (valid == NULL) return STATUS_NO_MEMORY;
    memset(valid, 0xff, BITS_WORDS(grown) * sizeof *valid);
    if (v->valid != NULL) memcpy(valid, v->valid, BITS_WORDS(v->capacity) * sizeof *valid);
    if (v->valid != NULL && v->capacity % 64 != 0) {
        valid[v->capacity / 64] |= ~UINT64_C(0) << (v->capacity % 64);
    }
    size_t size = phys_size_bytes(v->type->phys);
    if (size != 0) {
        void *data = arena_calloc(v->arena, grown, size);
        if (data == NULL) return STATUS_NO_MEMORY;
        memcpy(data, v->data, size * v->capacity);
        v->data = data;
    }
    if (v->valid != NULL) v->valid = valid;
    v->valid_storage = valid;
    v->capacity = grown;
    if (v->type->phys == PHYS_ROW) {
        for (uint32_t i = 0; i < v->child_count; i++) TRY(vec_grow(v->children[i], grown));
    }
    return STATUS_OK;
}

enum status vec_list_extend(struct vec *v, uint32_t count, uint32_t *ret_offset) {
    assert(v->type->phys == PHYS_LIST);
    if (count > UINT32_MAX / 4 - v->element_count) return STATUS_LIMIT;
    for (uint32_t i = 0; i < v->child_count; i++) {
        TRY(vec_grow(v->children[i], v->element_count + count));
    }
    *ret_offset = v->element_count;
    v->element_count += count;
    return STATUS_OK;
}

static enum status copy_list(struct vec *dst, uint32_t dst_row, const struct vec *src, uint32_t row) {
    struct list_ref from = VEC_DATA(src, const struct list_ref)[row];
    uint32_t offset = 0;
    TRY(vec_list_extend(dst, from.count, &offset));
    VEC_DATA(dst, struct list_ref)[dst_row] = (struct list_ref){offset, from.count};
    for (uint32_t c = 0; c < dst->child_count; c++) {
        for (uint32_t i = 0; i < from.count; i++) {
            TRY(vec_copy_value(dst->children[c], offset + i, src->children[c], from.offset + i));
        }
    }
    return STATUS_OK;
}

/* row is physical in src, which is FLAT or CONST and not null there. */
static enum status copy_valid(struct vec *dst, uint32_t dst_row, const struct vec *src, uint32_t row) {
    switch (dst->type->phys) {
    case PHYS_STRING: return vec_set_str(dst, dst_row, strv_str(&VEC_DATA(src, struct strv)[row]));
    case PHYS_LIST: return copy_list(dst, dst_row, src, row);
    case PHYS_ROW:
        for (uint32_t c = 0; c < dst->child_count; c++) {
            TRY(vec_copy_value(dst->children[c], dst_row, src->children[c], row));
        }
        return STATUS_OK;
    case PHYS_NULL: return STATUS_OK;
    default: {
        size_t size = phys_size_bytes(dst->type->phys);
        memcpy((char *)dst->data + size * dst_row, (const char *)src->data + size * row, size);
        return STATUS_OK;
    }
    }
}

enum status vec_copy_value(struct vec *dst, uint32_t dst_row, const struct vec *src, uint32_t src_row) {
    assert(dst->form != VEC_DICT && dst_row < dst->capacity);
    if (vec_is_null(src, src_row)) {
        vec_set_null(dst, dst_row);
        return STATUS_OK;
    }
    assert(dst->type->phys == vec_base(src)->type->phys);
    vec_set_valid(dst, dst_row);
    return copy_valid(dst, dst_row, vec_base(src), vec_row(src, src_row));
}

static bool phys_is_plain(enum phys p) {
    return p != PHYS_STRING && p != PHYS_LIST && p != PHYS_ROW && p != PHYS_NULL;
}

/* Columns of plain numbers without nulls: a gather by element size. */
static void gather(void *dst, const void *src, uint32_t size, const struct rows *rows) {
#define GATHER(ctype)                                                                              \
    for (uint32_t i = 0; i < rows->count; i++) ((ctype *)dst)[i] = ((const ctype *)src)[rows->sel[i]]
    struct wide { uint64_t a, b; };
    switch (size) {
    case 1: GATHER(uint8_t); break;
    case 2: GATHER(uint16_t); break;
    case 4: GATHER(uint32_t); break;
    case 8: GATHER(uint64_t); break;
    default: GATHER(struct wide); break;
    }
#undef GATHER
}

enum status vec_copy_rows(struct vec *dst, uint32_t dst_row, const struct vec *src, const struct rows *rows) {
    assert(dst->form == VEC_FLAT && dst_row + rows->count <= dst->capacity);
    if (src->form == VEC_FLAT && src->valid == NULL && phys_is_plain(src->type->phys)) {
        uint32_t size = phys_size_bytes(src->type->phys);
        char *at = (char *)dst->data + (size_t)size * dst_row;
        if (rows->sel == NULL) {
            memcpy(at, src->data, (size_t)size * rows->count);
        } else {
            gather(at, src->data, size, rows);
        }
        for (uint32_t i = 0; dst->valid != NULL && i < rows->count; i++) vec_set_valid(dst, dst_row + i);
        return STATUS_OK;
    }
    for (uint32_t i = 0; i < rows->count; i++) {
        TRY(vec_copy_value(dst, dst_row + i, src, rows_at(rows, i)));
    }
    return STATUS_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_VEC_VEC_H
#define WEIR_VEC_VEC_H

#include "base/arena.h"
#include "base/bits.h"
#include "base/status.h"
#include "type/type.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * vec: one column of up to BATCH_ROWS_MAX values of one type.
 *
 * Forms: FLAT (value i at data[i]), CONST (one value at 0 stands for every row), DICT (row i is
 * row index[i] of base). Validity is a bitmap (1 = not null), absent (NULL) when nothing is null;
 * a CONST looks at bit 0 only. Kernels see FLAT and CONST; DICT is flattened before a call or
 * followed by vec_row.
 *
 * Ownership: a vec made by vec_new owns its arrays through the arena it was made in, and string
 * bytes through its heap arena (vec_heap), which vec_reset empties. A batch lent in a call is
 * valid until that call returns; who wants to keep values copies them (vec_copy_*).
 */

enum { BATCH_ROWS_MAX = 2048 };

/* 16-byte string view: up to 12 bytes inline, longer ones a prefix and a pointer. Unused inline bytes are 0. */
struct strv {
    uint32_t size_bytes;
    union {
        char inlined[12];
        struct {
            char prefix[4];
            const char *at;
        } __attribute__((packed)) far;
    };
};
static_assert(sizeof(struct strv) == 16, "string views are 16 bytes");
enum { STRV_INLINE_MAX = 12 };

struct list_ref {
    uint32_t offset; /* first element in the child vector(s) */
    uint32_t count;
};

enum vec_form { VEC_FLAT, VEC_CONST, VEC_DICT };

struct vec {
    const struct type *type;
    enum vec_form form;
    uint32_t capacity;       /* rows data has room for */
    uint64_t *valid;         /* NULL: nothing is null */
    uint64_t *valid_storage; /* BITS_WORDS(capacity), what valid points to once something is null */
    void *data;              /* FLAT, CONST: phys_size_bytes(type->phys) * capacity */
    struct vec **children;   /* PHYS_ROW, PHYS_LIST */
    uint32_t child_count;
    uint32_t element_count;  /* PHYS_LIST: elements used in the children */
    const uint32_t *index;   /* DICT */
    const struct vec *base;  /* DICT; itself FLAT or CONST */
    struct arena *arena;     /* where arrays grow */
    struct arena *heap;      /* string bytes; may be shared by the vecs of a batch */
};

/* Which rows of a batch a call is about: sel[0..count) ascending, or 0..count when sel is NULL. */
struct rows {
    const uint32_t *sel;
    uint32_t count;
};

static inline uint32_t rows_at(const struct rows *r, uint32_t i) {
    return r->sel == NULL ? i : r->sel[i];
}

/* A FLAT vec with room for capacity rows, all valid, contents unspecified. heap may be NULL for types without strings. */
enum status vec_new(struct arena *arena, struct arena *heap, const struct type *type, uint32_t capacity, struct vec **ret);
/* Empties: all rows valid, no list elements. Does not reset the (perhaps shared) heap. */
void vec_reset(struct vec *v);

/* The physical row behind row i. */
static inline uint32_t vec_row(const struct vec *v, uint32_t i) {
    return v->form == VEC_FLAT ? i : v->form == VEC_CONST ? 0 : v->base->form == VEC_CONST ? 0 : v->index[i];
}
static inline const struct vec *vec_base(const struct vec *v) { return v->form == VEC_DICT ? v->base : v; }

static inline bool vec_is_null(const struct vec *v, uint32_t i) {
    const struct vec *b = vec_base(v);
    return b->type->root == TYPE_NULL || (b->valid != NULL && !bits_get(b->valid, vec_row(v, i)));
}
/* FLAT or CONST being written. */
static inline void vec_set_null(struct vec *v, uint32_t i) {
    if (v->valid == NULL) {
        v->valid = v->valid_storage;
        bits_fill(v->valid, v->capacity, true);
    }
    bits_clear(v->valid, i);
}
static inline void vec_set_valid(struct vec *v, uint32_t i) {
    if (v->valid != NULL) bits_set(v->valid, i);
}

/* Typed access to FLAT/CONST data: VEC_DATA(v, int64_t)[i]. */
#define VEC_DATA(v, ctype) ((ctype *)(v)->data)
/* One value of any form: VEC_VALUE(v, int64_t, i). */
#define VEC_VALUE(v, ctype, i) (((const ctype *)vec_base(v)->data)[vec_row((v), (i))])

static inline struct str strv_str(const struct strv *s) {
    return (struct str){s->size_bytes <= STRV_INLINE_MAX ? s->inlined : s->far.at, s->size_bytes};
}
/* A view of bytes that live at least as long as the view; short ones are inlined. */
struct strv strv_view(struct str s);
/* A view of a copy in heap. false: no memory. */
bool strv_copy(struct arena *heap, struct str s, struct strv *ret);
bool strv_equal(const struct strv *a, const struct strv *b);
/* Unsigned bytewise order. */
int strv_compare(const struct strv *a, const struct strv *b);

/* Sets a string value, copying the bytes into v->heap. */
enum status vec_set_str(struct vec *v, uint32_t row, struct str s);
/* Room for count more elements in a list vec's children; *ret_offset is where they start; marks them used. */
enum status vec_list_extend(struct vec *v, uint32_t count, uint32_t *ret_offset);

/* dst[dst_row] = src[src_row], deep; same physical type. Grows list children; dst must be FLAT with dst_row < capacity. */
enum status vec_copy_value(struct vec *dst, uint32_t dst_row, const struct vec *src, uint32_t src_row);
/* dst[dst_row + k] = src[rows k], for all rows, column-wise. */
enum status vec_copy_rows(struct vec *dst, uint32_t dst_row, const struct vec *src, const struct rows *rows);
/* Deep equality; NULL equals NULL, doubles by bits (Flink's binary-row equality). */
bool vec_value_equal(const struct vec *a, uint32_t a_row, const struct vec *b, uint32_t b_row);
/* SQL order of two non-null values of comparable type: <0 0 >0; doubles as Java's Double.compare. */
int vec_value_compare(const struct vec *a, uint32_t a_row, const struct vec *b, uint32_t b_row);

/* Timestamps of either precision as struct ts. */
struct ts vec_get_ts(const struct vec *v, uint32_t row);
void vec_set_ts(struct vec *v, uint32_t row, struct ts t);
/* Milliseconds since the epoch, floor: what watermarks and windows count in. */
int64_t vec_get_millis(const struct vec *v, uint32_t row);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_VEC_ROW_H
#define WEIR_VEC_ROW_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/status.h"
#include "base/str.h"
#include "vec/vec.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * row: several columns of one row as contiguous bytes: the form of keys, of rows kept in state and
 * of rows that cross a process. Canonical, so equal values give equal bytes: equality and hash work
 * on bytes (NULL equals NULL, -0.0 differs from 0.0: Flink's binary-row equality).
 *
 *   [null bits: 8 bytes per 64 columns, 1 = null][slots: 8 bytes each, 16 for I128 and TS][variable part]
 *
 * A fixed-size value fills its slot little-endian, zero-extended (integers sign-extended). Strings
 * and nested values hold {uint32 offset from the row's start, uint32 size} and lie in the variable
 * part in column order, each padded with zeros to 8 bytes. A null's slot is 0. A nested ROW is a
 * row; an ARRAY is {uint64 count}[null bits][slots][variable]; a MAP/MULTISET is two arrays:
 * {uint64 size of the first}[keys][values].
 */
struct row_layout {
    uint32_t column_count;
    uint32_t fixed_bytes;          /* null bits and slots */
    bool has_variable;             /* some column is not of fixed size */
    const struct type *const *types;
    uint32_t *slots;               /* byte offset of each column's slot */
};

enum status row_layout_new(struct arena *a, const struct type *const *types, uint32_t count, struct row_layout **ret);

/* Bytes that row `row` of columns takes; a multiple of 8. */
uint32_t row_size_bytes(const struct row_layout *l, const struct vec *const *columns, uint32_t row);
/* Writes it; dst has row_size_bytes room, 8-byte aligned. Returns the size. */
uint32_t row_write(const struct row_layout *l, const struct vec *const *columns, uint32_t row, void *dst);

/* Reads column c of a row into dst[dst_row]; bytes are copied into dst's heap. */
enum status row_read(const struct row_layout *l, const void *row, uint32_t c, struct vec *dst, uint32_t dst_row);
/* All columns into dst columns [0, column_count). */
enum status row_read_all(const struct row_layout *l, const void *row, struct vec *const *dst, uint32_t dst_row);
static inline bool row_is_null(const void *row, uint32_t c) {
    return (((const uint64_t *)row)[c >> 6] >> (c & 63)) & 1;
}
/* The slot of a fixed-size column, and the bytes of a string column. */
static inline const void *row_slot(const struct row_layout *l, const void *row, uint32_t c) {
    return (const char *)row + l->slots[c];
}
struct str row_str(const struct row_layout *l, const void *row, uint32_t c);

/* Are these columns of two rows the same bytes (NULL equals NULL)? */
bool row_equal_columns(const struct row_layout *l, const void *a, const void *b, const uint32_t *columns, uint32_t count);

/* Keys of a whole batch: encoded rows and hashes, reused from batch to batch. Index k is the k-th row of `rows`. */
struct row_keys {
    struct buf bytes;
    uint32_t *offsets; /* count + 1 */
    uint64_t *hashes;
    uint32_t count;
    uint32_t capacity;
};
void row_keys_deinit(struct row_keys *k);
enum status row_keys_encode(struct row_keys *k, const struct row_layout *l, const struct vec *const *columns, const struct rows *rows);
static inline struct str row_keys_at(const struct row_keys *k, uint32_t i) {
    return (struct str){k->bytes.at + k->offsets[i], k->offsets[i + 1] - k->offsets[i]};
}

/*
 * Sort keys: bytes whose memcmp order is the SQL order of the columns. Per column: one byte for
 * NULL/not NULL (Flink: NULLs are the smallest: first when ascending, last when descending, unless
 * NULLS FIRST/LAST says otherwise), then the value, inverted when descending; strings escaped and
 * terminated.
 */
struct sort_column {
    uint32_t column;
    bool descending;
    bool nulls_last;
};
/* Appends the sort key of one row to out. */
enum status sort_key_append(struct buf *out, const struct sort_column *by, uint32_t count, const struct vec *const *columns, uint32_t row);

#endif

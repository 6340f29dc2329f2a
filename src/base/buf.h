/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_BASE_BUF_H
#define WEIR_BASE_BUF_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * buf: an owning, growing byte buffer (text builder, encoder output). A failed growth sets
 * `failed` and further appends do nothing, so a long run of appends needs one check at the end.
 */
struct buf {
    char *at;
    size_t size_bytes;
    size_t capacity_bytes;
    bool failed;
};

#define BUF_INIT {NULL, 0, 0, false}

void buf_deinit(struct buf *b);
/* Empties, keeps the capacity, forgives a failure. */
static inline void buf_reset(struct buf *b) {
    b->size_bytes = 0;
    b->failed = false;
}
/* Room for more bytes behind size_bytes; false when that failed. */
bool buf_reserve(struct buf *b, size_t more_bytes);
void buf_append(struct buf *b, const void *bytes, size_t size_bytes);
void buf_str(struct buf *b, struct str s);
void buf_text(struct buf *b, const char *c_string);
void buf_format(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buf_i64(struct buf *b, int64_t v);

static inline void buf_char(struct buf *b, char c) {
    if (b->size_bytes < b->capacity_bytes || buf_reserve(b, 1)) b->at[b->size_bytes++] = c;
}

static inline struct str buf_view(const struct buf *b) {
    return (struct str){b->at, b->size_bytes};
}

#endif

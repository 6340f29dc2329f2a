/* SPDX-License-Identifier: Apache-2.0 */
/*
 * buf: doubles on growth; sticky failure. Text of integers is written here because every encoder
 * and printer needs it.
 */
#include "base/buf.h"

#include "base/alloc.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

void buf_deinit(struct buf *b) {
    if (b == NULL) return;
    mem_free(b->at);
    *b = (struct buf)BUF_INIT;
}

bool buf_reserve(struct buf *b, size_t more_bytes) {
    assert(b != NULL && b->size_bytes <= b->capacity_bytes);
    if (b->failed) return false;
    if (b->capacity_bytes - b->size_bytes >= more_bytes) return true;
    size_t need = b->size_bytes + more_bytes;
    size_t capacity = b->capacity_bytes < 64 ? 64 : b->capacity_bytes;
    while (capacity < need && capacity < SIZE_MAX / 2) capacity *= 2;
    char *at = need < b->size_bytes || capacity < need ? NULL : mem_realloc(b->at, capacity);
    if (at == NULL) {
        b->failed = true;
        return false;
    }
    b->at = at;
    b->capacity_bytes = capacity;
    return true;
}

void buf_append(struct buf *b, const void *bytes, size_t size_bytes) {
    if (size_bytes == 0 || !buf_reserve(b, size_bytes)) return;
    memcpy(b->at + b->size_bytes, bytes, size_bytes);
    b->size_bytes += size_bytes;
}

void buf_str(struct buf *b, struct str s) { buf_append(b, s.at, s.size_bytes); }

void buf_text(struct buf *b, const char *c_string) { buf_append(b, c_string, strlen(c_string)); }

void buf_format(struct buf *b, const char *format, ...) {
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    assert(n >= 0);
    if (buf_reserve(b, (size_t)n + 1)) {
        vsnprintf(b->at + b->size_bytes, (size_t)n + 1, format, again);
        b->size_bytes += (size_t)n;
    }
    va_end(again);
}

void buf_i64(struct buf *b, int64_t v) {
    char digits[24];
    size_t at = sizeof digits;
    uint64_t left = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
    do {
        digits[--at] = (char)('0' + left % 10);
        left /= 10;
    } while (left != 0);
    if (v < 0) digits[--at] = '-';
    buf_append(b, digits + at, sizeof digits - at);
}

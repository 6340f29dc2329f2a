/* SPDX-License-Identifier: Apache-2.0 */
/*
 * binary_row: see the header. Flink's form of a row: null bits with one byte for the row kind (0,
 * insert) before them, rounded up to 8 bytes; a slot of 8 bytes per column; a variable part. A slot
 * holds a number in as many low bytes as its type has, up to 7 bytes of text with 0x80 | length as
 * the highest byte, or the offset (high half) and size of something in the variable part, which has
 * long texts, DECIMAL of more than 18 digits as big-endian bytes in 16, and TIMESTAMP of more than 3
 * digits as milliseconds, whose slot has the nanoseconds for a size.
 */
#include "vec/binary_row.h"

#include "type/int128.h"
#include "type/timestamp.h"

#include <assert.h>
#include <string.h>

enum { KIND_BITS = 8, INLINE_TEXT_MAX = 7, DECIMAL_BYTES = 16, COMPACT_TIME_DIGITS = 3 };

bool binary_row_has_hash(const struct row_layout *l) {
    for (uint32_t c = 0; c < l->column_count; c++) {
        enum phys p = l->types[c]->phys;
        if (p == PHYS_LIST || p == PHYS_ROW || p == PHYS_NULL) return false;
    }
    return true;
}

/* ---- the form -------------------------------------------------------------------------------- */

static void set_slot(struct buf *out, uint32_t slot, uint64_t value) { memcpy(out->at + slot, &value, sizeof value); }

static void set_reference(struct buf *out, uint32_t slot, uint64_t size) { set_slot(out, slot, (uint64_t)out->size_bytes << 32 | size); }

static void put_text(struct buf *out, uint32_t slot, struct str s) {
    static const char zeros[8];
    if (s.size_bytes <= INLINE_TEXT_MAX) {
        uint64_t word = (uint64_t)(0x80 | s.size_bytes) << 56;
        for (size_t i = 0; i < s.size_bytes; i++) word |= (uint64_t)(unsigned char)s.at[i] << (8 * i);
        set_slot(out, slot, word);
        return;
    }
    set_reference(out, slot, s.size_bytes);
    buf_append(out, s.at, s.size_bytes);
    buf_append(out, zeros, (8 - s.size_bytes % 8) % 8);
}

/* The bytes of java.math.BigInteger: big-endian, two's complement, as few as there can be. */
static void put_decimal(struct buf *out, uint32_t slot, const void *value, bool is_null) {
    char bytes[DECIMAL_BYTES] = {0};
    i128 v = 0;
    uint32_t size = is_null ? 0 : DECIMAL_BYTES;
    if (!is_null) memcpy(&v, value, sizeof v);
    while (size > 1) {
        i128 top = v >> (8 * (size - 1) - 1); /* the sign and all bits above what size - 1 bytes hold */
        if (top != 0 && top != -1) break;
        size--;
    }
    for (uint32_t i = 0; i < size; i++) bytes[i] = (char)(v >> (8 * (size - 1 - i)));
    set_reference(out, slot, size);
    buf_append(out, bytes, sizeof bytes);
}

static struct ts time_of(const struct type *t, const void *value) {
    struct ts ts = {0};
    if (t->phys == PHYS_TS) memcpy(&ts, value, sizeof ts);
    else memcpy(&ts.micros, value, sizeof ts.micros);
    return ts;
}

static void put_time(struct buf *out, uint32_t slot, const struct type *t, const void *value, bool is_null) {
    struct ts ts = is_null ? (struct ts){0} : time_of(t, value);
    int64_t millis = ts_to_millis(ts);
    if (t->precision <= COMPACT_TIME_DIGITS) {
        set_slot(out, slot, (uint64_t)millis);
        return;
    }
    uint64_t nanos = (uint64_t)(ts.micros - millis * 1000) * 1000 + (uint64_t)ts.nanos;
    set_reference(out, slot, nanos);
    buf_append(out, &millis, sizeof millis);
}

static uint32_t number_bytes(enum phys p) {
    switch (p) {
    case PHYS_BOOL:
    case PHYS_I8: return 1;
    case PHYS_I16: return 2;
    case PHYS_I32:
    case PHYS_F32: return 4;
    default: return 8;
    }
}

static void put_column(const struct row_layout *l, const void *row, uint32_t c, struct buf *out, uint32_t slot) {
    const struct type *t = l->types[c];
    bool is_null = row_is_null(row, c);
    const void *value = row_slot(l, row, c);
    if (t->phys == PHYS_I128) {
        put_decimal(out, slot, value, is_null);
    } else if (type_is_timestamp(t)) {
        put_time(out, slot, t, value, is_null);
    } else if (!is_null && t->phys == PHYS_STRING) {
        put_text(out, slot, row_str(l, row, c));
    } else if (!is_null) {
        memcpy(out->at + slot, value, number_bytes(t->phys));
    }
}

/* ---- the hash -------------------------------------------------------------------------------- */

static uint32_t rotate(uint32_t x, int by) { return x << by | x >> (32 - by); }

static uint32_t murmur(struct str words) {
    uint32_t h = 42;
    assert(words.size_bytes % 4 == 0);
    for (size_t i = 0; i < words.size_bytes; i += 4) {
        uint32_t k = 0;
        memcpy(&k, words.at + i, sizeof k);
        h ^= rotate(k * 0xcc9e2d51u, 15) * 0x1b873593u;
        h = rotate(h, 13) * 5 + 0xe6546b64u;
    }
    h ^= (uint32_t)words.size_bytes;
    h = (h ^ h >> 16) * 0x85ebca6bu;
    h = (h ^ h >> 13) * 0xc2b2ae35u;
    return h ^ h >> 16;
}

bool binary_row_hash(const struct row_layout *l, const void *row, struct buf *scratch, uint32_t *ret) {
    uint32_t bits = (l->column_count + KIND_BITS + 63) / 64 * 8, fixed = bits + l->column_count * 8;
    buf_reset(scratch);
    if (!buf_reserve(scratch, fixed)) return false;
    memset(scratch->at, 0, fixed);
    scratch->size_bytes = fixed;
    for (uint32_t c = 0; c < l->column_count; c++) {
        if (row_is_null(row, c)) scratch->at[(c + KIND_BITS) / 8] |= (char)(1u << (c + KIND_BITS) % 8);
        put_column(l, row, c, scratch, bits + c * 8);
    }
    if (scratch->failed) return false;
    *ret = murmur(buf_view(scratch));
    return true;
}

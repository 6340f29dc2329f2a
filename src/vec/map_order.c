/* SPDX-License-Identifier: Apache-2.0 */
/*
 * map_order: java.util.HashMap's iteration order, from the hash codes of the keys' Java classes: by
 * bucket of a table that doubles at three quarters, and in one bucket as the keys were put.
 */
#include "vec/map_order.h"

#include "type/timestamp.h"

#include <assert.h>
#include <string.h>

/* String.hashCode over UTF-16 units. */
static uint32_t hash_text(struct str s)
{
    uint32_t h = 0;
    for (size_t i = 0; i < s.size_bytes;) {
        unsigned char b = (unsigned char)s.at[i];
        uint32_t n = b < 0x80 ? 1 : b < 0xe0 ? 2 : b < 0xf0 ? 3 : 4, code = b;
        if (n > 1) code = b & (0xffu >> (n + 1));
        for (uint32_t k = 1; k < n && i + k < s.size_bytes; k++) code = code << 6 | ((unsigned char)s.at[i + k] & 0x3fu);
        if (code > 0xffff) {
            h = h * 31 + 0xd800 + ((code - 0x10000) >> 10);
            code = 0xdc00 + ((code - 0x10000) & 0x3ff);
        }
        h = h * 31 + code;
        i += n;
    }
    return h;
}

static uint32_t hash_long(uint64_t v) { return (uint32_t)(v ^ v >> 32); }

static uint32_t hash_date(int32_t days)
{
    struct civil c = date_to_civil(days);
    return ((uint32_t)c.year & 0xfffff800u) ^ (((uint32_t)c.year << 11) + ((uint32_t)c.month << 6) + (uint32_t)c.day);
}

static uint32_t hash_key(const struct vec *v, uint32_t row);

/* A Row's fields, an array's elements: as Arrays.hashCode. */
static uint32_t hash_nested(const struct vec *v, uint32_t row)
{
    uint32_t h = 1;
    if (v->type->root == TYPE_ROW) {
        for (uint32_t c = 0; c < v->child_count; c++) h = h * 31 + hash_key(v->children[c], row);
        return h;
    }
    struct list_ref l = VEC_DATA(v, const struct list_ref)[row];
    for (uint32_t i = 0; i < l.count; i++) h = h * 31 + hash_key(v->children[0], l.offset + i);
    return h;
}

static uint32_t hash_key(const struct vec *v, uint32_t row)
{
    if (vec_is_null(v, row)) return 0;
    switch (v->type->root) {
    case TYPE_CHAR:
    case TYPE_VARCHAR: return hash_text(strv_str(&VEC_DATA(v, const struct strv)[row]));
    case TYPE_BOOLEAN: return VEC_DATA(v, const uint8_t)[row] != 0 ? 1231 : 1237;
    case TYPE_TINYINT: return (uint32_t)VEC_DATA(v, const int8_t)[row];
    case TYPE_SMALLINT: return (uint32_t)VEC_DATA(v, const int16_t)[row];
    case TYPE_INT: return (uint32_t)VEC_DATA(v, const int32_t)[row];
    case TYPE_BIGINT: return hash_long((uint64_t)VEC_DATA(v, const int64_t)[row]);
    case TYPE_DATE: return hash_date(VEC_DATA(v, const int32_t)[row]);
    case TYPE_FLOAT: {
        uint32_t bits;
        memcpy(&bits, &VEC_DATA(v, const float)[row], sizeof bits);
        return bits;
    }
    case TYPE_DOUBLE: {
        uint64_t bits;
        memcpy(&bits, &VEC_DATA(v, const double)[row], sizeof bits);
        return hash_long(bits);
    }
    case TYPE_ROW:
    case TYPE_ARRAY: return hash_nested(v, row);
    default: return 0;
    }
}

void map_order_java(const struct vec *keys, uint32_t offset, uint32_t count, uint32_t *order, uint32_t *room)
{
    assert(count == 0 || (order != NULL && room != NULL));
    uint32_t buckets = 16;
    while (count > buckets / 4 * 3) buckets *= 2;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t h = hash_key(keys, offset + i);
        room[i] = (h ^ h >> 16) & (buckets - 1);
        uint32_t at = i;
        for (; at > 0 && room[order[at - 1]] > room[i]; at--) order[at] = order[at - 1];
        order[at] = i;
    }
}

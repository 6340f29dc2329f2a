/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sort_key: bytes whose memcmp order is the SQL order of some columns. Per column a tag byte (0x00
 * null first, 0x01 value, 0x02 null last), then the value big-endian with the sign flipped; text as
 * its bytes with 0x00 escaped as 0x00 0xff, ended by 0x00 0x00. A descending column has its value
 * bytes inverted; the tag is chosen for the null order asked for.
 */
#include "type/int128.h"
#include "vec/row.h"

#include <math.h>
#include <string.h>

static void put_u64(struct buf *out, uint64_t v, unsigned char flip) {
    unsigned char bytes[8];
    for (int i = 0; i < 8; i++) bytes[i] = (unsigned char)(v >> (56 - 8 * i)) ^ flip;
    buf_append(out, bytes, sizeof bytes);
}

static void put_i64(struct buf *out, int64_t v, unsigned char flip) {
    put_u64(out, (uint64_t)v ^ (UINT64_C(1) << 63), flip);
}

/* Java's order: -0.0 < 0.0, NaN above everything. */
static void put_double(struct buf *out, double d, unsigned char flip) {
    uint64_t bits;
    if (isnan(d)) d = (double)NAN;
    memcpy(&bits, &d, 8);
    if (isnan(d)) bits &= ~(UINT64_C(1) << 63);
    bits = bits >> 63 ? ~bits : bits | UINT64_C(1) << 63;
    put_u64(out, bits, flip);
}

static void put_bytes(struct buf *out, struct str s, unsigned char flip) {
    for (size_t i = 0; i < s.size_bytes; i++) {
        unsigned char c = (unsigned char)s.at[i];
        buf_char(out, (char)(c ^ flip));
        if (c == 0) buf_char(out, (char)(0xff ^ flip));
    }
    buf_char(out, (char)(0x00 ^ flip));
    buf_char(out, (char)(0x00 ^ flip));
}

static void put_value(struct buf *out, const struct vec *v, uint32_t row, unsigned char flip);

static void put_nested(struct buf *out, const struct vec *v, uint32_t row, unsigned char flip) {
    if (vec_is_null(v, row)) {
        buf_char(out, (char)(0x00 ^ flip));
        return;
    }
    buf_char(out, (char)(0x01 ^ flip));
    put_value(out, v, row, flip);
}

static void put_list(struct buf *out, const struct vec *b, struct list_ref r, unsigned char flip) {
    for (uint32_t i = 0; i < r.count; i++) {
        buf_char(out, (char)(0x01 ^ flip));
        for (uint32_t c = 0; c < b->child_count; c++) put_nested(out, b->children[c], r.offset + i, flip);
    }
    buf_char(out, (char)(0x00 ^ flip));
}

static void put_i128(struct buf *out, i128 v, unsigned char flip) {
    u128 u = (u128)v;
    put_u64(out, (uint64_t)(u >> 64) ^ (UINT64_C(1) << 63), flip);
    put_u64(out, (uint64_t)u, flip);
}

/* The value is not null. */
static void put_value(struct buf *out, const struct vec *v, uint32_t row, unsigned char flip) {
    const struct vec *b = vec_base(v);
    uint32_t i = vec_row(v, row);
    switch (b->type->phys) {
    case PHYS_BOOL: put_i64(out, VEC_DATA(b, uint8_t)[i], flip); break;
    case PHYS_I8: put_i64(out, VEC_DATA(b, int8_t)[i], flip); break;
    case PHYS_I16: put_i64(out, VEC_DATA(b, int16_t)[i], flip); break;
    case PHYS_I32: put_i64(out, VEC_DATA(b, int32_t)[i], flip); break;
    case PHYS_I64: put_i64(out, VEC_DATA(b, int64_t)[i], flip); break;
    case PHYS_F32: put_double(out, (double)VEC_DATA(b, float)[i], flip); break;
    case PHYS_F64: put_double(out, VEC_DATA(b, double)[i], flip); break;
    case PHYS_I128: put_i128(out, VEC_DATA(b, i128)[i], flip); break;
    case PHYS_TS:
        put_i64(out, VEC_DATA(b, struct ts)[i].micros, flip);
        put_i64(out, VEC_DATA(b, struct ts)[i].nanos, flip);
        break;
    case PHYS_STRING: put_bytes(out, strv_str(&VEC_DATA(b, struct strv)[i]), flip); break;
    case PHYS_LIST: put_list(out, b, VEC_DATA(b, struct list_ref)[i], flip); break;
    case PHYS_ROW:
        for (uint32_t c = 0; c < b->child_count; c++) put_nested(out, b->children[c], i, flip);
        break;
    case PHYS_NULL: break;
    }
}

enum status sort_key_append(struct buf *out, const struct sort_column *by, uint32_t count,
                            const struct vec *const *columns, uint32_t row) {
    for (uint32_t k = 0; k < count; k++) {
        const struct vec *v = columns[by[k].column];
        if (vec_is_null(v, row)) {
            buf_char(out, by[k].nulls_last ? 0x02 : 0x00);
        } else {
            buf_char(out, 0x01);
            put_value(out, v, row, by[k].descending ? 0xff : 0x00);
        }
    }
    return out->failed ? STATUS_NO_MEMORY : STATUS_OK;
}

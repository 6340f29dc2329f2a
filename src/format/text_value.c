/* SPDX-License-Identifier: Apache-2.0 */
/*
 * text_value: Java's grammars for numbers in text (Long.parseLong, Double.parseDouble, BigDecimal)
 * and base64. They differ from CAST's, which is why they live here and not in type/.
 */
#include "format/text_value.h"

#include "type/decimal.h"
#include "type/number.h"

#include <assert.h>

struct str text_trim(struct str s) {
    while (s.size_bytes > 0 && (unsigned char)s.at[0] <= ' ') s.at++, s.size_bytes--;
    while (s.size_bytes > 0 && (unsigned char)s.at[s.size_bytes - 1] <= ' ') s.size_bytes--;
    return s;
}

bool text_integer(struct str s, int64_t min, int64_t max, int64_t *ret) {
    size_t i = 0;
    bool negative = s.size_bytes > 0 && s.at[0] == '-';
    if (s.size_bytes > 0 && (s.at[0] == '-' || s.at[0] == '+')) i++;
    if (i == s.size_bytes) return false;
    int64_t v = 0;
    for (; i < s.size_bytes; i++) {
        unsigned d = (unsigned char)s.at[i] - (unsigned)'0';
        if (d > 9 || __builtin_mul_overflow(v, 10, &v) || __builtin_sub_overflow(v, (int64_t)d, &v)) return false;
    }
    if (!negative && v == INT64_MIN) return false;
    v = negative ? v : -v;
    if (v < min || v > max) return false;
    *ret = v;
    return true;
}

/* Without a type suffix that Java allows. */
static struct str without_suffix(struct str s) {
    s = text_trim(s);
    if (s.size_bytes < 2 || strchr("dDfF", s.at[s.size_bytes - 1]) == NULL) return s;
    char before = s.at[s.size_bytes - 2];
    if ((before >= '0' && before <= '9') || before == '.') s.size_bytes--;
    return s;
}

bool text_double(struct str s, double *ret) { return double_parse(without_suffix(s), ret); }

bool text_float(struct str s, float *ret) { return float_parse(without_suffix(s), ret); }

/* [+-]digits[.digits][e[+-]digits] with at least one digit before the exponent. */
static bool is_decimal(struct str s) {
    size_t i = 0, digits = 0;
    if (i < s.size_bytes && (s.at[i] == '-' || s.at[i] == '+')) i++;
    for (; i < s.size_bytes && s.at[i] >= '0' && s.at[i] <= '9'; i++) digits++;
    if (i < s.size_bytes && s.at[i] == '.') {
        for (i++; i < s.size_bytes && s.at[i] >= '0' && s.at[i] <= '9'; i++) digits++;
    }
    if (digits == 0) return false;
    if (i < s.size_bytes && (s.at[i] | 0x20) == 'e') {
        i++;
        if (i < s.size_bytes && (s.at[i] == '-' || s.at[i] == '+')) i++;
        size_t from = i;
        while (i < s.size_bytes && s.at[i] >= '0' && s.at[i] <= '9') i++;
        if (i == from) return false;
    }
    return i == s.size_bytes;
}

bool text_decimal(struct str s, const struct type *t, bool *ret_fits, i128 *ret) {
    if (!is_decimal(s)) return false;
    *ret_fits = decimal_parse_strict(s, t->precision, t->scale, ret) && decimal_fits(*ret, t->precision);
    return true;
}

void text_integer_range(const struct type *t, int64_t *ret_min, int64_t *ret_max) {
    switch (t->phys) {
    case PHYS_I8: *ret_min = INT8_MIN, *ret_max = INT8_MAX; return;
    case PHYS_I16: *ret_min = INT16_MIN, *ret_max = INT16_MAX; return;
    case PHYS_I32: *ret_min = INT32_MIN, *ret_max = INT32_MAX; return;
    default: *ret_min = INT64_MIN, *ret_max = INT64_MAX; return;
    }
}

void text_store_integer(struct vec *v, uint32_t row, int64_t value) {
    switch (v->type->phys) {
    case PHYS_I8: VEC_DATA(v, int8_t)[row] = (int8_t)value; break;
    case PHYS_I16: VEC_DATA(v, int16_t)[row] = (int16_t)value; break;
    case PHYS_I32: VEC_DATA(v, int32_t)[row] = (int32_t)value; break;
    default: assert(v->type->phys == PHYS_I64); VEC_DATA(v, int64_t)[row] = value; break;
    }
    vec_set_valid(v, row);
}

void text_store_decimal(struct vec *v, uint32_t row, i128 value) {
    if (v->type->phys == PHYS_I64) {
        VEC_DATA(v, int64_t)[row] = (int64_t)value;
    } else {
        assert(v->type->phys == PHYS_I128);
        VEC_DATA(v, i128)[row] = value;
    }
    vec_set_valid(v, row);
}

static int base64_value(unsigned char c) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool base64_decode(struct buf *out, struct str s) {
    uint32_t bits = 0;
    int have = 0, padding = 0;
    for (size_t i = 0; i < s.size_bytes; i++) {
        unsigned char c = (unsigned char)s.at[i];
        if (c <= ' ' && have == 0 && padding == 0) continue;
        if (c == '=') {
            if (have < 2 || ++padding + have > 4) return false;
            if (padding + have < 4) continue;
            buf_char(out, (char)(bits >> (have == 3 ? 10 : 4)));
            if (have == 3) buf_char(out, (char)(bits >> 2));
            have = padding = 0;
            continue;
        }
        int v = base64_value(c);
        if (v < 0 || padding > 0) return false;
        bits = bits << 6 | (uint32_t)v;
        if (++have < 4) continue;
        buf_char(out, (char)(bits >> 16));
        buf_char(out, (char)(bits >> 8));
        buf_char(out, (char)bits);
        have = 0;
        bits = 0;
    }
    return have == 0 && padding == 0 && !out->failed;
}

void base64_encode(struct buf *out, struct str s) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < s.size_bytes; i += 3) {
        size_t left = s.size_bytes - i;
        uint32_t v = (uint32_t)(unsigned char)s.at[i] << 16;
        if (left > 1) v |= (uint32_t)(unsigned char)s.at[i + 1] << 8;
        if (left > 2) v |= (unsigned char)s.at[i + 2];
        buf_char(out, digits[v >> 18]);
        buf_char(out, digits[v >> 12 & 63]);
        buf_char(out, left > 1 ? digits[v >> 6 & 63] : '=');
        buf_char(out, left > 2 ? digits[v & 63] : '=');
    }
}

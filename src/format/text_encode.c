/* SPDX-License-Identifier: Apache-2.0 */
/* text_encode: temporal and decimal values as Flink's json and csv encoders write them. */
#include "format/text_encode.h"

#include "type/decimal.h"

#include <assert.h>

/* ".5" of nanoseconds; nothing when 0. */
static void print_fraction(struct buf *out, int64_t nanos) {
    if (nanos == 0) return;
    char digits[10];
    digits[0] = '.';
    for (int i = 9; i >= 1; i--, nanos /= 10) digits[i] = (char)('0' + nanos % 10);
    size_t size = 10;
    while (digits[size - 1] == '0') size--;
    buf_append(out, digits, size);
}

static void print_clock(struct buf *out, int64_t nanos) {
    int64_t seconds = nanos / 1000000000;
    buf_format(out, "%02d:%02d:%02d", (int)(seconds / 3600), (int)(seconds / 60 % 60), (int)(seconds % 60));
    print_fraction(out, nanos % 1000000000);
}

void text_print_timestamp(struct buf *out, struct ts t, enum time_standard standard, bool zulu) {
    int32_t days;
    int64_t nanos;
    ts_to_parts(t, &days, &nanos);
    date_print(out, days);
    buf_char(out, standard == TIME_STANDARD_ISO ? 'T' : ' ');
    print_clock(out, nanos);
    if (zulu) buf_char(out, 'Z');
}

void text_print_time_of_day(struct buf *out, int32_t ms) { print_clock(out, ms * INT64_C(1000000)); }

i128 text_get_decimal(const struct vec *v, uint32_t row) {
    return v->type->phys == PHYS_I64 ? (i128)VEC_VALUE(v, int64_t, row) : VEC_VALUE(v, i128, row);
}

int64_t text_get_integer(const struct vec *v, uint32_t row) {
    switch (v->type->phys) {
    case PHYS_I8: return VEC_VALUE(v, int8_t, row);
    case PHYS_I16: return VEC_VALUE(v, int16_t, row);
    case PHYS_I32: return VEC_VALUE(v, int32_t, row);
    default: assert(v->type->phys == PHYS_I64); return VEC_VALUE(v, int64_t, row);
    }
}

static uint32_t digit_count(i128 v) {
    uint32_t n = 1;
    for (unsigned __int128 u = v < 0 ? -(unsigned __int128)v : (unsigned __int128)v; u >= 10; u /= 10) n++;
    return n;
}

/* BigDecimal.toString: an exponent when the scale is negative or the adjusted exponent below -6. */
static void print_scientific(struct buf *out, i128 v, int32_t scale) {
    uint32_t digits = digit_count(v);
    int32_t adjusted = (int32_t)digits - 1 - scale;
    if (scale >= 0 && adjusted >= -6) {
        decimal_print(out, v, scale);
        return;
    }
    decimal_print(out, v, (int32_t)digits - 1);
    buf_format(out, "E%s%d", adjusted >= 0 ? "+" : "", adjusted);
}

void text_print_decimal(struct buf *out, i128 v, int32_t scale, bool strip, bool scientific) {
    if (strip && v == 0) scale = 0;
    while (strip && v != 0 && v % 10 == 0) {
        v /= 10;
        scale--;
    }
    if (scientific) {
        print_scientific(out, v, scale);
        return;
    }
    decimal_print(out, v, scale > 0 ? scale : 0);
    for (int32_t i = scale; i < 0 && v != 0; i++) buf_char(out, '0');
}

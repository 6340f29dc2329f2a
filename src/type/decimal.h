/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_TYPE_DECIMAL_H
#define WEIR_TYPE_DECIMAL_H

#include "base/buf.h"
#include "base/str.h"
#include "type/int128.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * decimal: arithmetic on unscaled i128 values as Flink's DecimalData has it: exact up to 38 digits,
 * rounding HALF_UP, a result that does not fit its DECIMAL(p, s) is NULL (the functions return
 * false). Products and quotients go through 256 bits.
 */

/* 10^n, 0 <= n <= 38. */
i128 decimal_power10(int32_t n);
/* Does |v| have at most precision digits? */
bool decimal_fits(i128 v, int32_t precision);
/* v with from_scale brought to to_scale, HALF_UP; false when it has more than precision digits then. */
bool decimal_rescale(i128 v, int32_t from_scale, int32_t to_scale, int32_t precision, i128 *ret);
bool decimal_add(i128 a, int32_t a_scale, i128 b, int32_t b_scale, int32_t precision, int32_t scale, i128 *ret);
bool decimal_subtract(i128 a, int32_t a_scale, i128 b, int32_t b_scale, int32_t precision, int32_t scale, i128 *ret);
bool decimal_multiply(i128 a, int32_t a_scale, i128 b, int32_t b_scale, int32_t precision, int32_t scale, i128 *ret);
/* b != 0. */
bool decimal_divide(i128 a, int32_t a_scale, i128 b, int32_t b_scale, int32_t precision, int32_t scale, i128 *ret);
bool decimal_mod(i128 a, int32_t a_scale, i128 b, int32_t b_scale, int32_t precision, int32_t scale, i128 *ret);
int decimal_compare(i128 a, int32_t a_scale, i128 b, int32_t b_scale);
/* Plain notation with exactly scale fraction digits: "-0.50". */
void decimal_print(struct buf *out, i128 v, int32_t scale);
/*
 * As CAST from a string: [+-]digits[.digits][e[+-]digits], blanks around trimmed, HALF_UP to scale; false when
 * malformed or too large. Short texts are read as leniently as Flink reads them ("1x" is 1).
 */
bool decimal_parse(struct str text, int32_t precision, int32_t scale, i128 *ret);
/* The same, but well-formed numbers only, and leading zeros do not count: Java's BigDecimal, for decoders and literals. */
bool decimal_parse_strict(struct str text, int32_t precision, int32_t scale, i128 *ret);
double decimal_to_double(i128 v, int32_t scale);
/* As Java's BigDecimal.valueOf(double) then HALF_UP; false on NaN, infinity or overflow. */
bool decimal_from_double(double d, int32_t precision, int32_t scale, i128 *ret);

#endif

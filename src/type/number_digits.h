/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_TYPE_NUMBER_DIGITS_H
#define WEIR_TYPE_NUMBER_DIGITS_H

#include <stdint.h>

/*
 * The decimal digits that Java 17 shows for a finite, positive, non-zero floating point number:
 * value = 0.d1 d2 ... dn * 10^exponent. Not always the shortest ones: see number_digits.c.
 */
enum { NUMBER_DIGITS_MAX = 24 };

struct number_digits {
    int32_t exponent;
    int32_t count;
    char digits[NUMBER_DIGITS_MAX]; /* '0'..'9' */
};

/*
 * fraction: the significand with its highest bit at bit 52, value = fraction * 2^(exponent - 52);
 * significant_bits: how many of them the format keeps (53, 24, fewer when subnormal).
 */
void number_digits_of(struct number_digits *d, uint64_t fraction, int32_t exponent, int32_t significant_bits);

#endif

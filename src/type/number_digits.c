/* SPDX-License-Identifier: Apache-2.0 */
/*
 * number_digits: floating point to decimal digits, as the Java versions before 19 do it, since that is
 * what Flink prints. They generate digits by long division and stop when the rest is within half a unit
 * in the last place; the stopping test treats powers of two alike on both sides, looks at the upper
 * side only in some ranges, always makes a second digit in exponent notation, and prints integral
 * values from their integer digits. So some results are one digit longer or one unit off the shortest
 * form (2E23 gives 1.9999999999999998E23), and a shortest-digits library cannot stand in.
 *
 * The division runs in 64 bits where all terms fit, in 128 bits where those fit, else in a small
 * fixed-size big integer. Which test is used at equality depends on whether Java would have used
 * machine integers, so the choice follows Java's own bit counts.
 */
#include "type/number_digits.h"

#include "type/int128.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

enum { BIG_WORDS = 40, SMALL_EXPONENT_MIN = -21, SMALL_EXPONENT_MAX = 62, POWERS_OF_5 = 27, BITS_OF_5_COUNT = 31 };

/* The bits that 5^n takes; beyond the table Java assumes 3 bits per power. */
static int32_t bits_of_power5(int32_t n)
{
    static const uint8_t bits[BITS_OF_5_COUNT] = {0,  3,  5,  7,  10, 12, 14, 17, 19, 21, 24, 26, 28, 31, 33, 35,
                                                  38, 40, 42, 45, 47, 49, 52, 54, 56, 59, 61, 63, 65, 68, 70};
    return n < 27 ? bits[n] : n * 3;
}

static u128 power5(int32_t n)
{
    u128 v = 1;
    assert(n >= 0 && n <= 55);
    while (n-- > 0) v *= 5;
    return v;
}

/* ---- big integers: little-endian 32-bit words --------------------------------------------- */

struct big {
    uint32_t words[BIG_WORDS];
    int32_t count;
};

static void big_multiply_small(struct big *b, uint32_t by)
{
    uint64_t carry = 0;
    for (int32_t i = 0; i < b->count; i++) {
        carry += (uint64_t)b->words[i] * by;
        b->words[i] = (uint32_t)carry;
        carry >>= 32;
    }
    if (carry == 0) return;
    assert(b->count < BIG_WORDS);
    b->words[b->count++] = (uint32_t)carry;
}

static void big_shift_left(struct big *b, int32_t bits)
{
    int32_t whole = bits / 32, rest = bits % 32;
    if (b->count == 0 || bits == 0) return;
    assert(b->count + whole + 1 <= BIG_WORDS);
    uint32_t high = rest == 0 ? 0 : b->words[b->count - 1] >> (32 - rest);
    for (int32_t i = b->count - 1; i > 0; i--) {
        b->words[i + whole] = rest == 0 ? b->words[i] : b->words[i] << rest | b->words[i - 1] >> (32 - rest);
    }
    b->words[whole] = b->words[0] << rest;
    memset(b->words, 0, (size_t)whole * sizeof b->words[0]);
    b->count += whole;
    if (high != 0) b->words[b->count++] = high;
}

/* v * 5^p5 * 2^p2 */
static void big_set(struct big *b, uint64_t v, int32_t p5, int32_t p2)
{
    b->words[0] = (uint32_t)v;
    b->words[1] = (uint32_t)(v >> 32);
    b->count = b->words[1] != 0 ? 2 : 1;
    for (; p5 >= 13; p5 -= 13) big_multiply_small(b, 1220703125u);
    uint32_t rest = 1;
    while (p5-- > 0) rest *= 5;
    big_multiply_small(b, rest);
    big_shift_left(b, p2);
}

static int big_compare(const struct big *a, const struct big *b)
{
    if (a->count != b->count) return a->count < b->count ? -1 : 1;
    for (int32_t i = a->count - 1; i >= 0; i--) {
        if (a->words[i] != b->words[i]) return a->words[i] < b->words[i] ? -1 : 1;
    }
    return 0;
}

static void big_subtract(struct big *a, const struct big *b)
{
    int64_t borrow = 0;
    for (int32_t i = 0; i < a->count; i++) {
        borrow += (int64_t)a->words[i] - (i < b->count ? (int64_t)b->words[i] : 0);
        a->words[i] = (uint32_t)borrow;
        borrow >>= 32;
    }
    assert(borrow == 0);
    while (a->count > 0 && a->words[a->count - 1] == 0) a->count--;
}

static void big_add(const struct big *a, const struct big *b, struct big *ret)
{
    uint64_t carry = 0;
    int32_t n = a->count > b->count ? a->count : b->count;
    for (int32_t i = 0; i < n; i++) {
        carry += (uint64_t)(i < a->count ? a->words[i] : 0) + (i < b->count ? b->words[i] : 0);
        ret->words[i] = (uint32_t)carry;
        carry >>= 32;
    }
    ret->count = n;
    if (carry == 0) return;
    assert(n < BIG_WORDS);
    ret->words[ret->count++] = (uint32_t)carry;
}

/* ---- digits ----------------------------------------------------------------------------------- */

static void digits_push(struct number_digits *d, uint32_t digit)
{
    assert(digit < 10 && d->count < NUMBER_DIGITS_MAX);
    d->digits[d->count++] = (char)('0' + digit);
}

static void digits_round_up(struct number_digits *d)
{
    int32_t i = d->count - 1;
    while (i > 0 && d->digits[i] == '9') d->digits[i--] = '0';
    if (d->digits[i] != '9') {
        d->digits[i]++;
        return;
    }
    d->digits[0] = '1';
    d->exponent++;
}

/* The rounding of the last digit: order compares twice the rest with one unit. */
static void digits_finish(struct number_digits *d, bool low, bool high, int order)
{
    if (!high) return;
    bool odd = (d->digits[d->count - 1] & 1) != 0;
    if (!low || order > 0 || (order == 0 && odd)) digits_round_up(d);
}

/* An integral value: its digits without the ones that the format cannot tell apart. */
static void digits_of_integer(struct number_digits *d, uint64_t v, int32_t insignificant)
{
    if (insignificant > 0) {
        uint64_t unit = 1;
        for (int32_t i = 0; i < insignificant; i++) unit *= 10;
        uint64_t rest = v % unit;
        v = v / unit + (rest >= unit / 2);
    }
    char text[NUMBER_DIGITS_MAX];
    int32_t n = 0;
    for (; v != 0; v /= 10) text[n++] = (char)('0' + v % 10);
    d->exponent = n + insignificant;
    int32_t zeros = 0;
    while (zeros < n - 1 && text[zeros] == '0') zeros++;
    for (int32_t i = n - 1; i >= zeros; i--) d->digits[d->count++] = text[i];
}

/* value = base / scale * 10^exponent; unit is half a unit in the last place on base's scale. */
struct division {
    uint64_t fraction;
    int32_t base2, base5, scale2, scale5, unit2, unit5;
    int32_t exponent;
};

static bool exponent_notation(int32_t exponent) { return exponent < -3 || exponent >= 8; }

/* Java's sums wrap around in machine integers of 32 or 64 bits; bits 0 stands for its big integers. */
static bool sum_exceeds(u128 b, u128 m, u128 tens, int32_t bits)
{
    if (bits == 0) return b + m >= tens;
    if (bits == 32) return (int32_t)(uint32_t)(b + m) > (int32_t)tens;
    return (int64_t)(uint64_t)(b + m) > (int64_t)tens;
}

static bool unit_overflows(u128 m, int32_t bits)
{
    return (bits == 32 && (int32_t)(uint32_t)m <= 0) || (bits == 64 && (int64_t)(uint64_t)m <= 0);
}

static void digits_by_integer(struct number_digits *d, const struct division *v, int32_t bits)
{
    u128 b = ((u128)v->fraction * power5(v->base5)) << v->base2;
    u128 s = power5(v->scale5) << v->scale2;
    u128 m = power5(v->unit5) << v->unit2;
    u128 tens = s * 10;
    int32_t exponent = v->exponent;
    uint32_t q = (uint32_t)(b / s);
    b = b % s * 10;
    m *= 10;
    bool low = b < m;
    bool high = sum_exceeds(b, m, tens, bits);
    if (q == 0 && !high) {
        exponent--;
    } else {
        digits_push(d, q);
    }
    if (exponent_notation(exponent)) low = high = false;
    while (!low && !high) {
        q = (uint32_t)(b / s);
        b = b % s * 10;
        m *= 10;
        low = b < m;
        high = sum_exceeds(b, m, tens, bits);
        if (unit_overflows(m, bits)) low = high = true;
        digits_push(d, q);
    }
    d->exponent = exponent + 1;
    digits_finish(d, low, high, b * 2 < tens ? -1 : b * 2 > tens);
}

static uint32_t big_divide_step(struct big *b, const struct big *s)
{
    uint32_t q = 0;
    while (big_compare(b, s) >= 0) {
        big_subtract(b, s);
        q++;
    }
    if (b->count > 0) big_multiply_small(b, 10);
    return q;
}

static void digits_by_big(struct number_digits *d, const struct division *v)
{
    struct big b, s, m, tens, sum;
    big_set(&b, v->fraction, v->base5, v->base2);
    big_set(&s, 1, v->scale5, v->scale2);
    big_set(&m, 1, v->unit5 + 1, v->unit2 + 1);
    big_set(&tens, 1, v->scale5 + 1, v->scale2 + 1);
    int32_t exponent = v->exponent;
    uint32_t q = big_divide_step(&b, &s);
    bool low = big_compare(&b, &m) < 0;
    big_add(&b, &m, &sum);
    bool high = big_compare(&tens, &sum) <= 0;
    if (q == 0 && !high) {
        exponent--;
    } else {
        digits_push(d, q);
    }
    if (exponent_notation(exponent)) low = high = false;
    while (!low && !high) {
        q = big_divide_step(&b, &s);
        big_multiply_small(&m, 10);
        low = big_compare(&b, &m) < 0;
        big_add(&b, &m, &sum);
        high = big_compare(&tens, &sum) <= 0;
        digits_push(d, q);
    }
    d->exponent = exponent + 1;
    big_add(&b, &b, &sum);
    digits_finish(d, low, high, big_compare(&sum, &tens));
}

/* About log10 of the value, rounded down; may be one too large, never too small. */
static int32_t estimate_exponent(uint64_t fraction, int32_t exponent)
{
    uint64_t bits = UINT64_C(0x3ff0000000000000) | (fraction & UINT64_C(0x000fffffffffffff));
    double mantissa;
    memcpy(&mantissa, &bits, sizeof mantissa);
    return (int32_t)floor((mantissa - 1.5) * 0.289529654 + 0.176091259 + (double)exponent * 0.301029995663981);
}

static int32_t min_i32(int32_t a, int32_t b) { return a < b ? a : b; }

static void digits_by_division(struct number_digits *d, uint64_t fraction, int32_t exponent, int32_t significant_bits,
                               int32_t used_bits, int32_t tiny_bits)
{
    struct division v = {.exponent = estimate_exponent(fraction, exponent)};
    v.base5 = v.exponent < 0 ? -v.exponent : 0;
    v.base2 = v.base5 + tiny_bits + exponent;
    v.scale5 = v.exponent > 0 ? v.exponent : 0;
    v.scale2 = v.scale5 + tiny_bits;
    v.unit5 = v.base5;
    v.unit2 = v.base2 - significant_bits;
    v.fraction = fraction >> (53 - used_bits);
    v.base2 -= used_bits - 1;
    int32_t common = min_i32(v.base2, v.scale2);
    v.base2 -= common;
    v.scale2 -= common;
    v.unit2 -= common;
    if (used_bits == 1) v.unit2--; /* below a power of two the neighbour is half as far */
    if (v.unit2 < 0) {
        v.base2 -= v.unit2;
        v.scale2 -= v.unit2;
        v.unit2 = 0;
    }
    int32_t base_bits = used_bits + v.base2 + bits_of_power5(v.base5);
    int32_t tens_bits = v.scale2 + 1 + bits_of_power5(v.scale5 + 1);
    if (base_bits < 64 && tens_bits < 64) {
        digits_by_integer(d, &v, base_bits < 32 && tens_bits < 32 ? 32 : 64);
    } else if (base_bits < 120 && tens_bits < 120) {
        digits_by_integer(d, &v, 0);
    } else {
        digits_by_big(d, &v);
    }
}

void number_digits_of(struct number_digits *d, uint64_t fraction, int32_t exponent, int32_t significant_bits)
{
    assert(fraction >> 52 == 1);
    assert(significant_bits >= 1 && significant_bits <= 53);
    d->count = 0;
    int32_t used_bits = 53 - __builtin_ctzll(fraction);
    int32_t tiny_bits = used_bits - exponent - 1 > 0 ? used_bits - exponent - 1 : 0;
    bool small = exponent >= SMALL_EXPONENT_MIN && exponent <= SMALL_EXPONENT_MAX;
    if (small && tiny_bits == 0 && used_bits < 64) {
        int32_t spare = exponent > significant_bits ? exponent - significant_bits - 1 : 0;
        int32_t insignificant = spare > 1 ? (int32_t)((double)spare * 0.30102999566398119521) : 0;
        uint64_t v = exponent >= 52 ? fraction << (exponent - 52) : fraction >> (52 - exponent);
        digits_of_integer(d, v, insignificant);
        return;
    }
    digits_by_division(d, fraction, exponent, significant_bits, used_bits, tiny_bits);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decimal: exact arithmetic on unscaled 128-bit integers.
 *
 * Every operation first tries the case where all intermediate values fit 128 bits, which is nearly
 * every row, and otherwise goes through wide (256-bit magnitudes). Results are rounded HALF_UP to
 * the wanted scale; one that needs more digits than the precision is refused (SQL NULL).
 *
 * Division rounds twice, first to 38 significant digits and then to the scale, since Flink divides
 * with a MathContext of 38 digits.
 */
#include "type/decimal.h"

#include "type/wide.h"

#include <assert.h>

enum { POWER_MAX = 38 };

#define E19 ((i128)UINT64_C(10000000000000000000))

i128 decimal_power10(int32_t n)
{
    static const uint64_t small[20] = {1ull,
                                       10ull,
                                       100ull,
                                       1000ull,
                                       10000ull,
                                       100000ull,
                                       1000000ull,
                                       10000000ull,
                                       100000000ull,
                                       1000000000ull,
                                       10000000000ull,
                                       100000000000ull,
                                       1000000000000ull,
                                       10000000000000ull,
                                       100000000000000ull,
                                       1000000000000000ull,
                                       10000000000000000ull,
                                       100000000000000000ull,
                                       1000000000000000000ull,
                                       10000000000000000000ull};
    assert(n >= 0 && n <= POWER_MAX);
    return n < 20 ? (i128)small[n] : (i128)small[n - 19] * E19;
}

static u128 magnitude(i128 v) { return v < 0 ? (u128)0 - (u128)v : (u128)v; }

static i128 with_sign(u128 m, bool negative) { return negative ? (i128)((u128)0 - m) : (i128)m; }

bool decimal_fits(i128 v, int32_t precision)
{
    assert(precision >= 1);
    return magnitude(v) < (u128)decimal_power10(precision);
}

/* m / 10^digits, HALF_UP. */
static u128 round_down_by(u128 m, int32_t digits)
{
    if (digits > POWER_MAX) return 0;
    u128 unit = (u128)decimal_power10(digits);
    u128 q = m / unit;
    return q + (m % unit >= unit - unit / 2);
}

/* A wide magnitude with from_scale as a decimal of precision and to_scale. */
static bool wide_fit(struct wide m, bool negative, int32_t from_scale, int32_t to_scale, int32_t precision, i128 *ret)
{
    while (from_scale > to_scale) {
        int32_t digits = from_scale - to_scale > POWER_MAX ? POWER_MAX : from_scale - to_scale;
        u128 unit = (u128)decimal_power10(digits), rest;
        bool last = digits == from_scale - to_scale;
        m = wide_divide(m, unit, &rest);
        if (last && rest >= unit - unit / 2) m = wide_add(m, wide_of(1));
        from_scale -= digits;
    }
    if (m.high != 0) return false;
    if (from_scale < to_scale) {
        if (to_scale - from_scale > POWER_MAX) return m.low == 0 ? (*ret = 0, true) : false;
        m = wide_multiply(m.low, (u128)decimal_power10(to_scale - from_scale));
    }
    if (m.high != 0 || m.low >= (u128)decimal_power10(precision)) return false;
    *ret = with_sign(m.low, negative);
    return true;
}

bool decimal_rescale(i128 v, int32_t from_scale, int32_t to_scale, int32_t precision, i128 *ret)
{
    assert(ret != NULL);
    u128 m = magnitude(v);
    if (from_scale == to_scale) {
        *ret = v;
        return decimal_fits(v, precision);
    }
    if (from_scale > to_scale) {
        m = round_down_by(m, from_scale - to_scale);
        *ret = with_sign(m, v < 0);
        return m < (u128)decimal_power10(precision);
    }
    return wide_fit(wide_of(m), v < 0, from_scale, to_scale, precision, ret);
}

/* The magnitude of v at another scale; to_scale >= from_scale. */
static struct wide aligned(i128 v, int32_t from_scale, int32_t to_scale)
{
    assert(to_scale >= from_scale && to_scale - from_scale <= POWER_MAX);
    return wide_multiply(magnitude(v), (u128)decimal_power10(to_scale - from_scale));
}

static int32_t max_i32(int32_t a, int32_t b) { return a > b ? a : b; }

bool decimal_add(i128 a, int32_t a_scale, i128 b, int32_t b_scale, int32_t precision, int32_t scale, i128 *ret)
{
    i128 sum;
    if (a_scale == b_scale && !__builtin_add_overflow(a, b, &sum)) return decimal_rescale(sum, a_scale, scale, precision, ret);
    int32_t s = max_i32(a_scale, b_scale);
    struct wide x = aligned(a, a_scale, s), y = aligned(b, b_scale, s);
    if ((a < 0) == (b < 0)) return wide_fit(wide_add(x, y), a < 0, s, scale, precision, ret);
    bool bigger = wide_compare(x, y) >= 0;
    struct wide difference = bigger ? wide_subtract(x, y) : wide_subtract(y, x);
    return wide_fit(difference, bigger ? a < 0 : b < 0, s, scale, precision, ret);
}

bool decimal_subtract(i128 a, int32_t a_scale, i128 b, int32_t b_scale, int32_t precision, int32_t scale, i128 *ret)
{
    return decimal_add(a, a_scale, -b, b_scale, precision, scale, ret);
}

bool decimal_multiply(i128 a, int32_t a_scale, i128 b, int32_t b_scale, int32_t precision, int32_t scale, i128 *ret)
{
    i128 product;
    if (!__builtin_mul_overflow(a, b, &product)) return decimal_rescale(product, a_scale + b_scale, scale, precision, ret);
    return wide_fit(wide_multiply(magnitude(a), magnitude(b)), (a < 0) != (b < 0), a_scale + b_scale, scale, precision, ret);
}

/* How often 10 goes into v, plus one: the digits of v; 0 for 0. */
static int32_t digit_count(u128 v)
{
    int32_t n = 0;
    while (n < POWER_MAX && v >= (u128)decimal_power10(n)) n++;
    return n == POWER_MAX && v >= (u128)decimal_power10(POWER_MAX) ? POWER_MAX + 1 : n;
}

/* One more decimal digit of rest / b; rest < b < 10^38. */
static uint32_t next_digit(u128 *io_rest, u128 b)
{
    u128 rest;
    struct wide q = wide_divide(wide_multiply(*io_rest, 10), b, &rest);
    *io_rest = rest;
    return (uint32_t)q.low;
}

/* a / b to 38 significant digits: *ret_scale is the scale of the result on top of the operands' own. */
static u128 divide_38(u128 a, u128 b, int32_t *ret_scale)
{
    u128 q = a / b, rest = a % b;
    int32_t scale = 0;
    int32_t digits = digit_count(q);
    if (digits > POWER_MAX) { /* more than 38 digits cannot be: operands have at most 38 */
        *ret_scale = 0;
        return q;
    }
    while (digits < POWER_MAX && rest != 0) {
        q = q * 10 + next_digit(&rest, b);
        scale++;
        if (q != 0) digits++;
    }
    if (rest != 0 && rest >= b - b / 2) q++;
    *ret_scale = scale;
    return q;
}

bool decimal_divide(i128 a, int32_t a_scale, i128 b, int32_t b_scale, int32_t precision, int32_t scale, i128 *ret)
{
    assert(b != 0);
    bool negative = (a < 0) != (b < 0);
    u128 x = magnitude(a), y = magnitude(b);
    int32_t shift = scale + b_scale - a_scale;
    if (shift >= 0 && shift <= 18 && x <= UINT64_MAX && y < 1000000000000000000ull) {
        u128 scaled = x * (u128)decimal_power10(shift), q = scaled / y;
        /* With q and y this small the first rounding cannot change the second. */
        if (q < ((u128)1 << 63)) {
            q += scaled % y >= y - y / 2;
            *ret = with_sign(q, negative);
            return q < (u128)decimal_power10(precision);
        }
    }
    int32_t extra;
    u128 q = divide_38(x, y, &extra);
    return wide_fit(wide_of(q), negative, extra + a_scale - b_scale, scale, precision, ret);
}

bool decimal_mod(i128 a, int32_t a_scale, i128 b, int32_t b_scale, int32_t precision, int32_t scale, i128 *ret)
{
    assert(b != 0);
    int32_t s = max_i32(a_scale, b_scale);
    struct wide x = aligned(a, a_scale, s), y = aligned(b, b_scale, s);
    if (wide_compare(x, y) < 0) return wide_fit(x, a < 0, s, scale, precision, ret);
    /* A divisor beyond 128 bits is greater than any dividend of the same scale, so y is small here
       unless both grew; then b was scaled and a was not, or the other way round. */
    assert(y.high == 0);
    u128 rest;
    (void)wide_divide(x, y.low, &rest);
    return wide_fit(wide_of(rest), a < 0, s, scale, precision, ret);
}

int decimal_compare(i128 a, int32_t a_scale, i128 b, int32_t b_scale)
{
    if (a_scale == b_scale) return a < b ? -1 : a > b;
    if ((a < 0) != (b < 0)) return a < 0 ? -1 : 1;
    int32_t s = max_i32(a_scale, b_scale);
    int order = wide_compare(aligned(a, a_scale, s), aligned(b, b_scale, s));
    return a < 0 ? -order : order;
}

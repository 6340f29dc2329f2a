/* SPDX-License-Identifier: Apache-2.0 */
/*
 * number: numbers as text and back, in Java's notation.
 *
 * Printing: between 1e-3 and 1e7 plain with at least one fraction digit, else d.dddE[-]x; the digits
 * come from number_digits. Parsing checks the grammar itself, takes the exact short cut for up to 15
 * digits and small powers of ten (both factors are exact doubles, so one rounding happens), and
 * leaves the rest to the bridge. Nothing here depends on the locale.
 */
#include "type/number.h"

#include "type/number_bridge.h"
#include "type/number_digits.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { EXACT_DIGITS_MAX = 15, EXACT_POWER_MAX = 22, EXPONENT_LIMIT = 100000 };

/* ---- printing ----------------------------------------------------------------------------- */

static void digits_plain(struct buf *out, const struct number_digits *d)
{
    int32_t whole = d->exponent;
    if (whole <= 0) {
        buf_text(out, "0.");
        for (int32_t i = whole; i < 0; i++) buf_char(out, '0');
        buf_append(out, d->digits, (size_t)d->count);
        return;
    }
    int32_t shown = whole < d->count ? whole : d->count;
    buf_append(out, d->digits, (size_t)shown);
    for (int32_t i = shown; i < whole; i++) buf_char(out, '0');
    buf_char(out, '.');
    if (d->count > whole) {
        buf_append(out, d->digits + whole, (size_t)(d->count - whole));
    } else {
        buf_char(out, '0');
    }
}

static void digits_print(struct buf *out, const struct number_digits *d)
{
    assert(d->count > 0);
    if (d->exponent > -3 && d->exponent < 8) {
        digits_plain(out, d);
        return;
    }
    buf_char(out, d->digits[0]);
    buf_char(out, '.');
    if (d->count > 1) {
        buf_append(out, d->digits + 1, (size_t)d->count - 1);
    } else {
        buf_char(out, '0');
    }
    buf_char(out, 'E');
    buf_i64(out, d->exponent - 1);
}

/* NaN, infinities and zeros; true when v was one. */
static bool special_print(struct buf *out, double v)
{
    if (isnan(v)) {
        buf_text(out, "NaN");
        return true;
    }
    if (signbit(v)) buf_char(out, '-');
    if (isinf(v)) {
        buf_text(out, "Infinity");
        return true;
    }
    if (v == 0) buf_text(out, "0.0");
    return v == 0;
}

void double_print(struct buf *out, double v)
{
    if (special_print(out, v)) return;
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    uint64_t fraction = bits & UINT64_C(0x000fffffffffffff);
    int32_t exponent = (int32_t)(bits >> 52 & 0x7ff);
    int32_t significant = 53;
    if (exponent == 0) {
        int32_t shift = __builtin_clzll(fraction) - 11;
        fraction <<= shift;
        exponent = 1 - shift;
        significant = 53 - shift;
    } else {
        fraction |= UINT64_C(1) << 52;
    }
    struct number_digits d;
    number_digits_of(&d, fraction, exponent - 1023, significant);
    digits_print(out, &d);
}

void float_print(struct buf *out, float v)
{
    if (special_print(out, (double)v)) return;
    uint32_t bits;
    memcpy(&bits, &v, sizeof bits);
    uint32_t fraction = bits & 0x007fffffu;
    int32_t exponent = (int32_t)(bits >> 23 & 0xff);
    int32_t significant = 24;
    if (exponent == 0) {
        int32_t shift = __builtin_clz(fraction) - 8;
        fraction <<= shift;
        exponent = 1 - shift;
        significant = 24 - shift;
    } else {
        fraction |= 1u << 23;
    }
    struct number_digits d;
    number_digits_of(&d, (uint64_t)fraction << 29, exponent - 127, significant);
    digits_print(out, &d);
}

/* ---- parsing ------------------------------------------------------------------------------ */

/* Java's String.trim: everything up to the blank goes. */
static struct str trim(struct str s)
{
    while (s.size_bytes > 0 && (unsigned char)s.at[0] <= ' ') s.at++, s.size_bytes--;
    while (s.size_bytes > 0 && (unsigned char)s.at[s.size_bytes - 1] <= ' ') s.size_bytes--;
    return s;
}

struct scanned {
    struct str text;     /* sign, digits, point, exponent; nothing else */
    uint64_t significand;
    int32_t digit_count; /* significant digits; the significand holds them while <= 19 */
    int32_t exponent;    /* of the last digit */
    bool negative;
};

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static void scan_digit(struct scanned *n, char c)
{
    if (n->digit_count == 0 && c == '0') return;
    if (n->digit_count < 19) n->significand = n->significand * 10 + (uint64_t)(c - '0');
    n->digit_count++;
}

static bool scan_exponent(struct str s, size_t *io_at, int32_t *ret)
{
    size_t at = *io_at;
    bool negative = at < s.size_bytes && s.at[at] == '-';
    if (at < s.size_bytes && (s.at[at] == '-' || s.at[at] == '+')) at++;
    size_t first = at;
    int32_t v = 0;
    for (; at < s.size_bytes && is_digit(s.at[at]); at++) {
        if (v < EXPONENT_LIMIT) v = v * 10 + (s.at[at] - '0');
    }
    if (at == first) return false;
    *io_at = at;
    *ret = negative ? -v : v;
    return true;
}

static bool scan_number(struct str s, struct scanned *n)
{
    size_t at = 0, digits = 0;
    n->text = s;
    n->negative = s.size_bytes > 0 && s.at[0] == '-';
    if (s.size_bytes > 0 && (s.at[0] == '-' || s.at[0] == '+')) at++;
    for (; at < s.size_bytes && is_digit(s.at[at]); at++, digits++) scan_digit(n, s.at[at]);
    if (at < s.size_bytes && s.at[at] == '.') {
        for (at++; at < s.size_bytes && is_digit(s.at[at]); at++, digits++) {
            scan_digit(n, s.at[at]);
            n->exponent--;
        }
    }
    if (digits == 0) return false;
    if (at < s.size_bytes && (s.at[at] == 'e' || s.at[at] == 'E')) {
        int32_t exponent;
        at++;
        if (!scan_exponent(s, &at, &exponent)) return false;
        n->exponent += exponent;
    }
    return at == s.size_bytes;
}

static bool scan_special(struct str s, double *ret)
{
    bool negative = s.size_bytes > 0 && s.at[0] == '-';
    if (s.size_bytes > 0 && (s.at[0] == '-' || s.at[0] == '+')) s.at++, s.size_bytes--;
    if (str_equal(s, STR("NaN"))) {
        *ret = (double)NAN;
        return true;
    }
    if (!str_equal(s, STR("Infinity"))) return false;
    *ret = negative ? -(double)INFINITY : (double)INFINITY;
    return true;
}

/* A trailing type suffix, as in "1f" or "1D", is part of Java's grammar. */
static struct str without_suffix(struct str s)
{
    if (s.size_bytes < 2) return s;
    char c = s.at[s.size_bytes - 1];
    if (c == 'f' || c == 'F' || c == 'd' || c == 'D') s.size_bytes--;
    return s;
}

/* [+-]0x hex digits with a point, p and a decimal exponent: Java's hexadecimal form. */
static bool scan_hex(struct str s, char *text, size_t room)
{
    size_t at = s.size_bytes > 0 && (s.at[0] == '-' || s.at[0] == '+') ? 1 : 0, digits = 0;
    if (s.size_bytes < at + 4 || s.size_bytes >= room || s.at[at] != '0' || (s.at[at + 1] | 0x20) != 'x') return false;
    bool point = false;
    for (at += 2; at < s.size_bytes; at++) {
        char c = s.at[at];
        bool digit = is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
        if (c == '.' && !point) {
            point = true;
        } else if (digit) {
            digits++;
        } else {
            break;
        }
    }
    if (digits == 0 || at >= s.size_bytes || (s.at[at] | 0x20) != 'p') return false;
    size_t end = at + 1;
    int32_t exponent;
    if (!scan_exponent(s, &end, &exponent) || end != s.size_bytes) return false;
    memcpy(text, s.at, s.size_bytes);
    text[s.size_bytes] = '\0';
    return true;
}

static bool scanned_exact(const struct scanned *n, double *ret)
{
    static const double powers[EXACT_POWER_MAX + 1] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                       1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                                       1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    if (n->digit_count > EXACT_DIGITS_MAX || n->exponent > EXACT_POWER_MAX || n->exponent < -EXACT_POWER_MAX) return false;
    double v = (double)n->significand;
    v = n->exponent < 0 ? v / powers[-n->exponent] : v * powers[n->exponent];
    *ret = n->negative ? -v : v;
    return true;
}

bool double_parse(struct str text, double *ret)
{
    assert(ret != NULL);
    struct str s = trim(text);
    struct scanned n = {.significand = 0};
    if (s.size_bytes > INT32_MAX) return false;
    if (scan_special(s, ret)) return true;
    char hex[64];
    if (scan_hex(without_suffix(s), hex, sizeof hex)) {
        *ret = strtod(hex, NULL);
        return true;
    }
    if (!scan_number(without_suffix(s), &n)) return false;
    if (!scanned_exact(&n, ret)) *ret = number_bridge_double(n.text.at, (int)n.text.size_bytes);
    return true;
}

bool float_parse(struct str text, float *ret)
{
    assert(ret != NULL);
    struct str s = trim(text);
    struct scanned n = {.significand = 0};
    double special;
    if (s.size_bytes > INT32_MAX) return false;
    if (scan_special(s, &special)) {
        *ret = (float)special;
        return true;
    }
    char hex[64];
    if (scan_hex(without_suffix(s), hex, sizeof hex)) {
        *ret = strtof(hex, NULL);
        return true;
    }
    if (!scan_number(without_suffix(s), &n)) return false;
    *ret = number_bridge_float(n.text.at, (int)n.text.size_bytes);
    return true;
}

bool i64_parse(struct str text, int64_t min, int64_t max, int64_t *ret)
{
    assert(min <= 0 && max >= 0);
    struct str s = trim(text);
    bool negative = s.size_bytes > 0 && s.at[0] == '-';
    size_t at = s.size_bytes > 0 && (s.at[0] == '-' || s.at[0] == '+') ? 1 : 0;
    if (at == s.size_bytes) return false;
    uint64_t limit = negative ? (uint64_t)0 - (uint64_t)min : (uint64_t)max, v = 0;
    for (; at < s.size_bytes && s.at[at] != '.'; at++) {
        if (!is_digit(s.at[at])) return false;
        uint64_t digit = (uint64_t)(s.at[at] - '0');
        if (v > (limit - digit) / 10 || digit > limit) return false;
        v = v * 10 + digit;
    }
    for (at++; at < s.size_bytes; at++) {
        if (!is_digit(s.at[at])) return false;
    }
    *ret = negative ? (int64_t)((uint64_t)0 - v) : (int64_t)v;
    return true;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decimal_text: decimals as plain text and back, and between decimals and doubles.
 *
 * Parsing has two grammars, as in Flink: texts of up to 18 bytes for types of up to 18 digits go
 * through a lenient scanner that overlooks one foreign character at the end; everything else must be
 * a well-formed number.
 */
#include "type/decimal.h"

#include "type/number.h"

#include <assert.h>
#include <math.h>

enum { COMPACT_DIGITS = 18, EXPONENT_STOP = 40, EXPONENT_LIMIT = 1000000, DIGITS_KEPT = 38 };

void decimal_print(struct buf *out, i128 v, int32_t scale)
{
    char text[48];
    int32_t n = 0;
    assert(scale >= 0 && scale <= 38);
    u128 m = v < 0 ? (u128)0 - (u128)v : (u128)v;
    while (m >> 64 != 0) { /* 128-bit division is slow: peel off 19 digits at a time */
        u128 unit = UINT64_C(10000000000000000000);
        uint64_t part = (uint64_t)(m % unit);
        m /= unit;
        for (int i = 0; i < 19; i++, part /= 10) text[n++] = (char)('0' + part % 10);
    }
    for (uint64_t rest = (uint64_t)m; rest != 0; rest /= 10) text[n++] = (char)('0' + rest % 10);
    while (n <= scale) text[n++] = '0';
    if (v < 0) buf_char(out, '-');
    while (n > scale) buf_char(out, text[--n]);
    if (scale == 0) return;
    buf_char(out, '.');
    while (n > 0) buf_char(out, text[--n]);
}

static bool is_blank(char c) { return c == ' ' || c == '\n' || c == '\t'; }

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* The exponent of the lenient scanner; stops behind the first character that is none. */
static bool lenient_exponent(struct str s, size_t *io_at, int32_t *io_exponent)
{
    size_t at = *io_at;
    bool negative = s.at[at] == '-';
    if (negative || s.at[at] == '+') {
        if (++at == s.size_bytes) return false;
    }
    int32_t v = 0;
    while (at < s.size_bytes) {
        char c = s.at[at++];
        if (!is_digit(c)) break;
        if (v < EXPONENT_STOP) v = v * 10 + (c - '0');
    }
    *io_at = at;
    *io_exponent += negative ? -v : v;
    return true;
}

static bool lenient_fit(int64_t significand, int32_t digits, int32_t exponent, int32_t precision, int32_t scale, i128 *ret)
{
    int32_t change = exponent + scale;
    if (digits + change > precision) return false;
    if (change < -COMPACT_DIGITS - 1) return false;
    if (change > COMPACT_DIGITS) return false;
    return decimal_rescale(significand, change < 0 ? -change : 0, change < 0 ? 0 : change, 38, ret);
}

static bool lenient_parse(struct str s, int32_t precision, int32_t scale, i128 *ret)
{
    size_t at = 0;
    while (at < s.size_bytes && is_blank(s.at[at])) at++;
    if (at == s.size_bytes) return false;
    char c = s.at[at];
    bool negative = c == '-';
    if ((negative || c == '+') && ++at == s.size_bytes) return false;
    int64_t significand = 0;
    int32_t digits = 0, point = -1;
    while (at < s.size_bytes) {
        c = s.at[at++];
        if (is_digit(c)) {
            significand = significand * 10 + (c - '0');
            digits++;
        } else if (c == '.') {
            if (point >= 0) return false;
            point = digits;
        } else {
            break;
        }
    }
    if (point < 0) point = digits;
    int32_t exponent = point - digits;
    if ((c == 'e' || c == 'E') && at < s.size_bytes && !lenient_exponent(s, &at, &exponent)) return false;
    for (; at < s.size_bytes; at++) {
        if (!is_blank(s.at[at])) return false;
    }
    return lenient_fit(negative ? -significand : significand, digits, exponent, precision, scale, ret);
}

/* A well-formed number as up to 38 leading digits, what was cut off, and the scale. */
struct scanned {
    u128 significand;
    int64_t scale;  /* digits behind the point of the significand */
    int32_t digits; /* kept, without leading zeros */
    int64_t dropped; /* digits behind the kept ones */
    char first_dropped;
    bool negative;
};

static void scan_digit(struct scanned *n, char c)
{
    if (n->digits == DIGITS_KEPT) {
        if (n->dropped++ == 0) n->first_dropped = c;
        return;
    }
    n->significand = n->significand * 10 + (unsigned)(c - '0');
    if (n->significand != 0) n->digits++;
}

static bool scan_exponent(struct str s, size_t at, struct scanned *n)
{
    bool negative = at < s.size_bytes && s.at[at] == '-';
    if (at < s.size_bytes && (s.at[at] == '-' || s.at[at] == '+')) at++;
    if (at == s.size_bytes) return false;
    int64_t v = 0;
    for (; at < s.size_bytes; at++) {
        if (!is_digit(s.at[at])) return false;
        if (v < EXPONENT_LIMIT) v = v * 10 + (s.at[at] - '0');
    }
    n->scale -= negative ? -v : v;
    return true;
}

static bool scan_number(struct str s, struct scanned *n)
{
    size_t at = 0, count = 0;
    n->negative = s.size_bytes > 0 && s.at[0] == '-';
    if (s.size_bytes > 0 && (s.at[0] == '-' || s.at[0] == '+')) at++;
    for (; at < s.size_bytes && is_digit(s.at[at]); at++, count++) scan_digit(n, s.at[at]);
    if (at < s.size_bytes && s.at[at] == '.') {
        for (at++; at < s.size_bytes && is_digit(s.at[at]); at++, count++) {
            scan_digit(n, s.at[at]);
            n->scale++;
        }
    }
    if (count == 0) return false;
    n->scale -= n->dropped;
    if (at == s.size_bytes) return true;
    return (s.at[at] == 'e' || s.at[at] == 'E') && scan_exponent(s, at + 1, n);
}

bool decimal_parse_strict(struct str s, int32_t precision, int32_t scale, i128 *ret)
{
    struct scanned n = {.significand = 0};
    while (s.size_bytes > 0 && is_blank(s.at[0])) s.at++, s.size_bytes--;
    while (s.size_bytes > 0 && is_blank(s.at[s.size_bytes - 1])) s.size_bytes--;
    if (!scan_number(s, &n)) return false;
    if (n.significand == 0) {
        *ret = 0;
        return true;
    }
    if (n.scale < -38) return false;
    if (n.scale == scale && n.dropped > 0 && n.first_dropped >= '5') n.significand++;
    if (n.scale < scale && n.dropped > 0) return false; /* more than 38 digits would be needed */
    if (n.scale > scale + DIGITS_KEPT) {
        *ret = 0;
        return true;
    }
    i128 v = n.negative ? -(i128)n.significand : (i128)n.significand;
    if (n.scale < 0) return decimal_rescale(v, 0, scale - (int32_t)n.scale, precision, ret);
    return decimal_rescale(v, (int32_t)n.scale, scale, precision, ret);
}

bool decimal_parse(struct str text, int32_t precision, int32_t scale, i128 *ret)
{
    assert(ret != NULL);
    assert(precision >= 1 && precision <= 38 && scale <= precision);
    if (precision > COMPACT_DIGITS || text.size_bytes > COMPACT_DIGITS) return decimal_parse_strict(text, precision, scale, ret);
    return lenient_parse(text, precision, scale, ret);
}

double decimal_to_double(i128 v, int32_t scale)
{
    static const double powers[23] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                      1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    i128 limit = (i128)1 << 53;
    if (v <= limit && v >= -limit && scale <= 22) return (double)(int64_t)v / powers[scale];
    char room[64];
    struct buf text = {room, 0, sizeof room, false};
    decimal_print(&text, v, scale);
    double d = 0;
    bool ok = double_parse(buf_view(&text), &d);
    assert(ok);
    return ok ? d : 0;
}

bool decimal_from_double(double d, int32_t precision, int32_t scale, i128 *ret)
{
    if (!isfinite(d)) return false;
    char room[32];
    struct buf text = {room, 0, sizeof room, false};
    double_print(&text, d);
    return decimal_parse_strict(buf_view(&text), precision, scale, ret);
}

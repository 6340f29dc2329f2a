/* SPDX-License-Identifier: Apache-2.0 */
/*
 * timestamp_parse: the grammars of Flink's CAST from a string to DATE, TIME and TIMESTAMP.
 *
 * Dates and times are lenient: parts may be missing and may have blanks around them, a date may be
 * followed by anything behind a blank, a time may carry an offset that is added. Timestamps are
 * strict: "yyyy-M-d" with one or two digits, then nothing or " H:m:s" with an optional fraction. The
 * common form of a timestamp has a short cut; everything else goes through the pattern machine, so
 * that both accept the same texts.
 */
#include "type/timestamp.h"

#include "type/time_pattern.h"

#include <assert.h>

enum { YEAR_MAX = 9999, FRACTION_MAX = 9 };

static struct str sub(struct str s, size_t begin, size_t end)
{
    assert(begin <= end && end <= s.size_bytes);
    return (struct str){s.at + begin, end - begin};
}

#define NOT_FOUND SIZE_MAX

static size_t find(struct str s, char c, size_t from)
{
    for (size_t i = from; i < s.size_bytes; i++) {
        if (s.at[i] == c) return i;
    }
    return NOT_FOUND;
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* Digits with blanks around them, within 32 bits. */
static bool part(struct str s, int32_t *ret)
{
    while (s.size_bytes > 0 && (unsigned char)s.at[0] <= ' ') s.at++, s.size_bytes--;
    while (s.size_bytes > 0 && (unsigned char)s.at[s.size_bytes - 1] <= ' ') s.size_bytes--;
    if (s.size_bytes == 0) return false;
    int64_t v = 0;
    for (size_t i = 0; i < s.size_bytes; i++) {
        if (!is_digit(s.at[i])) return false;
        v = v * 10 + (s.at[i] - '0');
        if (v > INT32_MAX) return false;
    }
    *ret = (int32_t)v;
    return true;
}

static bool date_ok(int32_t year, int32_t month, int32_t day)
{
    if (year > YEAR_MAX || month < 1 || month > 12 || day < 1 || day > 31) return false;
    struct civil c = date_to_civil(date_from_civil(year, month, day));
    return c.month == month && c.day == day;
}

bool date_parse(struct str text, int32_t *ret_days)
{
    int32_t year = 0, month = 1, day = 1;
    size_t blank = find(text, ' ', 0);
    if (blank != NOT_FOUND && blank > 0) text.size_bytes = blank;
    size_t dash = find(text, '-', 0);
    if (!part(sub(text, 0, dash == NOT_FOUND ? text.size_bytes : dash), &year)) return false;
    if (dash != NOT_FOUND) {
        size_t second = find(text, '-', dash + 1);
        if (!part(sub(text, dash + 1, second == NOT_FOUND ? text.size_bytes : second), &month)) return false;
        if (second != NOT_FOUND && !part(sub(text, second + 1, text.size_bytes), &day)) return false;
    }
    if (!date_ok(year, month, day)) return false;
    *ret_days = date_from_civil(year, month, day);
    return true;
}

/* Three digits, the third rounded by the fourth; what is no digit counts as 0. */
static int32_t millis(struct str s)
{
    while (s.size_bytes > 0 && (unsigned char)s.at[0] <= ' ') s.at++, s.size_bytes--;
    while (s.size_bytes > 0 && (unsigned char)s.at[s.size_bytes - 1] <= ' ') s.size_bytes--;
    int32_t v = 0, unit = 100;
    for (size_t i = 0; i < s.size_bytes && unit > 0; i++, unit /= 10) {
        if (is_digit(s.at[i])) v += unit * (s.at[i] - '0');
        if (unit == 1 && i + 1 < s.size_bytes && (unsigned char)s.at[i + 1] >= '5') v++;
    }
    return v;
}

/* "[+-]h[:m]" at `at`, as minutes with sign. */
static bool time_offset(struct str s, size_t at, int32_t *ret_hour, int32_t *ret_minute)
{
    int32_t hour, minute = 0, sign = s.at[at] == '-' ? -1 : 1;
    size_t colon = find(s, ':', at);
    if (!part(sub(s, at + 1, colon == NOT_FOUND ? s.size_bytes : colon), &hour)) return false;
    if (colon != NOT_FOUND && !part(sub(s, colon + 1, s.size_bytes), &minute)) return false;
    *ret_hour = sign * hour;
    *ret_minute = sign * minute;
    return true;
}

/* s ends where an offset begins; separators are looked for in the whole text, so one in the offset spoils it. */
static bool clock_parts(struct str s, struct str whole, int32_t *hour, int32_t *minute, int32_t *second, int32_t *ms)
{
    size_t colon = find(whole, ':', 0);
    if (colon == NOT_FOUND) return part(s, hour);
    if (colon > s.size_bytes || !part(sub(s, 0, colon), hour)) return false;
    size_t colon2 = find(whole, ':', colon + 1);
    if (colon2 == NOT_FOUND) return part(sub(s, colon + 1, s.size_bytes), minute);
    if (colon2 > s.size_bytes || !part(sub(s, colon + 1, colon2), minute)) return false;
    size_t dot = find(whole, '.', colon2);
    if (dot == NOT_FOUND) return part(sub(s, colon2 + 1, s.size_bytes), second);
    if (dot >= s.size_bytes) return false;
    *ms = millis(sub(s, dot + 1, s.size_bytes));
    return part(sub(s, colon2 + 1, dot), second);
}

bool time_parse(struct str text, int32_t precision, int32_t *ret_ms)
{
    static const int32_t units[4] = {1000, 100, 10, 1};
    int32_t hour = 0, minute = 0, second = 0, ms = 0, offset_hour = 0, offset_minute = 0;
    size_t sign = find(text, '-', 0);
    if (sign == NOT_FOUND) sign = find(text, '+', 0);
    struct str clock = text;
    if (sign != NOT_FOUND) {
        if (!time_offset(text, sign, &offset_hour, &offset_minute)) return false;
        clock.size_bytes = sign;
    }
    if (!clock_parts(clock, text, &hour, &minute, &second, &ms)) return false;
    if (hour > 23 || minute > 59 || second > 59) return false;
    int64_t v = ((hour + (int64_t)offset_hour) * 60 + minute + offset_minute) * 60000 + second * 1000 + ms;
    int32_t ms_of_day = (int32_t)(uint32_t)(uint64_t)v; /* an absurd offset wraps around, as in Java */
    *ret_ms = precision < 3 ? ms_of_day / units[precision] * units[precision] : ms_of_day;
    return true;
}

/* "[yyyy-MM-dd]" and "[ HH:mm:ss[.fraction]]" with one or two digits per part. */
static const struct time_pattern *sql_pattern(void)
{
#define TWO_OR_ONE(f, at)                                                                                              \
    {.kind = ITEM_OPTIONAL, .end = (at) + 2}, {.kind = ITEM_NUMBER, .field = (f), .min = 2, .max = 2, .sign = SIGN_NOT_NEGATIVE}, \
        {.kind = ITEM_OPTIONAL, .end = (at) + 4}, {.kind = ITEM_NUMBER, .field = (f), .min = 1, .max = 19, .sign = SIGN_NORMAL}
#define LITERAL(c) {.kind = ITEM_LITERAL, .text = {(c), 1}}
    static const struct time_item items[] = {
        {.kind = ITEM_NUMBER, .field = FIELD_YEAR_OF_ERA, .min = 4, .max = 19, .sign = SIGN_EXCEEDS_PAD},
        LITERAL("-"),
        TWO_OR_ONE(FIELD_MONTH, 2),
        LITERAL("-"),
        TWO_OR_ONE(FIELD_DAY, 7),
        {.kind = ITEM_OPTIONAL, .end = 28},
        LITERAL(" "),
        TWO_OR_ONE(FIELD_HOUR, 13),
        LITERAL(":"),
        TWO_OR_ONE(FIELD_MINUTE, 18),
        LITERAL(":"),
        TWO_OR_ONE(FIELD_SECOND, 23),
        {.kind = ITEM_FRACTION, .field = FIELD_NANO, .min = 0, .max = 9, .point = true},
    };
#undef LITERAL
#undef TWO_OR_ONE
    static_assert(sizeof items / sizeof items[0] == 28, "the ends of the optional sections are counted by hand");
    static const struct time_pattern pattern = {.items = items, .count = sizeof items / sizeof items[0]};
    return &pattern;
}

static bool pair(const char *at, int32_t *ret)
{
    if (!is_digit(at[0]) || !is_digit(at[1])) return false;
    *ret = (at[0] - '0') * 10 + (at[1] - '0');
    return true;
}

/* "yyyy-MM-dd HH:mm:ss[.fraction]" within its ranges; false: let the pattern decide. */
static bool ts_parse_common(struct str s, struct ts *ret)
{
    int32_t century, year, month, day, hour, minute, second;
    if (s.size_bytes < 19 || s.size_bytes > 20 + FRACTION_MAX) return false;
    const char *t = s.at;
    if (t[4] != '-' || t[7] != '-' || t[10] != ' ' || t[13] != ':' || t[16] != ':') return false;
    if (!pair(t, &century) || !pair(t + 2, &year) || !pair(t + 5, &month) || !pair(t + 8, &day) || !pair(t + 11, &hour) ||
        !pair(t + 14, &minute) || !pair(t + 17, &second)) {
        return false;
    }
    year += century * 100;
    if (year == 0 || month < 1 || month > 12 || day < 1 || day > 28 || hour > 23 || minute > 59 || second > 59) return false;
    int64_t nanos = 0, unit = 1000000000;
    if (s.size_bytes > 19 && t[19] != '.') return false;
    for (size_t i = 20; i < s.size_bytes; i++) {
        if (!is_digit(t[i])) return false;
        unit /= 10;
        nanos += unit * (t[i] - '0');
    }
    *ret = ts_from_parts(date_from_civil(year, month, day), ((hour * 60 + minute) * INT64_C(60) + second) * 1000000000 + nanos);
    return true;
}

/* Downwards, also before 1970: parsing cuts the fraction of the second. */
static struct ts cut(struct ts t, int32_t precision)
{
    static const int64_t units[10] = {1000000000, 100000000, 10000000, 1000000, 100000, 10000, 1000, 100, 10, 1};
    int32_t days;
    int64_t nanos;
    ts_to_parts(t, &days, &nanos);
    return ts_from_parts(days, nanos / units[precision] * units[precision]);
}

bool ts_parse(struct str text, int32_t precision, struct ts *ret)
{
    struct ts t;
    assert(precision >= 0 && precision <= 9);
    if (!ts_parse_common(text, &t) && !time_pattern_parse(sql_pattern(), text, &t)) return false;
    *ret = cut(t, precision);
    return true;
}

/* ---- the forms of java.sql.Timestamp.valueOf and java.sql.Date.valueOf ------------------- */

static bool number_of(struct str s, size_t min, size_t max, int32_t *ret)
{
    if (s.size_bytes < min || s.size_bytes > max) return false;
    for (size_t i = 0; i < s.size_bytes; i++) {
        if (!is_digit(s.at[i])) return false;
    }
    return part(s, ret);
}

static bool jdbc_date(struct str s, int32_t *ret_days)
{
    int32_t year, month, day;
    size_t first = find(s, '-', 0);
    size_t second = first == NOT_FOUND ? NOT_FOUND : find(s, '-', first + 1);
    if (second == NOT_FOUND) return false;
    if (!number_of(sub(s, 0, first), 4, 4, &year) || !number_of(sub(s, first + 1, second), 1, 2, &month) ||
        !number_of(sub(s, second + 1, s.size_bytes), 1, 2, &day)) {
        return false;
    }
    if (month < 1 || month > 12 || day < 1 || day > 31) return false;
    *ret_days = date_from_civil(year, month, 1) + day - 1; /* 31 April is 1 May here */
    return true;
}

/* Integer.parseInt: a sign is allowed, so "10:-5:00" is 09:55:00. */
static bool signed_of(struct str s, int32_t *ret)
{
    bool sign = s.size_bytes > 0 && (s.at[0] == '-' || s.at[0] == '+');
    bool negative = sign && s.at[0] == '-';
    if (!number_of(sub(s, sign ? 1 : 0, s.size_bytes), 1, 9, ret)) return false;
    if (negative) *ret = -*ret;
    return true;
}

static bool jdbc_clock(struct str s, int64_t *ret_nanos)
{
    int32_t hour, minute, second, fraction = 0;
    size_t c1 = find(s, ':', 0), c2 = c1 == NOT_FOUND ? NOT_FOUND : find(s, ':', c1 + 1);
    if (c2 == NOT_FOUND) return false;
    size_t dot = find(s, '.', c2), end = dot == NOT_FOUND ? s.size_bytes : dot;
    if (!signed_of(sub(s, 0, c1), &hour) || !signed_of(sub(s, c1 + 1, c2), &minute) || !signed_of(sub(s, c2 + 1, end), &second)) {
        return false;
    }
    if (hour > 1000000 || hour < -1000000) return false;
    if (dot != NOT_FOUND) {
        struct str f = sub(s, dot + 1, s.size_bytes);
        if (!number_of(f, 1, FRACTION_MAX, &fraction)) return false;
        for (size_t n = f.size_bytes; n < FRACTION_MAX; n++) fraction *= 10;
    }
    *ret_nanos = ((int64_t)hour * 3600 + (int64_t)minute * 60 + second) * 1000000000 + fraction;
    return true;
}

static bool jdbc_parse(struct str s, struct ts *ret)
{
    while (s.size_bytes > 0 && (unsigned char)s.at[0] <= ' ') s.at++, s.size_bytes--;
    while (s.size_bytes > 0 && (unsigned char)s.at[s.size_bytes - 1] <= ' ') s.size_bytes--;
    size_t blank = find(s, ' ', 0);
    int32_t days;
    int64_t nanos = 0;
    if (!jdbc_date(sub(s, 0, blank == NOT_FOUND ? s.size_bytes : blank), &days)) return false;
    if (blank != NOT_FOUND && !jdbc_clock(sub(s, blank + 1, s.size_bytes), &nanos)) return false;
    int64_t day_nanos = INT64_C(86400000000000), more = nanos / day_nanos - (nanos % day_nanos < 0);
    *ret = ts_from_parts(days + (int32_t)more, nanos - more * day_nanos);
    return true;
}

bool ts_parse_pattern(const struct time_pattern *p, struct str text, int32_t precision, struct ts *ret)
{
    struct ts t;
    assert(precision >= 0 && precision <= 9);
    if (!time_pattern_parse(p, text, &t) && !jdbc_parse(text, &t)) return false;
    *ret = cut(t, precision);
    return true;
}

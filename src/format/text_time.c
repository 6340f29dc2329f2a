/* SPDX-License-Identifier: Apache-2.0 */
/*
 * text_time: a cursor over the text and one function per part, each answering false where Java's
 * DateTimeFormatter would throw. Nothing allocates. The ranges and the two resolver styles were
 * asked from Flink 2.3.
 */
#include "format/text_time.h"

#include <assert.h>

struct cursor {
    const char *at, *end;
};

enum { YEAR_LIMIT = 290000 }; /* microseconds of later years do not fit 64 bits */

static bool take(struct cursor *c, char wanted) {
    if (c->at == c->end || *c->at != wanted) return false;
    c->at++;
    return true;
}

static int digit(const struct cursor *c) {
    return c->at < c->end && *c->at >= '0' && *c->at <= '9' ? *c->at - '0' : -1;
}

static bool take_two(struct cursor *c, int32_t *ret) {
    if (c->end - c->at < 2) return false;
    unsigned a = (unsigned char)c->at[0] - '0', b = (unsigned char)c->at[1] - '0';
    if (a > 9 || b > 9) return false;
    *ret = (int32_t)(a * 10 + b);
    c->at += 2;
    return true;
}

/* appendValue(YEAR, 4, 10, EXCEEDS_PAD): four digits, more only behind a plus sign. */
static bool take_year(struct cursor *c, int32_t *ret) {
    bool plus = take(c, '+'), minus = !plus && take(c, '-');
    int64_t year = 0;
    int count = 0;
    for (int d; count < 10 && (d = digit(c)) >= 0; count++, c->at++) year = year * 10 + d;
    if (count < 4 || (count > 4 && !plus && !minus) || (count == 4 && plus) || year > YEAR_LIMIT) return false;
    if (minus && year == 0) return false;
    *ret = (int32_t)(minus ? -year : year);
    return true;
}

static int32_t month_days(int32_t year, int32_t month) {
    static const int8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    assert(month >= 1 && month <= 12);
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : days[month - 1];
}

static bool take_date(struct cursor *c, bool strict, int32_t *ret_days) {
    int32_t year, month, day;
    if (!take_year(c, &year) || !take(c, '-') || !take_two(c, &month) || !take(c, '-') || !take_two(c, &day)) return false;
    if (month < 1 || month > 12 || day < 1 || day > 31) return false;
    int32_t last = month_days(year, month);
    if (day > last && strict) return false;
    *ret_days = date_from_civil(year, month, day > last ? last : day);
    return true;
}

/* A point and up to nine digits; the point alone is fine. */
static bool take_fraction(struct cursor *c, int64_t *ret_nanos) {
    *ret_nanos = 0;
    if (!take(c, '.')) return true;
    int64_t nanos = 0;
    int count = 0;
    for (int d; count < 9 && (d = digit(c)) >= 0; count++, c->at++) nanos = nanos * 10 + d;
    for (; count < 9; count++) nanos *= 10;
    *ret_nanos = nanos;
    return true;
}

/* Nanoseconds of the day; a whole day for 24:00:00 when lenient. */
static bool take_time(struct cursor *c, bool strict, int64_t *ret_nanos) {
    int32_t hour, minute, second = 0;
    int64_t nanos = 0;
    if (!take_two(c, &hour) || !take(c, ':') || !take_two(c, &minute)) return false;
    if (take(c, ':')) {
        if (!take_two(c, &second) || !take_fraction(c, &nanos)) return false;
    } else if (!strict) {
        return false;
    }
    bool end_of_day = !strict && hour == 24 && minute == 0 && second == 0 && nanos == 0;
    if ((hour > 23 && !end_of_day) || minute > 59 || second > 59) return false;
    *ret_nanos = ((hour * INT64_C(60) + minute) * 60 + second) * 1000000000 + nanos;
    return true;
}

bool text_date(struct str s, int32_t *ret_days) {
    struct cursor c = {s.at, s.at + s.size_bytes};
    return take_date(&c, true, ret_days) && c.at == c.end;
}

bool text_time_of_day(struct str s, int32_t *ret_ms) {
    struct cursor c = {s.at, s.at + s.size_bytes};
    int64_t nanos;
    if (!take_time(&c, false, &nanos) || c.at != c.end) return false;
    *ret_ms = (int32_t)(nanos / 1000000 % 86400000);
    return true;
}

bool text_timestamp(struct str s, enum time_standard standard, bool zulu, struct ts *ret) {
    struct cursor c = {s.at, s.at + s.size_bytes};
    bool strict = standard == TIME_STANDARD_ISO;
    int32_t days;
    int64_t nanos;
    if (!take_date(&c, strict, &days) || !take(&c, strict ? 'T' : ' ') || !take_time(&c, strict, &nanos)) return false;
    if (zulu && !take(&c, 'Z')) return false;
    if (c.at != c.end) return false;
    int64_t micros = days * INT64_C(86400000000) + nanos / 1000;
    *ret = (struct ts){micros, (int32_t)(nanos % 1000), 0};
    return true;
}

struct ts text_timestamp_keep(struct ts t, int32_t precision) {
    return precision <= 3 ? ts_truncate(t, 3) : t;
}

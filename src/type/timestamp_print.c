/* SPDX-License-Identifier: Apache-2.0 */
/*
 * timestamp_print: the texts of temporal values in their two families: Flink's SQL forms (CAST to
 * string, the client) and Java's toString forms (Row.toString).
 *
 * SQL forms show years modulo 10000 in four digits. TIME with a fraction shows at least one fraction
 * digit and stops at the last one that is not zero; timestamps show at least their type's digits.
 */
#include "type/timestamp.h"

#include <assert.h>

enum { MS_PER_DAY = 86400000 };

static char digit(int64_t v) { return (char)('0' + v % 10); }

static void two(struct buf *out, int64_t v)
{
    char text[2] = {digit(v / 10), digit(v)};
    buf_append(out, text, 2);
}

static void sql_date(struct buf *out, int32_t days)
{
    struct civil c = date_to_civil(days);
    int32_t y = c.year < 0 ? -c.year : c.year;
    char text[10] = {digit(y / 1000), digit(y / 100), digit(y / 10), digit(y), '-', digit(c.month / 10), digit(c.month),
                     '-', digit(c.day / 10), digit(c.day)};
    buf_append(out, text, sizeof text);
}

static void clock(struct buf *out, int64_t seconds)
{
    two(out, seconds / 3600);
    buf_char(out, ':');
    two(out, seconds / 60 % 60);
    buf_char(out, ':');
    two(out, seconds % 60);
}

void date_print(struct buf *out, int32_t days) { sql_date(out, days); }

void time_print(struct buf *out, int32_t ms, int32_t precision)
{
    ms %= MS_PER_DAY;
    if (ms < 0) ms += MS_PER_DAY;
    clock(out, ms / 1000);
    if (precision <= 0) return;
    buf_char(out, '.');
    int32_t rest = ms % 1000;
    do {
        buf_char(out, digit(rest / 100));
        rest = rest % 100 * 10;
    } while (rest != 0 && --precision > 0);
}

/* The nanoseconds with at least min digits and no zeros behind them. */
static void fraction(struct buf *out, int64_t nanos, int32_t min)
{
    char text[9];
    for (int i = 8; i >= 0; i--, nanos /= 10) text[i] = digit(nanos);
    int32_t n = 9;
    while (n > min && text[n - 1] == '0') n--;
    if (n == 0) return;
    buf_char(out, '.');
    buf_append(out, text, (size_t)n);
}

void ts_print(struct buf *out, struct ts t, int32_t precision)
{
    int32_t days;
    int64_t nanos;
    assert(precision >= 0 && precision <= 9);
    ts_to_parts(t, &days, &nanos);
    sql_date(out, days);
    buf_char(out, ' ');
    clock(out, nanos / 1000000000);
    fraction(out, nanos % 1000000000, precision);
}

/* ---- Java's forms ------------------------------------------------------------------------- */

static void java_date(struct buf *out, int32_t days)
{
    struct civil c = date_to_civil(days);
    if (c.year > 9999) buf_char(out, '+');
    if (c.year < 0) buf_char(out, '-');
    buf_format(out, "%04d-%02d-%02d", c.year < 0 ? -c.year : c.year, c.month, c.day);
}

void date_print_java(struct buf *out, int32_t days) { java_date(out, days); }

/* Fractions come in groups of three digits. */
static void java_fraction(struct buf *out, int64_t nanos)
{
    if (nanos == 0) return;
    fraction(out, nanos, nanos % 1000000 == 0 ? 3 : nanos % 1000 == 0 ? 6 : 9);
}

static void java_clock(struct buf *out, int64_t nanos_of_day, bool always_seconds)
{
    int64_t seconds = nanos_of_day / 1000000000, nanos = nanos_of_day % 1000000000;
    two(out, seconds / 3600);
    buf_char(out, ':');
    two(out, seconds / 60 % 60);
    if (!always_seconds && seconds % 60 == 0 && nanos == 0) return;
    buf_char(out, ':');
    two(out, seconds % 60);
    java_fraction(out, nanos);
}

void time_print_java(struct buf *out, int32_t ms)
{
    ms %= MS_PER_DAY;
    if (ms < 0) ms += MS_PER_DAY;
    java_clock(out, (int64_t)ms * 1000000, false);
}

static void java_ts(struct buf *out, struct ts t, bool always_seconds)
{
    int32_t days;
    int64_t nanos;
    ts_to_parts(t, &days, &nanos);
    java_date(out, days);
    buf_char(out, 'T');
    java_clock(out, nanos, always_seconds);
}

void ts_print_java(struct buf *out, struct ts t) { java_ts(out, t, false); }

void ts_print_instant(struct buf *out, struct ts t)
{
    java_ts(out, t, true);
    buf_char(out, 'Z');
}

void duration_print_java(struct buf *out, int64_t ms)
{
    int64_t seconds = ms / 1000, rest = ms % 1000;
    buf_text(out, "PT");
    if (seconds / 3600 != 0) buf_format(out, "%lldH", (long long)(seconds / 3600));
    if (seconds / 60 % 60 != 0) buf_format(out, "%lldM", (long long)(seconds / 60 % 60));
    if (seconds % 60 == 0 && rest == 0 && seconds != 0) return;
    if (seconds % 60 == 0 && rest < 0) buf_char(out, '-');
    buf_i64(out, seconds % 60);
    if (rest != 0) fraction(out, (rest < 0 ? -rest : rest) * 1000000, 0);
    buf_char(out, 'S');
}

void period_print_java(struct buf *out, int32_t months)
{
    if (months == 0) {
        buf_text(out, "P0D");
    } else {
        buf_format(out, "P%dM", months);
    }
}

/* ---- intervals ---------------------------------------------------------------------------- */

void interval_dt_print(struct buf *out, int64_t ms)
{
    uint64_t v = ms < 0 ? (uint64_t)0 - (uint64_t)ms : (uint64_t)ms;
    buf_char(out, ms < 0 ? '-' : '+');
    buf_i64(out, (int64_t)(v / MS_PER_DAY));
    buf_char(out, ' ');
    clock(out, (int64_t)(v / 1000 % 86400));
    buf_format(out, ".%03d", (int)(v % 1000));
}

void interval_ym_print(struct buf *out, int32_t months)
{
    int64_t v = months < 0 ? -(int64_t)months : months;
    buf_char(out, months < 0 ? '-' : '+');
    buf_format(out, "%lld-%02d", (long long)(v / 12), (int)(v % 12));
}

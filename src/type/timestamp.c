/* SPDX-License-Identifier: Apache-2.0 */
/*
 * timestamp: proleptic Gregorian calendar arithmetic and the value type struct ts.
 *
 * Days are counted in eras of 400 years that start on 1 March, so that the leap day is the last day
 * of a year and month lengths follow one linear formula. All functions are total over their integer
 * ranges; years go as far as 32-bit days do (about +-5.8 million).
 */
#include "type/timestamp.h"

#include <assert.h>

#define DAYS_PER_ERA 146097
#define DAYS_TO_EPOCH 719468 /* from 0000-03-01 to 1970-01-01 */
#define MICROS_PER_DAY INT64_C(86400000000)
#define NANOS_PER_DAY INT64_C(86400000000000)

static int64_t floor_div(int64_t a, int64_t b)
{
    assert(b > 0);
    return a / b - (a % b < 0);
}

int32_t date_from_civil(int32_t year, int32_t month, int32_t day)
{
    assert(month >= 1 && month <= 12);
    int64_t y = (int64_t)year - (month <= 2);
    int64_t era = floor_div(y, 400);
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return (int32_t)(era * DAYS_PER_ERA + day_of_era - DAYS_TO_EPOCH);
}

struct civil date_to_civil(int32_t days)
{
    int64_t z = (int64_t)days + DAYS_TO_EPOCH;
    int64_t era = floor_div(z, DAYS_PER_ERA);
    int32_t day_of_era = (int32_t)(z - era * DAYS_PER_ERA);
    int32_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int32_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int32_t m = (5 * day_of_year + 2) / 153;
    struct civil c;
    c.day = day_of_year - (153 * m + 2) / 5 + 1;
    c.month = m < 10 ? m + 3 : m - 9;
    c.year = (int32_t)(year_of_era + era * 400) + (c.month <= 2);
    return c;
}

int32_t date_day_of_week(int32_t days)
{
    int64_t sunday_based = ((int64_t)days + 4) % 7; /* 1970-01-01 was a Thursday */
    return (int32_t)(sunday_based < 0 ? sunday_based + 7 : sunday_based) + 1;
}

struct ts ts_from_parts(int32_t days, int64_t nanos_of_day)
{
    assert(nanos_of_day >= 0 && nanos_of_day < NANOS_PER_DAY);
    return (struct ts){.micros = (int64_t)days * MICROS_PER_DAY + nanos_of_day / 1000, .nanos = (int32_t)(nanos_of_day % 1000)};
}

void ts_to_parts(struct ts t, int32_t *ret_days, int64_t *ret_nanos_of_day)
{
    int64_t days = floor_div(t.micros, MICROS_PER_DAY);
    *ret_days = (int32_t)days;
    *ret_nanos_of_day = (t.micros - days * MICROS_PER_DAY) * 1000 + t.nanos;
}

int64_t ts_to_millis(struct ts t) { return floor_div(t.micros, 1000); }

struct ts ts_from_millis(int64_t ms)
{
    int64_t micros;
    if (__builtin_mul_overflow(ms, INT64_C(1000), &micros)) micros = ms < 0 ? INT64_MIN : INT64_MAX;
    return (struct ts){.micros = micros};
}

int ts_compare(struct ts a, struct ts b)
{
    if (a.micros != b.micros) return a.micros < b.micros ? -1 : 1;
    return a.nanos < b.nanos ? -1 : a.nanos > b.nanos;
}

/*
 * Flink cuts down to milliseconds and coarser towards 1970, not towards the past: half a second
 * before the epoch becomes the epoch. Finer digits are cut off the fraction.
 */
struct ts ts_truncate(struct ts t, int32_t precision)
{
    static const int64_t units[4] = {1000, 100, 10, 1};
    static const int32_t fine[10] = {0, 0, 0, 0, 100, 10, 1, 100, 10, 1};
    assert(precision >= 0 && precision <= 9);
    if (precision <= 3) {
        int64_t ms = ts_to_millis(t);
        return ts_from_millis(ms / units[precision] * units[precision]);
    }
    if (precision <= 6) return (struct ts){.micros = floor_div(t.micros, fine[precision]) * fine[precision]};
    t.nanos = t.nanos / fine[precision] * fine[precision];
    return t;
}

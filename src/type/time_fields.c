/* SPDX-License-Identifier: Apache-2.0 */
/*
 * time_fields: from the fields that a pattern found to a timestamp.
 *
 * The rules are java.time's SMART resolver: years of an era become years, a day beyond the end of its
 * month becomes its last day, 24:00 is midnight of the next day, clock hours and AM/PM become hours of
 * the day; then Flink's defaults: 1970 for the year, 1 for month and day, 0 for the rest. A field that
 * only makes sense with another one that is missing (an hour of AM/PM without AM/PM) has no effect.
 */
#include "type/time_pattern.h"

#include <assert.h>

/* Microseconds in 64 bits reach a little farther. */
enum { YEAR_LIMIT = 290000 };

static bool in_range(const struct time_fields *f, enum time_field field, int64_t min, int64_t max)
{
    return !time_fields_has(f, field) || (f->values[field] >= min && f->values[field] <= max);
}

static void put(struct time_fields *f, enum time_field field, int64_t v)
{
    f->set |= 1u << field;
    f->values[field] = v;
}

static bool put_same(struct time_fields *f, enum time_field field, int64_t v)
{
    if (time_fields_has(f, field)) return f->values[field] == v;
    put(f, field, v);
    return true;
}

static bool ranges_ok(const struct time_fields *f)
{
    return in_range(f, FIELD_YEAR_OF_ERA, 1, 999999999) && in_range(f, FIELD_YEAR, -999999999, 999999999) &&
           in_range(f, FIELD_MONTH, 1, 12) && in_range(f, FIELD_DAY, 1, 31) && in_range(f, FIELD_DAY_OF_YEAR, 1, 366) &&
           in_range(f, FIELD_HOUR, 0, 24) && in_range(f, FIELD_CLOCK_HOUR, 0, 24) &&
           in_range(f, FIELD_HOUR_OF_AMPM, 0, 11) && in_range(f, FIELD_CLOCK_HOUR_OF_AMPM, 0, 12) &&
           in_range(f, FIELD_MINUTE, 0, 59) && in_range(f, FIELD_SECOND, 0, 59) && in_range(f, FIELD_NANO, 0, 999999999) &&
           in_range(f, FIELD_MILLI_OF_DAY, 0, 86399999) && in_range(f, FIELD_NANO_OF_DAY, 0, INT64_C(86399999999999)) &&
           in_range(f, FIELD_QUARTER, 1, 4);
}

static bool years_resolve(struct time_fields *f)
{
    if (!time_fields_has(f, FIELD_YEAR_OF_ERA)) return true;
    int64_t year = f->values[FIELD_YEAR_OF_ERA];
    bool before_christ = time_fields_has(f, FIELD_ERA) && f->values[FIELD_ERA] == 0;
    return put_same(f, FIELD_YEAR, before_christ ? 1 - year : year);
}

static bool whole_day_resolve(struct time_fields *f)
{
    int64_t nanos;
    if (time_fields_has(f, FIELD_NANO_OF_DAY)) {
        nanos = f->values[FIELD_NANO_OF_DAY];
    } else if (time_fields_has(f, FIELD_MILLI_OF_DAY)) {
        nanos = f->values[FIELD_MILLI_OF_DAY] * 1000000;
    } else {
        return true;
    }
    return put_same(f, FIELD_HOUR, nanos / INT64_C(3600000000000)) && put_same(f, FIELD_MINUTE, nanos / INT64_C(60000000000) % 60) &&
           put_same(f, FIELD_SECOND, nanos / 1000000000 % 60) && put_same(f, FIELD_NANO, nanos % 1000000000);
}

static bool hours_resolve(struct time_fields *f)
{
    if (time_fields_has(f, FIELD_CLOCK_HOUR) && !put_same(f, FIELD_HOUR, f->values[FIELD_CLOCK_HOUR] % 24)) return false;
    if (time_fields_has(f, FIELD_CLOCK_HOUR_OF_AMPM)) {
        if (!put_same(f, FIELD_HOUR_OF_AMPM, f->values[FIELD_CLOCK_HOUR_OF_AMPM] % 12)) return false;
    }
    if (!time_fields_has(f, FIELD_HOUR_OF_AMPM) || !time_fields_has(f, FIELD_AMPM)) return true;
    return put_same(f, FIELD_HOUR, f->values[FIELD_AMPM] * 12 + f->values[FIELD_HOUR_OF_AMPM]);
}

static bool leap_year(int64_t y) { return y % 4 == 0 && (y % 100 != 0 || y % 400 == 0); }

static int32_t month_length(int64_t year, int64_t month)
{
    if (month == 2) return leap_year(year) ? 29 : 28;
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

static int64_t value_or(const struct time_fields *f, enum time_field field, int64_t otherwise)
{
    return time_fields_has(f, field) ? f->values[field] : otherwise;
}

static bool date_resolve(const struct time_fields *f, int32_t *ret_days)
{
    int64_t year = value_or(f, FIELD_YEAR, 1970), month = value_or(f, FIELD_MONTH, 1), day = value_or(f, FIELD_DAY, 1);
    bool has_year = time_fields_has(f, FIELD_YEAR);
    if (year < -YEAR_LIMIT || year > YEAR_LIMIT) return false;
    if (has_year && !time_fields_has(f, FIELD_MONTH) && time_fields_has(f, FIELD_DAY_OF_YEAR)) {
        int64_t n = f->values[FIELD_DAY_OF_YEAR];
        if (n == 366 && !leap_year(year)) return false;
        *ret_days = date_from_civil((int32_t)year, 1, 1) + (int32_t)n - 1;
        return true;
    }
    bool whole = has_year && time_fields_has(f, FIELD_MONTH) && time_fields_has(f, FIELD_DAY);
    int32_t length = month_length(year, month);
    if (day > length) {
        if (!whole) return false;
        day = length;
    }
    *ret_days = date_from_civil((int32_t)year, (int32_t)month, (int32_t)day);
    if (!whole) return true;
    int64_t week_day = (date_day_of_week(*ret_days) + 5) % 7 + 1;
    return value_or(f, FIELD_DAY_OF_WEEK, week_day) == week_day && value_or(f, FIELD_QUARTER, (month + 2) / 3) == (month + 2) / 3;
}

bool time_fields_resolve(struct time_fields *f, struct ts *ret)
{
    assert(f != NULL && ret != NULL);
    if (!ranges_ok(f) || !years_resolve(f) || !whole_day_resolve(f) || !hours_resolve(f)) return false;
    int32_t days;
    if (!date_resolve(f, &days)) return false;
    int64_t hour = value_or(f, FIELD_HOUR, 0), minute = value_or(f, FIELD_MINUTE, 0);
    int64_t second = value_or(f, FIELD_SECOND, 0), nano = value_or(f, FIELD_NANO, 0);
    if (hour == 24) {
        if (minute != 0 || second != 0 || nano != 0) return false;
        hour = 0;
        days += time_fields_has(f, FIELD_DAY) || time_fields_has(f, FIELD_DAY_OF_YEAR);
    }
    *ret = ts_from_parts(days, ((hour * 60 + minute) * 60 + second) * 1000000000 + nano);
    return true;
}

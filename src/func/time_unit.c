/* SPDX-License-Identifier: Apache-2.0 */
/*
 * time_unit: names and sizes of the units of time, and month arithmetic with Flink's rules: a day
 * behind the month's end is cut to it, and a difference in months counts from the earlier date.
 */
#include "func/time_unit.h"

#include "base/suggest.h"

#include "type/timestamp.h"

#include <assert.h>

static const struct {
    const char *name;
    int64_t millis;
    int32_t months;
} units[UNIT_COUNT] = {
    [UNIT_MILLENNIUM] = {"MILLENNIUM", 0, 12000}, [UNIT_CENTURY] = {"CENTURY", 0, 1200}, [UNIT_DECADE] = {"DECADE", 0, 120},
    [UNIT_YEAR] = {"YEAR", 0, 12},                [UNIT_ISOYEAR] = {"ISOYEAR", 0, 0},    [UNIT_QUARTER] = {"QUARTER", 0, 3},
    [UNIT_MONTH] = {"MONTH", 0, 1},               [UNIT_WEEK] = {"WEEK", INT64_C(7) * MS_PER_DAY, 0},
    [UNIT_DAY] = {"DAY", MS_PER_DAY, 0},          [UNIT_DOW] = {"DOW", 0, 0},            [UNIT_ISODOW] = {"ISODOW", 0, 0},
    [UNIT_DOY] = {"DOY", 0, 0},                   [UNIT_EPOCH] = {"EPOCH", 0, 0},        [UNIT_HOUR] = {"HOUR", MS_PER_HOUR, 0},
    [UNIT_MINUTE] = {"MINUTE", MS_PER_MINUTE, 0}, [UNIT_SECOND] = {"SECOND", MS_PER_SECOND, 0},
    [UNIT_MILLISECOND] = {"MILLISECOND", 1, 0},   [UNIT_MICROSECOND] = {"MICROSECOND", 0, 0},
    [UNIT_NANOSECOND] = {"NANOSECOND", 0, 0},
};

bool time_unit_parse(struct str name, enum time_unit *ret)
{
    struct str prefix = STR("SQL_TSI_");
    if (name.size_bytes > prefix.size_bytes &&
        str_equal_ignore_case((struct str){name.at, prefix.size_bytes}, prefix)) {
        name = (struct str){name.at + prefix.size_bytes, name.size_bytes - prefix.size_bytes};
    }
    if (str_equal_ignore_case(name, STR("FRAC_SECOND"))) name = STR("MICROSECOND");
    for (int i = 0; i < UNIT_COUNT; i++) {
        if (!str_equal_ignore_case(name, str_of(units[i].name))) continue;
        *ret = (enum time_unit)i;
        return true;
    }
    return false;
}

enum status time_unit_unknown(struct str name, struct span span, struct error *e)
{
    struct str names[UNIT_COUNT];
    for (int i = 0; i < UNIT_COUNT; i++) names[i] = str_of(units[i].name);
    (void)error_at(e, STATUS_INVALID, span, "There is no unit of time '%.*s'", STR_ARG(name));
    struct str near = suggest_name(name, names, UNIT_COUNT);
    if (near.size_bytes > 0) return error_hint(e, "Did you mean %.*s?", STR_ARG(near));
    return error_hint(e, "Units are YEAR, QUARTER, MONTH, WEEK, DAY, HOUR, MINUTE, SECOND and a few more");
}

const char *time_unit_name(enum time_unit u)
{
    assert(u < UNIT_COUNT);
    return units[u].name;
}
int64_t time_unit_millis(enum time_unit u)
{
    assert(u < UNIT_COUNT);
    return units[u].millis;
}
int32_t time_unit_months(enum time_unit u)
{
    assert(u < UNIT_COUNT);
    return units[u].months;
}

int64_t floor_div(int64_t a, int64_t b)
{
    assert(b > 0);
    return a / b - (a % b < 0);
}

static int32_t days_of_month(int32_t year, int32_t month)
{
    static const int8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return days[month - 1] + (month == 2 && leap);
}

int32_t date_add_months(int32_t days, int64_t months)
{
    struct civil c = date_to_civil(days);
    int64_t total = (int64_t)c.year * 12 + (c.month - 1) + months;
    int32_t year = (int32_t)floor_div(total, 12), month = (int32_t)floor_mod(total, 12) + 1;
    int32_t last = days_of_month(year, month);
    return date_from_civil(year, month, c.day < last ? c.day : last);
}

int64_t millis_add_months(int64_t ms, int64_t months)
{
    int64_t of_day = floor_mod(ms, MS_PER_DAY);
    return (int64_t)date_add_months((int32_t)floor_div(ms, MS_PER_DAY), months) * MS_PER_DAY + of_day;
}

/* a >= b: the largest number of months that does not lead from b behind a, or exactly to or behind it when cut. */
static int32_t dates_subtract_months(int32_t a, int32_t b)
{
    if (a < b) return -dates_subtract_months(b, a);
    int32_t m = (int32_t)(((int64_t)a - b) / 31);
    for (;; m++) {
        if (date_add_months(b, m) >= a || date_add_months(b, m + 1) > a) return m;
    }
}

int32_t millis_subtract_months(int64_t a, int64_t b)
{
    int32_t day_a = (int32_t)floor_div(a, MS_PER_DAY), day_b = (int32_t)floor_div(b, MS_PER_DAY);
    int32_t m = dates_subtract_months(day_a, day_b);
    if (date_add_months(day_b, m) == day_a && floor_mod(a, MS_PER_DAY) < floor_mod(b, MS_PER_DAY)) m--;
    return m;
}

int64_t datetime_millis(const struct vec *v, uint32_t row)
{
    uint32_t at = v->form == VEC_CONST ? 0 : row;
    if (v->type->root == TYPE_DATE) return (int64_t)VEC_DATA(v, const int32_t)[at] * MS_PER_DAY;
    if (v->type->root == TYPE_TIME) return VEC_DATA(v, const int32_t)[at];
    return vec_get_millis(v, row);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * func_temporal_part: EXTRACT and its short forms YEAR, MONTH, ... All give BIGINT.
 *
 * Before 1970 Flink divides milliseconds towards zero, so hours are negative there and the day is
 * the next one; of a DATE it takes hours and less as if the day's number were milliseconds. Both
 * are kept. TIMESTAMP_LTZ is seen in the session's zone.
 */
#include "func/kernel.h"
#include "func/time_unit.h"

#include <assert.h>

struct part {
    enum time_unit unit;
    uint32_t arg; /* which argument is the value */
};

static int32_t iso_week(int32_t days, struct civil c, int32_t *ret_year)
{
    int32_t weekday = (int32_t)floor_mod((int64_t)days + 3, 7); /* 0 = Monday */
    int32_t thursday = days - weekday + 3;
    (void)c;
    *ret_year = date_to_civil(thursday).year;
    return (thursday - date_from_civil(*ret_year, 1, 1)) / 7 + 1;
}

static int64_t day_part(enum time_unit u, int32_t days)
{
    struct civil c = date_to_civil(days);
    int32_t iso_year = 0;
    switch (u) {
    case UNIT_YEAR: return c.year;
    case UNIT_QUARTER: return (c.month + 2) / 3;
    case UNIT_MONTH: return c.month;
    case UNIT_DAY: return c.day;
    case UNIT_DOW: return date_day_of_week(days);
    case UNIT_ISODOW: return floor_mod((int64_t)days + 3, 7) + 1;
    case UNIT_DOY: return days - date_from_civil(c.year, 1, 1) + 1;
    case UNIT_WEEK: return iso_week(days, c, &iso_year);
    case UNIT_ISOYEAR: (void)iso_week(days, c, &iso_year); return iso_year;
    case UNIT_DECADE: return c.year / 10;
    case UNIT_CENTURY: return c.year > 0 ? (c.year + 99) / 100 : (c.year - 99) / 100;
    case UNIT_MILLENNIUM: return c.year > 0 ? (c.year + 999) / 1000 : (c.year - 999) / 1000;
    case UNIT_EPOCH: return (int64_t)days * 86400;
    default: return 0;
    }
}

/* nano: below the millisecond. */
static int64_t clock_part(enum time_unit u, int64_t ms, int32_t nano)
{
    switch (u) {
    case UNIT_EPOCH: return ms / MS_PER_SECOND;
    case UNIT_HOUR: return ms % MS_PER_DAY / MS_PER_HOUR;
    case UNIT_MINUTE: return ms % MS_PER_HOUR / MS_PER_MINUTE;
    case UNIT_SECOND: return ms % MS_PER_MINUTE / MS_PER_SECOND;
    case UNIT_MILLISECOND: return ms % MS_PER_SECOND;
    case UNIT_MICROSECOND: return ms % MS_PER_SECOND * 1000 + nano / 1000;
    case UNIT_NANOSECOND: return ms % MS_PER_SECOND * 1000000 + nano;
    default: return 0;
    }
}

static bool is_clock_unit(enum time_unit u) { return u >= UNIT_EPOCH; }

static enum status date_part_kernel(struct call *c, const struct rows *rows, const struct vec *const *args, struct vec *out)
{
    const struct part *p = c->impl->prepared;
    for (uint32_t i = 0; i < rows->count; i++) {
        uint32_t row = rows_at(rows, i);
        int32_t days = arg_int(args[p->arg], row);
        TRY(set_long(out, row, p->unit > UNIT_EPOCH ? clock_part(p->unit, days, 0) : day_part(p->unit, days)));
    }
    return STATUS_OK;
}

static enum status time_part_kernel(struct call *c, const struct rows *rows, const struct vec *const *args, struct vec *out)
{
    const struct part *p = c->impl->prepared;
    for (uint32_t i = 0; i < rows->count; i++) {
        uint32_t row = rows_at(rows, i);
        TRY(set_long(out, row, clock_part(p->unit, arg_int(args[p->arg], row), 0)));
    }
    return STATUS_OK;
}

static enum status ts_part_kernel(struct call *c, const struct rows *rows, const struct vec *const *args, struct vec *out)
{
    const struct part *p = c->impl->prepared;
    const struct vec *v = args[p->arg];
    const struct zone *zone = v->type->root == TYPE_TIMESTAMP_LTZ ? c->context->zone : NULL;
    for (uint32_t i = 0; i < rows->count; i++) {
        uint32_t row = rows_at(rows, i);
        struct ts t = vec_get_ts(v, row);
        int64_t ms = ts_to_millis(t);
        if (zone != NULL) ms += (int64_t)zone_offset_at(zone, floor_div(ms, MS_PER_SECOND)) * MS_PER_SECOND;
        int32_t nano = (int32_t)floor_mod(t.micros, 1000) * 1000 + t.nanos;
        TRY(set_long(out, row, is_clock_unit(p->unit) ? clock_part(p->unit, ms, nano) : day_part(p->unit, (int32_t)(ms / MS_PER_DAY))));
    }
    return STATUS_OK;
}

static enum status months_part_kernel(struct call *c, const struct rows *rows, const struct vec *const *args, struct vec *out)
{
    const struct part *p = c->impl->prepared;
    for (uint32_t i = 0; i < rows->count; i++) {
        uint32_t row = rows_at(rows, i);
        int32_t m = arg_int(args[p->arg], row);
        TRY(set_long(out, row, p->unit == UNIT_YEAR ? m / 12 : p->unit == UNIT_QUARTER ? m % 12 / 3 + 1 : m % 12));
    }
    return STATUS_OK;
}

static enum status millis_part_kernel(struct call *c, const struct rows *rows, const struct vec *const *args, struct vec *out)
{
    const struct part *p = c->impl->prepared;
    for (uint32_t i = 0; i < rows->count; i++) {
        uint32_t row = rows_at(rows, i);
        int64_t ms = arg_long(args[p->arg], row);
        TRY(set_long(out, row, p->unit == UNIT_DAY ? ms / MS_PER_DAY : clock_part(p->unit, ms, 0)));
    }
    return STATUS_OK;
}

static enum status refuse_unit(struct func_bind *b, enum time_unit u, const char *of)
{
    return error_at(b->error, STATUS_INVALID, b->span, "Unit '%s' cannot be extracted from %s", time_unit_name(u), of);
}

/* The kernel for the value's type. */
static enum status part_kernel(struct func_bind *b, const struct part *p)
{
    enum time_unit u = p->unit;
    switch (b->args[p->arg]->type->root) {
    case TYPE_DATE:
        b->impl.kernel = date_part_kernel;
        return u < UNIT_MICROSECOND ? STATUS_OK : refuse_unit(b, u, "a DATE");
    case TYPE_TIMESTAMP:
    case TYPE_TIMESTAMP_LTZ: b->impl.kernel = ts_part_kernel; return STATUS_OK;
    case TYPE_TIME:
        b->impl.kernel = time_part_kernel;
        return u > UNIT_EPOCH && u < UNIT_MICROSECOND ? STATUS_OK : refuse_unit(b, u, "a TIME");
    case TYPE_INTERVAL_YM:
        b->impl.kernel = months_part_kernel;
        return u == UNIT_YEAR || u == UNIT_QUARTER || u == UNIT_MONTH ? STATUS_OK : refuse_unit(b, u, "an interval of months");
    case TYPE_INTERVAL_DT:
        b->impl.kernel = millis_part_kernel;
        return u == UNIT_DAY || u > UNIT_EPOCH ? STATUS_OK : refuse_unit(b, u, "an interval of days");
    default:
        b->func = func_find(STR("EXTRACT")); /* as Flink names it, also in the short forms */
        return bind_wrong_types(b);
    }
}

static enum status bind_part(struct func_bind *b, enum time_unit unit, uint32_t arg)
{
    struct part *p = ARENA_NEW(b->arena, struct part);
    if (p == NULL) return error_no_memory(b->error, sizeof *p);
    *p = (struct part){unit, arg};
    if (b->args[arg]->type->root == TYPE_NULL) TRY(bind_cast_arg(b, arg, type_time(b->types, TYPE_TIMESTAMP, 3, true)));
    TRY(part_kernel(b, p));
    b->impl.prepared = p;
    b->type = result_type(b, RESULT_BIGINT);
    return b->type == NULL ? error_no_memory(b->error, sizeof *b->type) : STATUS_OK;
}

static enum status bind_extract(struct func_bind *b)
{
    struct str name;
    enum time_unit unit;
    if (!bind_literal_str(b, 0, &name)) return bind_wrong_types(b);
    if (!time_unit_parse(name, &unit)) {
        return time_unit_unknown(name, b->span, b->error);
    }
    return bind_part(b, unit, 1);
}

#define PART(symbol, unit)                                                                                              \
    static enum status bind_##symbol(struct func_bind *b) { return bind_part(b, (unit), 0); }
PART(year, UNIT_YEAR)
PART(quarter, UNIT_QUARTER)
PART(month, UNIT_MONTH)
PART(week, UNIT_WEEK)
PART(dayofyear, UNIT_DOY)
PART(dayofmonth, UNIT_DAY)
PART(dayofweek, UNIT_DOW)
PART(hour, UNIT_HOUR)
PART(minute, UNIT_MINUTE)
PART(second, UNIT_SECOND)

static const struct func rows_of_temporal_part[] = {
    ROW_OF("EXTRACT", 2, 2, FUNC_TYPED_ARGS, extract, "EXTRACT(unit FROM x DATE|TIME|TIMESTAMP|INTERVAL) -> BIGINT", "One part of a date, time or interval.",
           "EXTRACT(DAY FROM DATE '2006-06-05') = 5"),
    ROW_OF("YEAR", 1, 1, FUNC_TYPED_ARGS, year, "YEAR(d DATE) -> BIGINT", "The year.", "YEAR(DATE '1994-09-27') = 1994"),
    ROW_OF("QUARTER", 1, 1, FUNC_TYPED_ARGS, quarter, "QUARTER(d DATE) -> BIGINT", "The quarter, 1 to 4.", "QUARTER(DATE '1994-09-27') = 3"),
    ROW_OF("MONTH", 1, 1, FUNC_TYPED_ARGS, month, "MONTH(d DATE) -> BIGINT", "The month, 1 to 12.", "MONTH(DATE '1994-09-27') = 9"),
    ROW_OF("WEEK", 1, 1, FUNC_TYPED_ARGS, week, "WEEK(d DATE) -> BIGINT", "The ISO week, 1 to 53.", "WEEK(DATE '1994-09-27') = 39"),
    ROW_OF("DAYOFYEAR", 1, 1, FUNC_TYPED_ARGS, dayofyear, "DAYOFYEAR(d DATE) -> BIGINT", "The day of the year, from 1.",
           "DAYOFYEAR(DATE '1994-09-27') = 270"),
    ROW_OF("DAYOFMONTH", 1, 1, FUNC_TYPED_ARGS, dayofmonth, "DAYOFMONTH(d DATE) -> BIGINT", "The day of the month, from 1.",
           "DAYOFMONTH(DATE '1994-09-27') = 27"),
    ROW_OF("DAYOFWEEK", 1, 1, FUNC_TYPED_ARGS, dayofweek, "DAYOFWEEK(d DATE) -> BIGINT", "The day of the week, 1 = Sunday.",
           "DAYOFWEEK(DATE '1994-09-27') = 3"),
    ROW_OF("HOUR", 1, 1, FUNC_TYPED_ARGS, hour, "HOUR(t TIMESTAMP) -> BIGINT", "The hour of the day.", "HOUR(TIMESTAMP '1994-09-27 13:14:15') = 13"),
    ROW_OF("MINUTE", 1, 1, FUNC_TYPED_ARGS, minute, "MINUTE(t TIMESTAMP) -> BIGINT", "The minute of the hour.",
           "MINUTE(TIMESTAMP '1994-09-27 13:14:15') = 14"),
    ROW_OF("SECOND", 1, 1, FUNC_TYPED_ARGS, second, "SECOND(t TIMESTAMP) -> BIGINT", "The second of the minute.",
           "SECOND(TIMESTAMP '1994-09-27 13:14:15') = 15"),
};
FAMILY_TITLED(temporal_part, "Dates and times", rows_of_temporal_part);

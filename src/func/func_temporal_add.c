/* SPDX-License-Identifier: Apache-2.0 */
/*
 * func_temporal_add: rounding to a unit (FLOOR and CEIL ... TO), TIMESTAMPADD and TIMESTAMPDIFF.
 *
 * Rounding to a day or less is arithmetic on milliseconds; longer units go by the calendar of the
 * day, which Flink finds by dividing towards zero. TIMESTAMP_LTZ is rounded in the session's zone.
 */
#include "func/kernel.h"
#include "func/time_unit.h"

#include <assert.h>

struct rounding {
    enum time_unit unit;
    bool ceil;
};

/* ---- rounding ------------------------------------------------------------------------------------------ */

/* Flink rounds in the Julian calendar before 15 October 1582. */
static struct civil civil_of(int32_t days)
{
    int64_t julian = (int64_t)days + 2440588;
    if (julian > 2299160) return date_to_civil(days);
    int64_t c = julian + 32082, d = floor_div(4 * c + 3, 1461), e = c - floor_div(1461 * d, 4), m = (5 * e + 2) / 153;
    return (struct civil){(int32_t)(d - 4800 + m / 10), (int32_t)(m + 3 - 12 * (m / 10)), (int32_t)(e - (153 * m + 2) / 5 + 1)};
}

static int32_t year_start(int32_t year) { return date_from_civil(year, 1, 1); }

/* The first day of the unit that days lies in, or of the next one. */
static int32_t round_days(enum time_unit u, int32_t days, bool ceil)
{
    struct civil c = civil_of(days);
    int32_t up = ceil ? 1 : 0, quarter = (c.month + 2) / 3;
    switch (u) {
    case UNIT_MILLENNIUM: return year_start(1000 * ((c.year + 999) / 1000) + (ceil ? 1 : -999));
    case UNIT_CENTURY: return year_start(100 * ((c.year + 99) / 100) + (ceil ? 1 : -99));
    case UNIT_DECADE: return year_start(10 * (c.year / 10 + up));
    case UNIT_YEAR: return year_start(c.year + (ceil && (c.month > 1 || c.day > 1)));
    case UNIT_QUARTER: quarter += ceil && (c.month > 1 || c.day > 1); break;
    case UNIT_MONTH: return date_add_months(date_from_civil(c.year, c.month, 1), ceil && c.day > 1);
    case UNIT_WEEK: {
        int32_t past = date_day_of_week(days) - 1;
        return date_from_civil(c.year, c.month, 1) + c.day - 1 - past + (ceil && past > 0 ? 7 : 0);
    }
    case UNIT_DAY: return date_from_civil(c.year, c.month, 1) + c.day - 1 + up;
    default: return days;
    }
    return date_add_months(year_start(c.year), (quarter - 1) * 3);
}

static int64_t round_millis(int64_t ms, int64_t unit, bool ceil)
{
    int64_t rest = ms % unit;
    if (ceil) return rest > 0 ? ms - rest + unit : ms - rest;
    return rest < 0 ? ms - rest - unit : ms - rest;
}

static enum status round_date_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    const struct rounding *r = c->impl->prepared;
    return set_int(out, row, round_days(r->unit, arg_int(args[0], row), r->ceil));
}
KERNEL(round_date)

static enum status round_time_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    const struct rounding *r = c->impl->prepared;
    int64_t unit = time_unit_millis(r->unit), ms = arg_int(args[0], row);
    return set_int(out, row, unit == 0 || unit >= MS_PER_DAY ? (int32_t)ms : (int32_t)round_millis(ms, unit, r->ceil));
}
KERNEL(round_time)

static int64_t round_instant(const struct rounding *r, int64_t ms, int64_t offset_ms)
{
    int64_t local = ms + offset_ms, unit = time_unit_millis(r->unit);
    if (unit != 0 && unit < MS_PER_HOUR) return round_millis(ms, unit, r->ceil);
    if (unit != 0 && unit <= MS_PER_DAY) return round_millis(local, unit, r->ceil) - offset_ms;
    return (int64_t)round_days(r->unit, (int32_t)(local / MS_PER_DAY), r->ceil) * MS_PER_DAY - offset_ms;
}

static enum status round_ts_kernel(struct call *c, const struct rows *rows, const struct vec *const *args, struct vec *out)
{
    const struct rounding *r = c->impl->prepared;
    const struct zone *zone = args[0]->type->root == TYPE_TIMESTAMP_LTZ ? c->context->zone : NULL;
    for (uint32_t i = 0; i < rows->count; i++) {
        uint32_t row = rows_at(rows, i);
        struct ts t = vec_get_ts(args[0], row);
        int64_t ms = ts_to_millis(t), offset = 0;
        if (zone != NULL) offset = (int64_t)zone_offset_at(zone, floor_div(ms, MS_PER_SECOND)) * MS_PER_SECOND;
        if (r->unit == UNIT_MILLISECOND && r->ceil && (floor_mod(t.micros, 1000) != 0 || t.nanos != 0)) ms++;
        vec_set_ts(out, row, ts_from_millis(round_instant(r, ms, offset)));
    }
    return STATUS_OK;
}

static bool can_round_to(enum time_unit u)
{
    return u != UNIT_EPOCH && u != UNIT_MICROSECOND && u != UNIT_NANOSECOND && u != UNIT_DOW && u != UNIT_ISODOW && u != UNIT_DOY;
}

static enum status bind_round(struct func_bind *b, bool ceil)
{
    struct str name;
    struct rounding *r = ARENA_NEW(b->arena, struct rounding);
    if (r == NULL) return error_no_memory(b->error, sizeof *r);
    r->ceil = ceil;
    if (!bind_literal_str(b, 1, &name)) return bind_wrong_types(b);
    if (!time_unit_parse(name, &r->unit)) {
        return time_unit_unknown(name, b->span, b->error);
    }
    const struct type *t = b->args[0]->type;
    if (t->root == TYPE_DATE) b->impl.kernel = round_date_kernel;
    else if (t->root == TYPE_TIME) b->impl.kernel = round_time_kernel;
    else if (type_is_timestamp(t)) b->impl.kernel = round_ts_kernel;
    else return bind_wrong_types(b);
    if (!can_round_to(r->unit)) {
        return error_at(b->error, STATUS_INVALID, b->span, "A time cannot be rounded to %s", time_unit_name(r->unit));
    }
    b->impl.prepared = r;
    b->type = type_time_attr(b->types, t, TIME_ATTR_NONE);
    return b->type == NULL ? error_no_memory(b->error, sizeof *t) : STATUS_OK;
}
static enum status bind_floor_to(struct func_bind *b) { return bind_round(b, false); }
static enum status bind_ceil_to(struct func_bind *b) { return bind_round(b, true); }

/* ---- TIMESTAMPADD ---------------------------------------------------------------------------------------- */

/* prepared is the unit. */
static enum time_unit unit_of(const struct call *c) { return *(const enum time_unit *)c->impl->prepared; }

static enum status add_date_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    enum time_unit u = unit_of(c);
    int64_t n = arg_long(args[1], row), months = time_unit_months(u);
    int32_t days = arg_int(args[2], row);
    if (months != 0) return set_int(out, row, date_add_months(days, (int32_t)(n * months)));
    return set_int(out, row, (int32_t)(days + n * (time_unit_millis(u) / MS_PER_DAY)));
}
KERNEL(add_date)

static enum status add_time_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    int64_t n = arg_long(args[1], row) % MS_PER_DAY, ms = arg_int(args[2], row);
    return set_int(out, row, (int32_t)floor_mod(ms + n * (time_unit_millis(unit_of(c)) % MS_PER_DAY), MS_PER_DAY));
}
KERNEL(add_time)

static bool micros_add(int64_t micros, int64_t n, int64_t millis, int64_t *ret)
{
    int64_t add;
    return !__builtin_mul_overflow(n, millis * 1000, &add) && !__builtin_add_overflow(micros, add, ret);
}

/* The value is a DATE, to which a time is added, or a timestamp. */
static enum status add_ts_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    enum time_unit u = unit_of(c);
    int64_t n = arg_long(args[1], row), months = time_unit_months(u);
    bool date = args[2]->type->root == TYPE_DATE;
    struct ts t = date ? ts_from_millis(datetime_millis(args[2], row)) : vec_get_ts(args[2], row);
    if (months != 0) {
        int64_t ms = floor_div(t.micros, 1000), below = floor_mod(t.micros, 1000);
        t.micros = millis_add_months(ms, (int32_t)(n * months)) * 1000 + below;
    } else if (!micros_add(t.micros, n, time_unit_millis(u), &t.micros)) {
        return call_row_error(c, out, row, "TIMESTAMPADD of %lld %s goes beyond the range of timestamps", (long long)n,
                              time_unit_name(u));
    }
    vec_set_ts(out, row, t);
    return STATUS_OK;
}
KERNEL(add_ts)

static enum status bind_unit(struct func_bind *b, enum time_unit *ret)
{
    struct str name;
    if (!bind_literal_str(b, 0, &name)) return bind_wrong_types(b);
    if (!time_unit_parse(name, ret)) {
        return time_unit_unknown(name, b->span, b->error);
    }
    enum time_unit *kept = ARENA_NEW(b->arena, enum time_unit);
    if (kept == NULL) return error_no_memory(b->error, sizeof *kept);
    *kept = *ret;
    b->impl.prepared = kept;
    return STATUS_OK;
}

static bool is_datetime(const struct type *t) { return t->root == TYPE_DATE || t->root == TYPE_TIME || type_is_timestamp(t); }

static const struct type *add_type(struct func_bind *b, enum time_unit u, bool nullable)
{
    const struct type *t = b->args[2]->type;
    bool below_day = time_unit_months(u) == 0 && time_unit_millis(u) < MS_PER_DAY;
    if (t->root == TYPE_DATE) return below_day ? type_time(b->types, TYPE_TIMESTAMP, 6, nullable) : type_simple(b->types, TYPE_DATE, nullable);
    if (t->root == TYPE_TIME) return type_nullable(b->types, t, nullable);
    int32_t precision = u == UNIT_MILLISECOND && t->precision < 3 ? 3 : t->precision;
    return type_time(b->types, t->root, precision, nullable);
}

static enum status bind_timestampadd(struct func_bind *b)
{
    enum time_unit u;
    TRY(bind_unit(b, &u));
    if (b->args[2]->type->root == TYPE_NULL) TRY(bind_cast_arg(b, 2, type_time(b->types, TYPE_TIMESTAMP, 3, true)));
    const struct type *t = b->args[2]->type;
    if (!is_datetime(t)) return bind_wrong_types(b);
    if (time_unit_months(u) == 0 && time_unit_millis(u) == 0) {
        return error_at(b->error, STATUS_UNSUPPORTED, b->span, "TIMESTAMPADD of %s is not supported", time_unit_name(u));
    }
    bool nullable = b->args[1]->type->nullable || t->nullable;
    TRY(bind_form(b, "ala", RESULT_BIGINT, add_ts_kernel));
    b->type = add_type(b, u, nullable);
    if (b->type == NULL) return error_no_memory(b->error, sizeof *t);
    if (b->type->root == TYPE_DATE) b->impl.kernel = add_date_kernel;
    if (b->type->root == TYPE_TIME) b->impl.kernel = add_time_kernel;
    return STATUS_OK;
}

/* ---- TIMESTAMPDIFF ----------------------------------------------------------------------------------------- */

/* A decade counts as a year: Flink does so. */
static int64_t difference(enum time_unit u, int64_t from, int64_t to)
{
    int32_t months = u == UNIT_DECADE ? 12 : time_unit_months(u);
    if (months != 0) return millis_subtract_months(to, from) / months;
    /* Flink counts weeks from seconds of 32 bits. */
    if (u == UNIT_WEEK) return (int32_t)((to - from) / MS_PER_SECOND) / (7 * 86400);
    if (u == UNIT_MICROSECOND) return (int64_t)((uint64_t)(to - from) * 1000);
    if (u == UNIT_NANOSECOND) return (int64_t)((uint64_t)(to - from) * 1000000);
    return (to - from) / time_unit_millis(u);
}

static enum status diff_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    return set_int(out, row, (int32_t)difference(unit_of(c), datetime_millis(args[1], row), datetime_millis(args[2], row)));
}
KERNEL(diff)

static enum status diff_long_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    return set_long(out, row, difference(unit_of(c), datetime_millis(args[1], row), datetime_millis(args[2], row)));
}
KERNEL(diff_long)

static enum status bind_timestampdiff(struct func_bind *b)
{
    enum time_unit u;
    TRY(bind_unit(b, &u));
    for (uint32_t i = 1; i < 3; i++) {
        if (b->args[i]->type->root == TYPE_NULL) TRY(bind_cast_arg(b, i, type_time(b->types, TYPE_TIMESTAMP, 3, true)));
        if (!is_datetime(b->args[i]->type)) return bind_wrong_types(b);
    }
    const struct type *x = b->args[1]->type, *y = b->args[2]->type;
    if ((x->root == TYPE_TIMESTAMP_LTZ) != (y->root == TYPE_TIMESTAMP_LTZ)) {
        return error_at(b->error, STATUS_INVALID, b->span, "TIMESTAMP_LTZ only supports diff between the same type.");
    }
    if (time_unit_months(u) == 0 && time_unit_millis(u) == 0 && u != UNIT_MICROSECOND && u != UNIT_NANOSECOND) {
        return error_at(b->error, STATUS_UNSUPPORTED, b->span, "TIMESTAMPDIFF in %s is not supported", time_unit_name(u));
    }
    b->impl.kernel = u == UNIT_NANOSECOND ? diff_long_kernel : diff_kernel;
    b->type = type_simple(b->types, u == UNIT_NANOSECOND ? TYPE_BIGINT : TYPE_INT, x->nullable || y->nullable);
    return b->type == NULL ? error_no_memory(b->error, sizeof *x) : STATUS_OK;
}

/* ---- (a - b) unit ------------------------------------------------------------------------------------------- */

static enum status difference_months_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    (void)c;
    return set_int(out, row, millis_subtract_months(datetime_millis(args[1], row), datetime_millis(args[2], row)));
}
KERNEL(difference_months)

static enum status difference_millis_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    (void)c;
    return set_long(out, row, datetime_millis(args[1], row) - datetime_millis(args[2], row));
}
KERNEL(difference_millis)

/* An interval of months or of milliseconds: the unit only chooses between the two. */
static enum status bind_difference(struct func_bind *b)
{
    enum time_unit u;
    TRY(bind_unit(b, &u));
    const struct type *x = b->args[1]->type, *y = b->args[2]->type;
    if (!is_datetime(x) || x->root != y->root) return bind_wrong_types(b);
    bool months = time_unit_months(u) != 0;
    b->impl.kernel = months ? difference_months_kernel : difference_millis_kernel;
    b->type = type_interval(b->types, months ? INTERVAL_MONTH : INTERVAL_SECOND, 2, months ? 0 : 3, x->nullable || y->nullable);
    return b->type == NULL ? error_no_memory(b->error, sizeof *x) : STATUS_OK;
}

static const struct func rows_of_temporal_add[] = {
    ROW_OF("DIFFERENCE", 3, 3, FUNC_INTERNAL | FUNC_TYPED_ARGS, difference, "(a - b) unit, of two DATE, TIME or TIMESTAMP",
           "The time from b to a as an interval.", "(DATE '2024-03-01' - DATE '2024-02-28') DAY = INTERVAL '2' DAY"),
    ROW_OF("FLOOR_TO", 2, 2, FUNC_INTERNAL | FUNC_TYPED_ARGS, floor_to, "FLOOR(t DATE|TIME|TIMESTAMP TO unit)", "Rounded down to a unit of time.", "FLOOR(TIMESTAMP '2024-02-29 13:45:56' TO HOUR) = TIMESTAMP '2024-02-29 13:00:00'"),
    ROW_OF("CEIL_TO", 2, 2, FUNC_INTERNAL | FUNC_TYPED_ARGS, ceil_to, "CEIL(t DATE|TIME|TIMESTAMP TO unit)", "Rounded up to a unit of time.", "CEIL(DATE '2024-02-29' TO MONTH) = DATE '2024-03-01'"),
    ROW_OF("TIMESTAMPADD", 3, 3, FUNC_CAN_FAIL | FUNC_TYPED_ARGS, timestampadd, "TIMESTAMPADD(unit, n INT, t DATE|TIME|TIMESTAMP)", "n units later.",
           "TIMESTAMPADD(DAY, 1, DATE '2024-02-29') = DATE '2024-03-01'"),
    ROW_OF("TIMESTAMPDIFF", 3, 3, FUNC_TYPED_ARGS, timestampdiff, "TIMESTAMPDIFF(unit, from DATE|TIMESTAMP, to DATE|TIMESTAMP) -> INT",
           "Whole units between two times.", "TIMESTAMPDIFF(DAY, DATE '2024-02-29', DATE '2024-03-01') = 1"),
};
FAMILY(temporal_add, rows_of_temporal_add);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cast_temporal: CAST to DATE, TIME, TIMESTAMP, TIMESTAMP_LTZ and intervals.
 *
 * Local and universal time meet in the session's zone. Before 1970 Flink's integer divisions show: a
 * TIMESTAMP becomes the DATE and TIME that division towards zero gives. A number becomes an interval
 * by the unit of the target type.
 */
#include "func/cast.h"
#include "func/kernel.h"
#include "type/decimal.h"

#include <assert.h>

#define MS_PER_DAY INT64_C(86400000)
#define MICROS_PER_DAY INT64_C(86400000000)

/* A date far away has no microseconds in 64 bits. */
static struct ts midnight(int32_t days) { return ts_from_millis((int64_t)days * MS_PER_DAY); }

static int32_t time_cut(int64_t ms, int32_t precision)
{
    static const int32_t units[4] = {1000, 100, 10, 1};
    return (int32_t)(precision < 3 ? ms / units[precision] * units[precision] : ms);
}

static struct ts local_of(struct cast_run *r, const struct vec *in, uint32_t row)
{
    struct ts t = vec_get_ts(in, row);
    return in->type->root == TYPE_TIMESTAMP_LTZ ? zone_to_local(r->call->context->zone, t) : t;
}

static enum status ts_to_date(struct cast_run *r, const struct cast_plan *p, const struct vec *in, uint32_t in_row, struct vec *out, uint32_t out_row)
{
    struct ts t = local_of(r, in, in_row);
    int64_t days = ts_to_millis(t) / MS_PER_DAY;
    if (p->from->root == TYPE_TIMESTAMP_LTZ && ts_to_millis(t) % MS_PER_DAY < 0) days--;
    return set_int(out, out_row, (int32_t)days);
}

static enum status ts_to_time(struct cast_run *r, const struct cast_plan *p, const struct vec *in, uint32_t in_row, struct vec *out, uint32_t out_row)
{
    int64_t ms = ts_to_millis(local_of(r, in, in_row)) % MS_PER_DAY;
    if (p->from->root == TYPE_TIMESTAMP_LTZ && ms < 0) ms += MS_PER_DAY;
    return set_int(out, out_row, time_cut(ms, p->to->precision));
}

static enum status time_to_time(struct cast_run *r, const struct cast_plan *p, const struct vec *in, uint32_t in_row, struct vec *out, uint32_t out_row)
{
    (void)r;
    return set_int(out, out_row, time_cut(VEC_VALUE(in, int32_t, in_row), p->to->precision));
}

static enum status set_local(struct cast_run *r, const struct cast_plan *p, struct ts local, struct vec *out, uint32_t out_row)
{
    vec_set_ts(out, out_row, p->to->root == TYPE_TIMESTAMP_LTZ ? zone_to_utc(r->call->context->zone, local) : local);
    return STATUS_OK;
}

static enum status date_to_ts(struct cast_run *r, const struct cast_plan *p, const struct vec *in, uint32_t in_row, struct vec *out, uint32_t out_row)
{
    return set_local(r, p, midnight(VEC_VALUE(in, int32_t, in_row)), out, out_row);
}

static enum status time_to_ts(struct cast_run *r, const struct cast_plan *p, const struct vec *in, uint32_t in_row, struct vec *out, uint32_t out_row)
{
    return set_local(r, p, ts_from_millis(VEC_VALUE(in, int32_t, in_row)), out, out_row);
}

static enum status ts_to_ts(struct cast_run *r, const struct cast_plan *p, const struct vec *in, uint32_t in_row, struct vec *out, uint32_t out_row)
{
    struct ts t = vec_get_ts(in, in_row);
    if (p->from->root != p->to->root) {
        const struct zone *zone = r->call->context->zone;
        t = p->to->root == TYPE_TIMESTAMP_LTZ ? zone_to_utc(zone, t) : zone_to_local(zone, t);
    }
    vec_set_ts(out, out_row, p->to->precision < p->from->precision ? ts_truncate(t, p->to->precision) : t);
    return STATUS_OK;
}

/* ---- from text ---------------------------------------------------------------------------- */

static enum status text_to_date(struct cast_run *r, const struct cast_plan *p, const struct vec *in, uint32_t in_row, struct vec *out, uint32_t out_row)
{
    (void)p;
    int32_t days;
    struct str s = strv_str(&VEC_VALUE(in, struct strv, in_row));
    if (!date_parse(s, &days)) return cast_fail(r, "Cannot cast '%.*s' to DATE: write it as 2024-01-31", STR_ARG(s));
    return set_int(out, out_row, days);
}

static enum status text_to_time(struct cast_run *r, const struct cast_plan *p, const struct vec *in, uint32_t in_row, struct vec *out, uint32_t out_row)
{
    int32_t ms;
    struct str s = strv_str(&VEC_VALUE(in, struct strv, in_row));
    if (!time_parse(s, p->to->precision, &ms)) {
        return cast_fail(r, "Cannot cast '%.*s' to TIME: write it as 10:30:00", STR_ARG(s));
    }
    return set_int(out, out_row, ms);
}

static enum status text_to_ts(struct cast_run *r, const struct cast_plan *p, const struct vec *in, uint32_t in_row, struct vec *out, uint32_t out_row)
{
    struct ts t;
    struct str s = strv_str(&VEC_VALUE(in, struct strv, in_row));
    if (!ts_parse(s, p->to->precision, &t)) return cast_fail(r, "Cannot cast '%.*s' to %s: write it as 2024-01-31 10:30:00", STR_ARG(s), type_root_name(p->to->root));
    return set_local(r, p, t, out, out_row);
}

/* ---- intervals ---------------------------------------------------------------------------- */

/* A unit of the interval type in milliseconds or months; a number AS INTERVAL SECOND counts milliseconds. */
static int64_t interval_unit(enum interval_range range)
{
    switch (range) {
    case INTERVAL_YEAR: return 12;
    case INTERVAL_DAY: return MS_PER_DAY;
    case INTERVAL_HOUR: return 3600000;
    case INTERVAL_MINUTE: return 60000;
    default: return 1;
    }
}

static i128 exact_value(const struct vec *in, uint32_t row)
{
    switch (in->type->phys) {
    case PHYS_I8: return VEC_VALUE(in, int8_t, row);
    case PHYS_I16: return VEC_VALUE(in, int16_t, row);
    case PHYS_I32: return VEC_VALUE(in, int32_t, row);
    case PHYS_I128: return VEC_VALUE(in, i128, row);
    default: return VEC_VALUE(in, int64_t, row);
    }
}

static enum status number_to_interval(struct cast_run *r, const struct cast_plan *p, const struct vec *in, uint32_t in_row, struct vec *out, uint32_t out_row)
{
    (void)r;
    i128 scaled = exact_value(in, in_row);
    if (p->from->root == TYPE_DECIMAL) {
        scaled *= interval_unit(p->to->interval);
        for (int32_t scale = p->from->scale; scale > 0; scale--) scaled /= 10;
    } else {
        scaled = (i128)(int64_t)((uint64_t)(int64_t)scaled * (uint64_t)interval_unit(p->to->interval));
    }
    if (p->to->phys == PHYS_I32) return set_int(out, out_row, (int32_t)scaled);
    return set_long(out, out_row, (int64_t)scaled);
}

static enum status interval_to_interval(struct cast_run *r, const struct cast_plan *p, const struct vec *in, uint32_t in_row, struct vec *out, uint32_t out_row)
{
    (void)r;
    if (p->to->phys == PHYS_I32) return set_int(out, out_row, VEC_VALUE(in, int32_t, in_row));
    return set_long(out, out_row, VEC_VALUE(in, int64_t, in_row));
}

cast_fn cast_to_temporal(const struct type *from, const struct type *to, bool *ret_can_fail)
{
    assert(to->root >= TYPE_DATE && to->root <= TYPE_INTERVAL_DT);
    *ret_can_fail = type_is_text(from);
    if (type_is_interval(to)) return from->root == to->root ? interval_to_interval : type_is_numeric(from) ? number_to_interval : NULL;
    if (type_is_timestamp(to)) {
        if (type_is_text(from)) return text_to_ts;
        return from->root == TYPE_DATE ? date_to_ts : from->root == TYPE_TIME ? time_to_ts : ts_to_ts;
    }
    if (to->root == TYPE_DATE) return type_is_text(from) ? text_to_date : ts_to_date;
    return type_is_text(from) ? text_to_time : from->root == TYPE_TIME ? time_to_time : ts_to_time;
}

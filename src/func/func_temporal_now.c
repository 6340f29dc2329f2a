/* SPDX-License-Identifier: Apache-2.0 */
/*
 * func_temporal_now: the clock, to the millisecond, and the watermark. In streaming mode the clock
 * is that of the batch's processing time; local forms are in the session's zone.
 */
#include "func/kernel.h"
#include "func/time_unit.h"
#include "vec/batch.h"

#include <assert.h>

static struct ts now_ts(const struct call *c) { return ts_from_millis(floor_div(c->context->now_us, 1000)); }
static struct ts now_local(const struct call *c) { return zone_to_local(c->context->zone, now_ts(c)); }

static enum status now_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    (void)args;
    vec_set_ts(out, row, now_ts(c));
    return STATUS_OK;
}
KERNEL(now)

static enum status local_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    (void)args;
    vec_set_ts(out, row, now_local(c));
    return STATUS_OK;
}
KERNEL(local)

static enum status today_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    (void)args;
    return set_int(out, row, (int32_t)floor_div(ts_to_millis(now_local(c)), MS_PER_DAY));
}
KERNEL(today)

/* TIME(0): whole seconds. */
static enum status clock_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    (void)args;
    int64_t ms = floor_mod(ts_to_millis(now_local(c)), MS_PER_DAY);
    return set_int(out, row, (int32_t)(ms - ms % MS_PER_SECOND));
}
KERNEL(clock)

static enum status bind_clock_as(struct func_bind *b, const struct type *t, kernel_fn kernel)
{
    b->type = t;
    b->impl.kernel = kernel;
    return t == NULL ? error_no_memory(b->error, sizeof *t) : STATUS_OK;
}

static enum status bind_now(struct func_bind *b)
{
    return bind_clock_as(b, type_time(b->types, TYPE_TIMESTAMP_LTZ, 3, false), now_kernel);
}
static enum status bind_local(struct func_bind *b)
{
    return bind_clock_as(b, type_time(b->types, TYPE_TIMESTAMP, 3, false), local_kernel);
}
static enum status bind_today(struct func_bind *b)
{
    return bind_clock_as(b, type_simple(b->types, TYPE_DATE, false), today_kernel);
}
static enum status bind_clock(struct func_bind *b)
{
    return bind_clock_as(b, type_time(b->types, TYPE_TIME, 0, false), clock_kernel);
}
static enum status bind_proctime(struct func_bind *b)
{
    const struct type *t = type_time(b->types, TYPE_TIMESTAMP_LTZ, 3, false);
    return bind_clock_as(b, t == NULL ? NULL : type_time_attr(b->types, t, TIME_ATTR_PROCTIME), now_kernel);
}

static enum status watermark_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    (void)args;
    if (c->context->watermark_ms == WATERMARK_MIN) return set_null(out, row);
    vec_set_valid(out, row);
    vec_set_ts(out, row, ts_from_millis(c->context->watermark_ms));
    return STATUS_OK;
}
KERNEL(watermark)

static enum status bind_watermark(struct func_bind *b)
{
    const struct type *t = b->args[0]->type;
    if (t->time_attr != TIME_ATTR_ROWTIME) {
        struct buf text = BUF_INIT;
        type_plain(&text, t);
        error_at(b->error, STATUS_INVALID, b->span, "The argument of CURRENT_WATERMARK() must be a rowtime attribute, but was '%.*s'.",
                 (int)text.size_bytes, text.at == NULL ? "" : text.at);
        buf_deinit(&text);
        return STATUS_INVALID;
    }
    const struct type *plain = type_time(b->types, t->root, t->precision > 3 ? t->precision : 3, true);
    return bind_clock_as(b, plain, watermark_kernel);
}

/* The watermark as a number, WATERMARK_MIN before the first. */
static enum status epoch_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    (void)args;
    VEC_DATA(out, int64_t)[row] = c->context->watermark_ms;
    return STATUS_OK;
}
KERNEL(epoch)

static enum status bind_epoch(struct func_bind *b)
{
    return bind_clock_as(b, type_simple(b->types, TYPE_BIGINT, false), epoch_kernel);
}

static const struct func rows_of_temporal_now[] = {
    ROW_OF("CURRENT_TIMESTAMP", 0, 0, FUNC_NOT_DETERMINISTIC | FUNC_NO_PARENS, now, "CURRENT_TIMESTAMP -> TIMESTAMP_LTZ(3)", "Now.",
           "CURRENT_TIMESTAMP > TIMESTAMP '2024-01-01 00:00:00'"),
    ROW_OF("NOW", 0, 0, FUNC_NOT_DETERMINISTIC, now, "NOW() -> TIMESTAMP_LTZ(3)", "Now.", "NOW() > TIMESTAMP '2024-01-01 00:00:00'"),
    ROW_OF("CURRENT_ROW_TIMESTAMP", 0, 0, FUNC_NOT_DETERMINISTIC, now, "CURRENT_ROW_TIMESTAMP() -> TIMESTAMP_LTZ(3)",
           "Now, for each record.", "CURRENT_ROW_TIMESTAMP() > TIMESTAMP '2024-01-01 00:00:00'"),
    ROW_OF("LOCALTIMESTAMP", 0, 0, FUNC_NOT_DETERMINISTIC | FUNC_NO_PARENS, local, "LOCALTIMESTAMP -> TIMESTAMP(3)",
           "Now, as a local time of the session's zone.", "LOCALTIMESTAMP > TIMESTAMP '2024-01-01 00:00:00'"),
    ROW_OF("CURRENT_DATE", 0, 0, FUNC_NOT_DETERMINISTIC | FUNC_NO_PARENS, today, "CURRENT_DATE -> DATE", "Today, in the session's zone.",
           "CURRENT_DATE > DATE '2024-01-01'"),
    ROW_OF("CURRENT_TIME", 0, 0, FUNC_NOT_DETERMINISTIC | FUNC_NO_PARENS, clock, "CURRENT_TIME -> TIME(0)",
           "The time of day in the session's zone.", "CURRENT_TIME >= TIME '00:00:00'"),
    ROW_OF("LOCALTIME", 0, 0, FUNC_NOT_DETERMINISTIC | FUNC_NO_PARENS, clock, "LOCALTIME -> TIME(0)",
           "The time of day in the session's zone.", "LOCALTIME >= TIME '00:00:00'"),
    ROW_OF("PROCTIME", 0, 0, FUNC_NOT_DETERMINISTIC, proctime, "PROCTIME() -> TIMESTAMP_LTZ(3) *PROCTIME*",
           "The processing time, as a time attribute.", "CAST(PROCTIME() AS TIMESTAMP_LTZ(3)) IS NOT NULL"),
    ROW_OF("CURRENT_WATERMARK", 1, 1, FUNC_NOT_DETERMINISTIC | FUNC_NOT_STRICT, watermark,
           "CURRENT_WATERMARK(rowtime) -> TIMESTAMP(3)|TIMESTAMP_LTZ(3)", "The watermark here; NULL before the first.",
           "SELECT CURRENT_WATERMARK(ts) IS NULL FROM w"),
    ROW_OF("WATERMARK_MILLIS", 0, 0, FUNC_NOT_DETERMINISTIC | FUNC_INTERNAL, epoch, "WATERMARK_MILLIS() -> BIGINT",
           "The watermark here in milliseconds, the lowest number before the first.", NULL),
};
FAMILY(temporal_now, rows_of_temporal_now);

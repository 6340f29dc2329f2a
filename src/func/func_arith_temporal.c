/* SPDX-License-Identifier: Apache-2.0 */
/*
 * func_arith_temporal: temporal types and intervals in + - *.
 *
 * A DATE moves by whole days (what is less is dropped), a TIME wraps around midnight and does not
 * notice months, timestamps move by milliseconds or by months with the day clamped to the month's
 * end. TIMESTAMP_LTZ is moved in universal time. The interval may stand first. Precisions stay, and
 * with them the digits that an interval brings, as in Flink.
 */
#include "func/arith.h"
#include "func/kernel.h"

#include <assert.h>

#define MS_PER_DAY INT64_C(86400000)

/* ---- kernels: args[0] is the temporal value, args[1] the interval --------------------------- */

static int64_t interval_ms(const struct call *c, const struct vec *v, uint32_t row)
{
    int64_t ms = ARG(v, int64_t, row);
    return *(const enum arith_op *)c->impl->prepared == ARITH_SUB ? (int64_t)((uint64_t)0 - (uint64_t)ms) : ms;
}

static int64_t interval_months(const struct call *c, const struct vec *v, uint32_t row)
{
    int64_t months = ARG(v, int32_t, row);
    return *(const enum arith_op *)c->impl->prepared == ARITH_SUB ? -months : months;
}

static int32_t add_months(int32_t days, int64_t months)
{
    struct civil d = date_to_civil(days);
    int64_t n = (int64_t)d.year * 12 + d.month - 1 + months;
    int64_t year = n / 12 - (n % 12 < 0);
    int32_t month = (int32_t)(n - year * 12) + 1, next_year = (int32_t)year + (month == 12);
    int32_t last = date_from_civil(next_year, month % 12 + 1, 1) - 1;
    int32_t first = date_from_civil((int32_t)year, month, 1);
    return first + d.day - 1 > last ? last : first + d.day - 1;
}

static enum status date_ms_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    return set_int(out, row, (int32_t)(ARG(args[0], int32_t, row) + interval_ms(c, args[1], row) / MS_PER_DAY));
}
KERNEL(date_ms)

static enum status date_months_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    return set_int(out, row, add_months(ARG(args[0], int32_t, row), interval_months(c, args[1], row)));
}
KERNEL(date_months)

static enum status time_ms_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    int64_t ms = (ARG(args[0], int32_t, row) + interval_ms(c, args[1], row) % MS_PER_DAY) % MS_PER_DAY;
    return set_int(out, row, (int32_t)(ms < 0 ? ms + MS_PER_DAY : ms));
}
KERNEL(time_ms)

static enum status time_months_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    (void)c;
    return set_int(out, row, ARG(args[0], int32_t, row));
}
KERNEL(time_months)

static enum status ts_ms_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    struct ts t = vec_get_ts(args[0], row);
    t.micros = (int64_t)((uint64_t)t.micros + (uint64_t)interval_ms(c, args[1], row) * 1000);
    vec_set_ts(out, row, t);
    return STATUS_OK;
}
KERNEL(ts_ms)

/* The common case: microseconds against a constant interval or a column of them. */
static enum status micros_ms_kernel(struct call *c, const struct rows *rows, const struct vec *const *args, struct vec *out)
{
    const int64_t *t = args[0]->data;
    int64_t *restrict r = out->data;
    if (rows->sel != NULL || args[0]->form == VEC_CONST || args[1]->form != VEC_CONST) return ts_ms_kernel(c, rows, args, out);
    uint64_t micros = (uint64_t)interval_ms(c, args[1], 0) * 1000;
    for (uint32_t i = 0; i < rows->count; i++) r[i] = (int64_t)((uint64_t)t[i] + micros);
    return STATUS_OK;
}

static enum status ts_months_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    int32_t days;
    int64_t nanos;
    ts_to_parts(vec_get_ts(args[0], row), &days, &nanos);
    vec_set_ts(out, row, ts_from_parts(add_months(days, interval_months(c, args[1], row)), nanos));
    return STATUS_OK;
}
KERNEL(ts_months)

/* ---- intervals among themselves and with numbers --------------------------------------------- */

static enum status interval_ms_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    return set_long(out, row, (int64_t)((uint64_t)ARG(args[0], int64_t, row) + (uint64_t)interval_ms(c, args[1], row)));
}
KERNEL(interval_ms)

static enum status interval_months_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    return set_int(out, row, (int32_t)(ARG(args[0], int32_t, row) + interval_months(c, args[1], row)));
}
KERNEL(interval_months)

static enum status scale_ms_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    (void)c;
    return set_long(out, row, (int64_t)((uint64_t)ARG(args[0], int64_t, row) * (uint64_t)ARG(args[1], int64_t, row)));
}
KERNEL(scale_ms)

static enum status scale_months_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    (void)c;
    return set_int(out, row, (int32_t)((uint64_t)ARG(args[0], int32_t, row) * (uint64_t)ARG(args[1], int64_t, row)));
}
KERNEL(scale_months)

/* ---- binding ------------------------------------------------------------------------------ */

static void swap_args(struct func_bind *b)
{
    struct expr *first = b->args[0];
    b->args[0] = b->args[1];
    b->args[1] = first;
}

static bool is_temporal(const struct type *t) { return t->root >= TYPE_DATE && t->root <= TYPE_TIMESTAMP_LTZ; }

static kernel_fn move_kernel(const struct type *t, bool months)
{
    switch (t->root) {
    case TYPE_DATE: return months ? date_months_kernel : date_ms_kernel;
    case TYPE_TIME: return months ? time_months_kernel : time_ms_kernel;
    default: return months ? ts_months_kernel : t->phys == PHYS_I64 ? micros_ms_kernel : ts_ms_kernel;
    }
}

static enum status bind_result(struct func_bind *b, const struct type *t)
{
    b->type = type_nullable(b->types, t, bind_any_nullable(b));
    return b->type == NULL ? error_no_memory(b->error, sizeof *b->type) : STATUS_OK;
}

static enum status bind_scale(struct func_bind *b)
{
    if (type_is_interval(b->args[1]->type)) swap_args(b);
    const struct type *interval = b->args[0]->type;
    if (!type_is_interval(interval) || !type_is_integer(b->args[1]->type)) return bind_wrong_types(b);
    TRY(bind_cast_arg(b, 1, type_simple(b->types, TYPE_BIGINT, true)));
    b->impl.kernel = interval->root == TYPE_INTERVAL_YM ? scale_months_kernel : scale_ms_kernel;
    return bind_result(b, interval);
}

enum status arith_bind_temporal(struct func_bind *b, enum arith_op op)
{
    static const enum arith_op ops[2] = {ARITH_ADD, ARITH_SUB};
    if (op == ARITH_MUL) return bind_scale(b);
    if (op > ARITH_SUB) return bind_wrong_types(b);
    if (op == ARITH_ADD && type_is_interval(b->args[0]->type) && is_temporal(b->args[1]->type)) swap_args(b);
    const struct type *x = b->args[0]->type, *y = b->args[1]->type;
    if (!type_is_interval(y)) return bind_wrong_types(b);
    bool months = y->root == TYPE_INTERVAL_YM;
    b->impl.prepared = &ops[op];
    if (is_temporal(x)) {
        b->impl.kernel = move_kernel(x, months);
    } else if (x->root == y->root) {
        b->impl.kernel = months ? interval_months_kernel : interval_ms_kernel;
    } else {
        return bind_wrong_types(b);
    }
    return bind_result(b, x);
}

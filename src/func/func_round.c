/* SPDX-License-Identifier: Apache-2.0 */
/*
 * func_round: ABS, SIGN, FLOOR, CEIL, ROUND and TRUNCATE of numbers, which keep their argument's type.
 *
 * Decimals: FLOOR and CEIL have no fraction digits left; ROUND and TRUNCATE with a literal digit
 * count have a type cut to it. With a digit count that is no literal Flink rounds the value but keeps
 * the type, and reads the rounded digits at the type's scale: ROUND(123.456, d) with d = 1 is 1.235
 * there, and so it is here. Floating point values are rounded through their decimal digits.
 */
#include "func/arith.h"
#include "func/kernel.h"
#include "type/decimal.h"

#include <assert.h>
#include <math.h>

enum round_mode { MODE_ROUND, MODE_TRUNCATE };

struct round_plan {
    enum round_mode mode;
    bool literal;   /* the digit count is known while planning, and the type follows it */
    int32_t digits; /* then */
};

static enum status keep_type(struct func_bind *b, kernel_fn kernel)
{
    const struct type *t = b->args[0]->type;
    if (t->root == TYPE_NULL) {
        TRY(bind_cast_arg(b, 0, type_simple(b->types, TYPE_INT, true)));
        t = b->args[0]->type;
    }
    if (!type_is_numeric(t)) return bind_wrong_types(b);
    b->impl.kernel = kernel;
    b->type = t;
    return STATUS_OK;
}

/* ---- ABS and SIGN ------------------------------------------------------------------------- */

static enum status abs_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    (void)c;
    const struct vec *v = args[0];
    switch (out->type->phys) {
    case PHYS_I8: VEC_DATA(out, int8_t)[row] = (int8_t)(ARG(v, int8_t, row) < 0 ? -ARG(v, int8_t, row) : ARG(v, int8_t, row)); break;
    case PHYS_I16: VEC_DATA(out, int16_t)[row] = (int16_t)(ARG(v, int16_t, row) < 0 ? -ARG(v, int16_t, row) : ARG(v, int16_t, row)); break;
    case PHYS_F32: VEC_DATA(out, float)[row] = fabsf(ARG(v, float, row)); break;
    case PHYS_F64: VEC_DATA(out, double)[row] = fabs(ARG(v, double, row)); break;
    case PHYS_I32: {
        int64_t n = ARG(v, int32_t, row);
        return set_int(out, row, (int32_t)(n < 0 ? -n : n));
    }
    case PHYS_I64: {
        int64_t n = ARG(v, int64_t, row);
        return set_long(out, row, n < 0 ? (int64_t)((uint64_t)0 - (uint64_t)n) : n);
    }
    default: {
        i128 n = ARG(v, i128, row);
        VEC_DATA(out, i128)[row] = n < 0 ? -n : n;
    }
    }
    return STATUS_OK;
}
KERNEL(abs)
static enum status bind_abs(struct func_bind *b) { return keep_type(b, abs_kernel); }

static double sign_of(double v) { return v > 0 ? 1 : v < 0 ? -1 : v; }

static enum status sign_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    (void)c;
    if (out->type->phys == PHYS_F32) {
        VEC_DATA(out, float)[row] = (float)sign_of((double)ARG(args[0], float, row));
        return STATUS_OK;
    }
    if (out->type->phys == PHYS_F64) {
        VEC_DATA(out, double)[row] = sign_of(ARG(args[0], double, row));
        return STATUS_OK;
    }
    i128 v = arith_exact(args[0], row), sign = v > 0 ? 1 : v < 0 ? -1 : 0;
    switch (out->type->phys) {
    case PHYS_I8: VEC_DATA(out, int8_t)[row] = (int8_t)sign; break;
    case PHYS_I16: VEC_DATA(out, int16_t)[row] = (int16_t)sign; break;
    case PHYS_I32: VEC_DATA(out, int32_t)[row] = (int32_t)sign; break;
    default: arith_set_decimal(out, row, out->type->scale < out->type->precision || sign == 0, sign * decimal_power10(out->type->scale)); break;
    }
    return STATUS_OK;
}

/* BIGINT shares its form with decimals, but has no scale and no precision to overflow. */
static enum status sign_long_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    (void)c;
    int64_t v = arg_long(args[0], row);
    return set_long(out, row, v > 0 ? 1 : v < 0 ? -1 : 0);
}
KERNEL(sign)
KERNEL(sign_long)
static enum status bind_sign(struct func_bind *b) { return keep_type(b, b->args[0]->type->root == TYPE_BIGINT ? sign_long_kernel : sign_kernel); }

/* ---- FLOOR and CEIL ----------------------------------------------------------------------- */

static inline enum status step_row(const struct vec *v, uint32_t row, struct vec *out, bool up)
{
    switch (v->type->root) {
    case TYPE_FLOAT: VEC_DATA(out, float)[row] = up ? ceilf(ARG(v, float, row)) : floorf(ARG(v, float, row)); break;
    case TYPE_DOUBLE: VEC_DATA(out, double)[row] = up ? ceil(ARG(v, double, row)) : floor(ARG(v, double, row)); break;
    default: {
        i128 unit = decimal_power10(v->type->scale), n = arith_exact(v, row), q = n / unit, rest = n % unit;
        if (up && rest > 0) q++;
        if (!up && rest < 0) q--;
        arith_set_decimal(out, row, decimal_fits(q, out->type->precision), q);
    }
    }
    return STATUS_OK;
}

static enum status floor_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    (void)c;
    return step_row(args[0], row, out, false);
}
KERNEL(floor)

static enum status ceil_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    (void)c;
    return step_row(args[0], row, out, true);
}
KERNEL(ceil)

static enum status bind_step(struct func_bind *b, kernel_fn kernel)
{
    TRY(keep_type(b, kernel));
    if (type_is_integer(b->type)) b->replacement = b->args[0];
    if (b->type->root == TYPE_DECIMAL) b->type = type_decimal(b->types, b->type->precision, 0, b->type->nullable);
    return b->type == NULL ? error_no_memory(b->error, sizeof *b->type) : STATUS_OK;
}

static enum status bind_floor(struct func_bind *b) { return bind_step(b, floor_kernel); }
static enum status bind_ceil(struct func_bind *b) { return bind_step(b, ceil_kernel); }

/* ---- ROUND and TRUNCATE ------------------------------------------------------------------- */

/* An unscaled value at scale digits (perhaps negative), the rest rounded or cut away; the result has scale max(digits, 0). */
static i128 cut_digits(i128 v, int32_t scale, int32_t digits, enum round_mode mode)
{
    if (digits >= scale) return v;
    if (digits < -38) return 0;
    int32_t drop = scale - digits;
    if (drop > 38) return 0;
    i128 unit = decimal_power10(drop), q = v / unit, rest = v % unit;
    if (mode == MODE_ROUND) {
        i128 half = unit / 2;
        if (rest >= half) q++;
        if (rest <= -half) q--;
    }
    if (digits >= 0) return q;
    return -digits > 38 ? 0 : q * decimal_power10(-digits);
}

static int32_t digits_at(const struct round_plan *p, const struct vec *const *args, uint32_t row)
{
    return p->literal ? p->digits : arg_int(args[1], row);
}

static enum status round_decimal_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    const struct round_plan *p = c->impl->prepared;
    i128 v = cut_digits(arith_exact(args[0], row), args[0]->type->scale, digits_at(p, args, row), p->mode);
    arith_set_decimal(out, row, decimal_fits(v, out->type->precision), v);
    return STATUS_OK;
}
KERNEL(round_decimal)

static enum status round_integer_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    const struct round_plan *p = c->impl->prepared;
    i128 v = cut_digits(arith_exact(args[0], row), 0, digits_at(p, args, row), p->mode);
    switch (out->type->phys) {
    case PHYS_I8: VEC_DATA(out, int8_t)[row] = (int8_t)v; break;
    case PHYS_I16: VEC_DATA(out, int16_t)[row] = (int16_t)v; break;
    case PHYS_I32: VEC_DATA(out, int32_t)[row] = (int32_t)v; break;
    default: VEC_DATA(out, int64_t)[row] = (int64_t)v; break;
    }
    return STATUS_OK;
}
KERNEL(round_integer)

/* Through 18 fraction digits; what has more whole digits than 20 has no fraction to round. */
static double round_double(double v, int32_t digits, enum round_mode mode)
{
    enum { REAL_SCALE = 18 };
    i128 n;
    if (!decimal_from_double(v, 38, REAL_SCALE, &n)) return v;
    n = cut_digits(n, REAL_SCALE, digits, mode);
    return decimal_to_double(n, digits >= REAL_SCALE ? REAL_SCALE : digits > 0 ? digits : 0);
}

static enum status round_real_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    const struct round_plan *p = c->impl->prepared;
    int32_t digits = digits_at(p, args, row);
    if (out->type->phys == PHYS_F32) {
        VEC_DATA(out, float)[row] = (float)round_double((double)ARG(args[0], float, row), digits, p->mode);
    } else {
        VEC_DATA(out, double)[row] = round_double(ARG(args[0], double, row), digits, p->mode);
    }
    return STATUS_OK;
}
KERNEL(round_real)

static const struct type *rounded_decimal(struct func_bind *b, const struct type *t, const struct round_plan *p, bool nullable)
{
    if (!p->literal || p->digits >= t->scale) return type_nullable(b->types, t, nullable);
    int32_t digits = p->digits < 0 ? 0 : p->digits;
    int32_t precision = t->precision - t->scale + 1 + digits;
    return type_decimal(b->types, precision > 38 ? 38 : precision, digits, nullable);
}

static enum status bind_digits(struct func_bind *b, struct round_plan *p)
{
    int64_t digits;
    p->literal = b->arg_count == 1;
    if (b->arg_count == 1) return STATUS_OK;
    const struct type *t = b->args[1]->type;
    if (!type_is_integer(t) && t->root != TYPE_NULL) return bind_wrong_types(b);
    if (bind_literal_i64(b, 1, &digits)) {
        p->literal = true;
        p->digits = digits > 1000 ? 1000 : digits < -1000 ? -1000 : (int32_t)digits;
    }
    return bind_cast_arg(b, 1, type_simple(b->types, TYPE_INT, true));
}

static enum status bind_rounding(struct func_bind *b, enum round_mode mode)
{
    struct round_plan *p = ARENA_NEW(b->arena, struct round_plan);
    if (p == NULL) return error_no_memory(b->error, sizeof *p);
    p->mode = mode;
    TRY(keep_type(b, round_integer_kernel));
    TRY(bind_digits(b, p));
    b->impl.prepared = p;
    bool nullable = bind_any_nullable(b);
    if (b->type->root >= TYPE_FLOAT) b->impl.kernel = round_real_kernel;
    if (b->type->root == TYPE_DECIMAL) {
        b->impl.kernel = round_decimal_kernel;
        b->type = rounded_decimal(b, b->type, p, nullable);
    } else {
        b->type = type_nullable(b->types, b->type, nullable);
    }
    return b->type == NULL ? error_no_memory(b->error, sizeof *b->type) : STATUS_OK;
}

static enum status bind_round(struct func_bind *b) { return bind_rounding(b, MODE_ROUND); }
static enum status bind_truncate(struct func_bind *b) { return bind_rounding(b, MODE_TRUNCATE); }

static const struct func rows[] = {
    ROW_OF("ABS", 1, 1, FUNC_TYPED_ARGS, abs, "ABS(x <NUMERIC>) -> type of x", "The absolute value.", "ABS(-5) = 5"),
    ROW_OF("SIGN", 1, 1, FUNC_TYPED_ARGS, sign, "SIGN(x <NUMERIC>) -> type of x", "-1, 0 or 1.", "SIGN(-5) = -1"),
    ROW_OF("FLOOR", 1, 1, FUNC_TYPED_ARGS, floor, "FLOOR(x <NUMERIC>) -> type of x", "The greatest whole number not above x.", "FLOOR(1.5) = 1"),
    ROW_OF("CEIL", 1, 1, FUNC_TYPED_ARGS, ceil, "CEIL(x <NUMERIC>) -> type of x", "The least whole number not below x.", "CEIL(1.5) = 2"),
    ROW_OF("CEILING", 1, 1, FUNC_TYPED_ARGS, ceil, "CEILING(x <NUMERIC>) -> type of x", "The least whole number not below x.", "CEILING(1.5) = 2"),
    ROW_OF("ROUND", 1, 2, FUNC_TYPED_ARGS, round, "ROUND(x <NUMERIC> [, digits INT]) -> type of x", "x rounded half up to so many digits behind the point.",
           "ROUND(1.55, 1) = 1.6"),
    ROW_OF("TRUNCATE", 1, 2, FUNC_TYPED_ARGS, truncate, "TRUNCATE(x <NUMERIC> [, digits INT]) -> type of x", "x cut to so many digits behind the point.",
           "TRUNCATE(1.55, 1) = 1.5"),
};

FAMILY(round, rows);

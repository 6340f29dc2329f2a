/* SPDX-License-Identifier: Apache-2.0 */
/*
 * func_arith_decimal: + - * / % where a DECIMAL takes part and no floating point number.
 *
 * The result types are those of Flink: what holds the exact result, cut to 38 digits by giving up
 * fraction digits down to six. Integers are read as decimals of scale 0 without a cast. A result that
 * does not fit its type is NULL; a division by zero fails the row.
 */
#include "func/arith.h"
#include "func/kernel.h"
#include "type/decimal.h"

#include <assert.h>

enum { SCALE_KEPT_MIN = 6 };

i128 arith_exact(const struct vec *v, uint32_t row)
{
    switch (v->type->phys) {
    case PHYS_I8: return ARG(v, int8_t, row);
    case PHYS_I16: return ARG(v, int16_t, row);
    case PHYS_I32: return ARG(v, int32_t, row);
    case PHYS_I64: return ARG(v, int64_t, row);
    default: return ARG(v, i128, row);
    }
}

void arith_set_decimal(struct vec *out, uint32_t row, bool fits, i128 v)
{
    if (!fits) {
        vec_set_null(out, row);
    } else if (out->type->phys == PHYS_I64) {
        VEC_DATA(out, int64_t)[row] = (int64_t)v;
    } else {
        VEC_DATA(out, i128)[row] = v;
    }
}

void arith_digits(const struct type *t, int32_t *ret_precision, int32_t *ret_scale)
{
    static const int32_t digits[4] = {3, 5, 10, 19};
    assert(t->root >= TYPE_DECIMAL && t->root <= TYPE_BIGINT);
    *ret_precision = t->root == TYPE_DECIMAL ? t->precision : digits[t->root - TYPE_TINYINT];
    *ret_scale = t->root == TYPE_DECIMAL ? t->scale : 0;
}

#define DECIMAL_KERNEL(name)                                                                                           \
    static enum status decimal_##name##_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out) \
    {                                                                                                                  \
        (void)c;                                                                                                       \
        i128 r = 0;                                                                                                    \
        bool fits = decimal_##name(arith_exact(args[0], row), args[0]->type->scale, arith_exact(args[1], row),         \
                                   args[1]->type->scale, out->type->precision, out->type->scale, &r);                  \
        arith_set_decimal(out, row, fits, r);                                                                          \
        return STATUS_OK;                                                                                              \
    }                                                                                                                  \
    KERNEL(decimal_##name)
DECIMAL_KERNEL(add)
DECIMAL_KERNEL(subtract)
DECIMAL_KERNEL(multiply)

#define DECIMAL_DIVISION(name)                                                                                         \
    static enum status decimal_##name##_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out) \
    {                                                                                                                  \
        i128 divisor = arith_exact(args[1], row), r = 0;                                                               \
        if (divisor == 0) return call_row_error(c, out, row, "Division by zero");                                      \
        bool fits = decimal_##name(arith_exact(args[0], row), args[0]->type->scale, divisor, args[1]->type->scale,     \
                                   out->type->precision, out->type->scale, &r);                                        \
        arith_set_decimal(out, row, fits, r);                                                                          \
        return STATUS_OK;                                                                                              \
    }                                                                                                                  \
    KERNEL(decimal_##name)
DECIMAL_DIVISION(divide)
DECIMAL_DIVISION(mod)

static int32_t max_i32(int32_t a, int32_t b) { return a > b ? a : b; }

static int32_t min_i32(int32_t a, int32_t b) { return a < b ? a : b; }

static const struct type *result_decimal(struct func_bind *b, enum arith_op op)
{
    int32_t p1, s1, p2, s2, p, s;
    arith_digits(b->args[0]->type, &p1, &s1);
    arith_digits(b->args[1]->type, &p2, &s2);
    switch (op) {
    case ARITH_ADD: case ARITH_SUB:
        s = max_i32(s1, s2);
        p = max_i32(p1 - s1, p2 - s2) + s + 1;
        break;
    case ARITH_MUL:
        s = s1 + s2;
        p = p1 + p2 + 1;
        break;
    case ARITH_DIV:
        s = max_i32(SCALE_KEPT_MIN, s1 + p2 + 1);
        p = p1 - s1 + s2 + s;
        break;
    default:
        s = max_i32(s1, s2);
        p = min_i32(p1 - s1, p2 - s2) + s;
        break;
    }
    if (p > TYPE_DECIMAL_PRECISION_MAX) {
        int32_t whole = p - s;
        s = max_i32(TYPE_DECIMAL_PRECISION_MAX - whole, min_i32(s, SCALE_KEPT_MIN));
        p = TYPE_DECIMAL_PRECISION_MAX;
    }
    return type_decimal(b->types, max_i32(p, 1), s, bind_any_nullable(b));
}

/* The remainder of two whole numbers has the second one's type. */
static enum status retype_mod(struct func_bind *b, const struct type *second)
{
    struct expr *e = ARENA_NEW(b->arena, struct expr);
    struct func_impl *impl = ARENA_NEW(b->arena, struct func_impl);
    const struct type *t = type_nullable(b->types, second, bind_any_nullable(b));
    if (e == NULL || impl == NULL || t == NULL) return error_no_memory(b->error, sizeof *e);
    *impl = b->impl;
    *e = (struct expr){.kind = EXPR_CALL, .type = b->type, .span = b->span, .arg_count = 2, .args = b->args, .func = b->func, .impl = impl};
    return func_cast(b->arena, b->types, b->session, e, t, false, b->span, &b->replacement, b->error);
}

enum status arith_bind_decimal(struct func_bind *b, enum arith_op op)
{
    static const kernel_fn kernels[ARITH_OP_COUNT] = {decimal_add_kernel, decimal_subtract_kernel, decimal_multiply_kernel,
                                                      decimal_divide_kernel, decimal_mod_kernel};
    b->impl.kernel = kernels[op];
    if (op >= ARITH_DIV) b->impl.flags |= FUNC_CAN_FAIL;
    b->type = result_decimal(b, op);
    if (b->type == NULL) return error_no_memory(b->error, sizeof *b->type);
    bool whole = b->args[0]->type->scale == 0 && b->args[1]->type->scale == 0;
    return op == ARITH_MOD && whole && !type_same(b->type, b->args[1]->type) ? retype_mod(b, b->args[1]->type) : STATUS_OK;
}

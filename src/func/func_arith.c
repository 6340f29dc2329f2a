/* SPDX-License-Identifier: Apache-2.0 */
/*
 * func_arith: + - * / % MOD and the unary minus.
 *
 * Integers take the wider type of the two and wrap around. FLOAT with an integer is FLOAT, with a
 * DECIMAL DOUBLE; FLOAT with DOUBLE is what stands first. A remainder has the type of the divisor and
 * is for exact numbers only. Division of integers cuts towards zero and fails on zero; division of
 * floating point numbers gives infinity.
 *
 * The loops are plain over FLAT and CONST arguments, so that the compiler vectorises them. Decimals
 * and temporal types have their own files.
 */
#include "func/arith.h"
#include "func/kernel.h"

#include <assert.h>

/* ---- loops -------------------------------------------------------------------------------- */

#define ARITH_LOOP(name, ctype, expression)                                                                            \
    static enum status name##_kernel(struct call *c, const struct rows *rows, const struct vec *const *args,           \
                                     struct vec *out)                                                                  \
    {                                                                                                                  \
        (void)c;                                                                                                       \
        const ctype *a = args[0]->data, *b = args[1]->data;                                                            \
        ctype *restrict r = out->data;                                                                                 \
        bool a_const = args[0]->form == VEC_CONST, b_const = args[1]->form == VEC_CONST;                               \
        uint32_t n = rows->count;                                                                                      \
        if (rows->sel == NULL && !a_const && !b_const) {                                                               \
            for (uint32_t i = 0; i < n; i++) {                                                                         \
                ctype x = a[i], y = b[i];                                                                              \
                r[i] = (ctype)(expression);                                                                            \
            }                                                                                                          \
        } else if (rows->sel == NULL && !a_const) {                                                                    \
            ctype y = b[0];                                                                                            \
            for (uint32_t i = 0; i < n; i++) {                                                                         \
                ctype x = a[i];                                                                                        \
                r[i] = (ctype)(expression);                                                                            \
            }                                                                                                          \
        } else {                                                                                                       \
            for (uint32_t i = 0; i < n; i++) {                                                                         \
                uint32_t row = rows_at(rows, i);                                                                       \
                ctype x = a[a_const ? 0 : row], y = b[b_const ? 0 : row];                                              \
                r[row] = (ctype)(expression);                                                                          \
            }                                                                                                          \
        }                                                                                                              \
        return STATUS_OK;                                                                                              \
    }

/* Integer division fails on zero, and the lowest value over -1 wraps around. */
#define DIVIDE_LOOP(name, ctype, expression)                                                                           \
    static enum status name##_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)        \
    {                                                                                                                  \
        ctype x = ARG(args[0], ctype, row), y = ARG(args[1], ctype, row);                                              \
        if (y == 0) return call_row_error(c, out, row, "Division by zero");                                                   \
        VEC_DATA(out, ctype)[row] = (ctype)(expression);                                                               \
        return STATUS_OK;                                                                                              \
    }                                                                                                                  \
    KERNEL(name)

#define INTEGER_LOOPS(type, ctype)                                                                                     \
    ARITH_LOOP(type##_add, ctype, (uint64_t)x + (uint64_t)y)                                                           \
    ARITH_LOOP(type##_sub, ctype, (uint64_t)x - (uint64_t)y)                                                           \
    ARITH_LOOP(type##_mul, ctype, (uint64_t)x * (uint64_t)y)                                                           \
    DIVIDE_LOOP(type##_div, ctype, y == -1 ? (ctype)((uint64_t)0 - (uint64_t)x) : x / y)                               \
    DIVIDE_LOOP(type##_mod, ctype, y == -1 ? 0 : x % y)
INTEGER_LOOPS(i8, int8_t)
INTEGER_LOOPS(i16, int16_t)
INTEGER_LOOPS(i32, int32_t)
INTEGER_LOOPS(i64, int64_t)

#define REAL_LOOPS(type, ctype)                                                                                        \
    ARITH_LOOP(type##_add, ctype, x + y)                                                                               \
    ARITH_LOOP(type##_sub, ctype, x - y)                                                                               \
    ARITH_LOOP(type##_mul, ctype, x *y)                                                                                \
    ARITH_LOOP(type##_div, ctype, x / y)
REAL_LOOPS(f32, float)
REAL_LOOPS(f64, double)

static kernel_fn plain_kernel(enum phys phys, enum arith_op op)
{
#define INTEGER(t) {t##_add_kernel, t##_sub_kernel, t##_mul_kernel, t##_div_kernel, t##_mod_kernel}
#define REAL(t) {t##_add_kernel, t##_sub_kernel, t##_mul_kernel, t##_div_kernel, NULL}
    static const kernel_fn kernels[6][ARITH_OP_COUNT] = {INTEGER(i8), INTEGER(i16), INTEGER(i32), INTEGER(i64), REAL(f32), REAL(f64)};
#undef INTEGER
#undef REAL
    assert(phys >= PHYS_I8 && phys <= PHYS_F64);
    return kernels[phys - PHYS_I8][op];
}

/* ---- binding ------------------------------------------------------------------------------ */

static const struct type *plain_type(struct func_bind *b, const struct type *x, const struct type *y)
{
    bool approximate = x->root >= TYPE_FLOAT || y->root >= TYPE_FLOAT;
    if (!approximate) return x->root > y->root ? x : y;
    if (x->root == TYPE_DECIMAL || y->root == TYPE_DECIMAL) return type_simple(b->types, TYPE_DOUBLE, true);
    if (x->root >= TYPE_FLOAT) return x;
    return y;
}

/* A remainder of integers is computed in the wider type and has the divisor's. */
static enum status narrow_remainder(struct func_bind *b, const struct type *wide, const struct type *divisor)
{
    struct expr *remainder = NULL;
    TRY(bind_cast_arg(b, 0, wide));
    TRY(bind_cast_arg(b, 1, wide));
    TRY(func_call(b->arena, b->types, b->session, b->func, b->span, b->args, 2, &remainder, b->error));
    const struct type *t = type_nullable(b->types, divisor, remainder->type->nullable);
    if (t == NULL) return error_no_memory(b->error, sizeof *t);
    return func_cast(b->arena, b->types, b->session, remainder, t, false, b->span, &b->replacement, b->error);
}

static enum status bind_plain(struct func_bind *b, enum arith_op op)
{
    const struct type *x = b->args[0]->type, *y = b->args[1]->type;
    const struct type *t = plain_type(b, x, y);
    if (t == NULL) return error_no_memory(b->error, sizeof *t);
    if (op == ARITH_MOD && t->root >= TYPE_FLOAT) return bind_wrong_types(b);
    if (op == ARITH_MOD && t->root != y->root) return narrow_remainder(b, t, y);
    TRY(bind_cast_arg(b, 0, t));
    TRY(bind_cast_arg(b, 1, t));
    b->impl.kernel = plain_kernel(t->phys, op);
    if (op >= ARITH_DIV && t->root < TYPE_FLOAT) b->impl.flags |= FUNC_CAN_FAIL;
    b->type = type_nullable(b->types, t, bind_any_nullable(b));
    return b->type == NULL ? error_no_memory(b->error, sizeof *b->type) : STATUS_OK;
}

/* A bare NULL takes the other side's type. */
static enum status type_nulls(struct func_bind *b)
{
    for (uint32_t i = 0; i < 2; i++) {
        const struct type *other = b->args[1 - i]->type;
        if (b->args[i]->type->root != TYPE_NULL) continue;
        TRY(bind_cast_arg(b, i, other->root == TYPE_NULL ? type_simple(b->types, TYPE_INT, true) : other));
    }
    return STATUS_OK;
}

/* Flink divides constants as decimals while it plans, so that even a DOUBLE has no quotient by a literal zero. */
static bool divides_by_zero(const struct func_bind *b)
{
    const struct expr *divisor = b->args[1];
    if (divisor->kind != EXPR_LITERAL || vec_is_null(divisor->value, 0) || !expr_is_constant(b->args[0])) return false;
    int64_t exact = 1;
    if (bind_literal_i64(b, 1, &exact)) return exact == 0;
    return divisor->type->phys == PHYS_F64 && VEC_DATA(divisor->value, const double)[0] == 0;
}

static enum status bind_arith(struct func_bind *b, enum arith_op op)
{
    TRY(type_nulls(b));
    const struct type *x = b->args[0]->type, *y = b->args[1]->type;
    if (!type_is_numeric(x) || !type_is_numeric(y)) return arith_bind_temporal(b, op);
    bool decimal = x->root == TYPE_DECIMAL || y->root == TYPE_DECIMAL;
    if (decimal && x->root < TYPE_FLOAT && y->root < TYPE_FLOAT) return arith_bind_decimal(b, op);
    bool approximate = x->root >= TYPE_FLOAT || y->root >= TYPE_FLOAT;
    if (op == ARITH_DIV && approximate && divides_by_zero(b)) return error_at(b->error, STATUS_INVALID, b->span, "Division by zero");
    return bind_plain(b, op);
}

static enum status bind_add(struct func_bind *b) { return bind_arith(b, ARITH_ADD); }
static enum status bind_sub(struct func_bind *b) { return bind_arith(b, ARITH_SUB); }
static enum status bind_mul(struct func_bind *b) { return bind_arith(b, ARITH_MUL); }
static enum status bind_div(struct func_bind *b) { return bind_arith(b, ARITH_DIV); }
static enum status bind_mod(struct func_bind *b) { return bind_arith(b, ARITH_MOD); }

/* ---- unary minus -------------------------------------------------------------------------- */

static enum status negate_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    (void)c;
    switch (out->type->phys) {
    case PHYS_I8: VEC_DATA(out, int8_t)[row] = (int8_t)-ARG(args[0], int8_t, row); break;
    case PHYS_I16: VEC_DATA(out, int16_t)[row] = (int16_t)-ARG(args[0], int16_t, row); break;
    case PHYS_I32: VEC_DATA(out, int32_t)[row] = (int32_t)(0u - (uint32_t)ARG(args[0], int32_t, row)); break;
    case PHYS_I64: VEC_DATA(out, int64_t)[row] = (int64_t)((uint64_t)0 - (uint64_t)ARG(args[0], int64_t, row)); break;
    case PHYS_I128: VEC_DATA(out, i128)[row] = -ARG(args[0], i128, row); break;
    case PHYS_F32: VEC_DATA(out, float)[row] = -ARG(args[0], float, row); break;
    default: VEC_DATA(out, double)[row] = -ARG(args[0], double, row); break;
    }
    return STATUS_OK;
}
KERNEL(negate)

static enum status bind_negate(struct func_bind *b)
{
    const struct type *t = b->args[0]->type;
    if (t->root == TYPE_NULL) {
        TRY(bind_cast_arg(b, 0, type_simple(b->types, TYPE_INT, true)));
        t = b->args[0]->type;
    }
    if (!type_is_numeric(t) && !type_is_interval(t)) return bind_wrong_types(b);
    b->impl.kernel = negate_kernel;
    b->type = t;
    return STATUS_OK;
}

static const struct func rows[] = {
    ROW_OF("+", 2, 2, FUNC_OPERATOR, add, "<NUMERIC> + <NUMERIC>, <DATETIME> + <INTERVAL>, <INTERVAL> + <INTERVAL>", "Sum.", "1 + 1.5 = 2.5"),
    ROW_OF("-", 2, 2, FUNC_OPERATOR, sub, "<NUMERIC> - <NUMERIC>, <DATETIME> - <INTERVAL>, <INTERVAL> - <INTERVAL>", "Difference.", "DATE '2024-03-01' - INTERVAL '1' DAY = DATE '2024-02-29'"),
    ROW_OF("*", 2, 2, FUNC_OPERATOR, mul, "<NUMERIC> * <NUMERIC>, <INTERVAL> * <INTEGER>", "Product.", "2 * 3 = 6"),
    ROW_OF("/", 2, 2, FUNC_OPERATOR, div, "<NUMERIC> / <NUMERIC>", "Quotient; integers are cut towards zero.", "7 / 2 = 3"),
    ROW_OF("%", 2, 2, FUNC_OPERATOR, mod, "<EXACT_NUMERIC> % <EXACT_NUMERIC>", "Remainder.", "-7 % 3 = -1"),
    ROW_OF("MOD", 2, 2, FUNC_TYPED_ARGS, mod, "MOD(<EXACT_NUMERIC>, <EXACT_NUMERIC>)", "Remainder, with the sign of the first.", "MOD(7, 3) = 1"),
    ROW_OF("NEGATE", 1, 1, FUNC_OPERATOR, negate, "-<NUMERIC>, -<INTERVAL>", "The negative.", "-(1 + 1) = -2"),
};

FAMILY_TITLED(arith, "Arithmetic", rows);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * func_compare: = <> < <= > >= and IS [NOT] DISTINCT FROM.
 *
 * Binding brings both sides to one physical form: integers to the wider one, anything with FLOAT or
 * DOUBLE to DOUBLE, text to the temporal type on the other side; decimals stay and are compared by
 * their scales. As in Flink, numbers and text have an order but no equality, and a BOOLEAN is never
 * equal to a text. Nested values have equality but no order.
 *
 * The loops over plain numbers are branch-free over FLAT and CONST arguments, so that the compiler
 * vectorises them; the rest goes value by value.
 */
#include "func/kernel.h"
#include "type/decimal.h"

#include <assert.h>

/* ---- loops over plain values -------------------------------------------------------------- */

#define COMPARE_LOOP(type, op_name, op, ctype)                                                                         \
    static enum status type##_##op_name##_kernel(struct call *c, const struct rows *rows, const struct vec *const *args, \
                                                 struct vec *out)                                                      \
    {                                                                                                                  \
        (void)c;                                                                                                       \
        const ctype *a = args[0]->data, *b = args[1]->data;                                                            \
        uint8_t *restrict r = out->data;                                                                               \
        bool a_const = args[0]->form == VEC_CONST, b_const = args[1]->form == VEC_CONST;                               \
        uint32_t n = rows->count;                                                                                      \
        if (rows->sel == NULL && !a_const && !b_const) {                                                               \
            for (uint32_t i = 0; i < n; i++) r[i] = a[i] op b[i];                                                      \
        } else if (rows->sel == NULL && !a_const) {                                                                    \
            ctype v = b[0];                                                                                            \
            for (uint32_t i = 0; i < n; i++) r[i] = a[i] op v;                                                         \
        } else if (rows->sel == NULL && !b_const) {                                                                    \
            ctype v = a[0];                                                                                            \
            for (uint32_t i = 0; i < n; i++) r[i] = v op b[i];                                                         \
        } else {                                                                                                       \
            for (uint32_t i = 0; i < n; i++) {                                                                         \
                uint32_t row = rows_at(rows, i);                                                                       \
                r[row] = a[a_const ? 0 : row] op b[b_const ? 0 : row];                                                 \
            }                                                                                                          \
        }                                                                                                              \
        return STATUS_OK;                                                                                              \
    }
#define COMPARE_LOOPS(type, ctype)                                                                                     \
    COMPARE_LOOP(type, eq, ==, ctype)                                                                                  \
    COMPARE_LOOP(type, ne, !=, ctype)                                                                                  \
    COMPARE_LOOP(type, lt, <, ctype)                                                                                   \
    COMPARE_LOOP(type, le, <=, ctype)                                                                                  \
    COMPARE_LOOP(type, gt, >, ctype)                                                                                   \
    COMPARE_LOOP(type, ge, >=, ctype)
COMPARE_LOOPS(u8, uint8_t)
COMPARE_LOOPS(i8, int8_t)
COMPARE_LOOPS(i16, int16_t)
COMPARE_LOOPS(i32, int32_t)
COMPARE_LOOPS(i64, int64_t)
COMPARE_LOOPS(f32, float)
COMPARE_LOOPS(f64, double)

enum compare_op { OP_EQ, OP_NE, OP_LT, OP_LE, OP_GT, OP_GE };

static kernel_fn plain_kernel(enum phys phys, enum compare_op op)
{
#define KERNELS(type) {type##_eq_kernel, type##_ne_kernel, type##_lt_kernel, type##_le_kernel, type##_gt_kernel, type##_ge_kernel}
    static const kernel_fn kernels[7][6] = {KERNELS(u8), KERNELS(i8), KERNELS(i16), KERNELS(i32), KERNELS(i64), KERNELS(f32), KERNELS(f64)};
#undef KERNELS
    return phys <= PHYS_F64 ? kernels[phys][op] : NULL;
}

/* ---- value by value ----------------------------------------------------------------------- */

static inline bool holds(enum compare_op op, int order)
{
    switch (op) {
    case OP_EQ: return order == 0;
    case OP_NE: return order != 0;
    case OP_LT: return order < 0;
    case OP_LE: return order <= 0;
    case OP_GT: return order > 0;
    default: return order >= 0;
    }
}

static enum compare_op op_of(const struct call *c) { return *(const enum compare_op *)c->impl->prepared; }

static enum status text_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    const struct strv *a = &ARG(args[0], struct strv, row), *b = &ARG(args[1], struct strv, row);
    return set_bool(out, row, holds(op_of(c), strv_compare(a, b)));
}
KERNEL(text)

static enum status text_equal_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    bool equal = strv_equal(&ARG(args[0], struct strv, row), &ARG(args[1], struct strv, row));
    return set_bool(out, row, equal == (op_of(c) == OP_EQ));
}
KERNEL(text_equal)

static i128 exact_arg(const struct vec *v, uint32_t row)
{
    switch (v->type->phys) {
    case PHYS_I8: return ARG(v, int8_t, row);
    case PHYS_I16: return ARG(v, int16_t, row);
    case PHYS_I32: return ARG(v, int32_t, row);
    case PHYS_I64: return ARG(v, int64_t, row);
    default: return ARG(v, i128, row);
    }
}

static enum status exact_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    int order = decimal_compare(exact_arg(args[0], row), args[0]->type->scale, exact_arg(args[1], row), args[1]->type->scale);
    return set_bool(out, row, holds(op_of(c), order));
}
KERNEL(exact)

static enum status ts_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    int order = ts_compare(vec_get_ts(args[0], row), vec_get_ts(args[1], row));
    return set_bool(out, row, holds(op_of(c), order));
}
KERNEL(ts)

/* Java's Double.compareTo: a negative zero is less than zero, NaN equals NaN and is greater than all else. */
static int order_f64(double a, double b)
{
    if (a < b) return -1;
    if (a > b) return 1;
    if (a == b) return __builtin_signbit(b) != 0 ? !__builtin_signbit(a) : -(__builtin_signbit(a) != 0);
    return (a != a) - (b != b);
}

static enum status boxed_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    return set_bool(out, row, holds(op_of(c), order_f64(ARG(args[0], double, row), ARG(args[1], double, row))));
}
KERNEL(boxed)

static enum status nested_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    return set_bool(out, row, vec_value_equal(args[0], row, args[1], row) == (op_of(c) == OP_EQ));
}
KERNEL(nested)

static enum status always_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    (void)args;
    return set_bool(out, row, holds(op_of(c), 0));
}
KERNEL(always)

/* Flink compares a BOOLEAN with a text as objects of two classes. */
static enum status never_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    (void)args;
    return set_bool(out, row, op_of(c) == OP_NE);
}
KERNEL(never)

/* ---- binding ------------------------------------------------------------------------------ */

static bool is_nested(const struct type *t) { return t->root >= TYPE_ARRAY && t->root <= TYPE_ROW; }

static bool is_temporal(const struct type *t) { return t->root >= TYPE_DATE && t->root <= TYPE_TIMESTAMP_LTZ; }

static enum status refuse_number_and_text(struct func_bind *b)
{
    const struct type *x = b->args[0]->type, *y = b->args[1]->type;
    error_at(b->error, STATUS_INVALID, b->span, "There is no implicit conversion between %s and %s",
             type_root_name(x->root), type_root_name(y->root));
    return error_hint(b->error, "Write a CAST on one side");
}

static enum status cast_both(struct func_bind *b, const struct type *t)
{
    if (t == NULL) return error_no_memory(b->error, sizeof *t);
    TRY(bind_cast_arg(b, 0, t));
    return bind_cast_arg(b, 1, t);
}

static enum status unify_numbers(struct func_bind *b, const struct type *x, const struct type *y)
{
    bool approximate = x->root >= TYPE_FLOAT || y->root >= TYPE_FLOAT;
    /* Constants keep their decimal digits while Flink plans: CAST(1.1 AS FLOAT) equals 1.1 there. */
    bool constant = expr_is_constant(b->args[0]) && expr_is_constant(b->args[1]);
    if (constant && approximate && (x->root == TYPE_FLOAT || y->root == TYPE_FLOAT)) return cast_both(b, type_simple(b->types, TYPE_FLOAT, true));
    if (x->root == y->root && (approximate || type_is_integer(x))) return STATUS_OK;
    if (approximate) return cast_both(b, type_simple(b->types, TYPE_DOUBLE, true));
    if (x->root == TYPE_DECIMAL || y->root == TYPE_DECIMAL) return STATUS_OK;
    return cast_both(b, x->root > y->root ? x : y);
}

/* The text side becomes what the other side is, even the fraction of a text before an INT is cut off. */
static enum status unify_text(struct func_bind *b, const struct type *x, const struct type *y, bool order)
{
    bool left = type_is_text(x);
    const struct type *other = left ? y : x;
    if (type_is_numeric(other) && !order) return refuse_number_and_text(b);
    if (other->root == TYPE_BOOLEAN && !order) return STATUS_OK;
    if (other->root != TYPE_BOOLEAN && !is_temporal(other) && !type_is_numeric(other)) return bind_wrong_types(b);
    uint32_t at = left ? 0 : 1;
    bool known = !x->nullable && !y->nullable;
    bool strict = order || known || !is_temporal(other) || (b->args[at]->kind == EXPR_LITERAL && other->root != TYPE_TIME);
    if (strict) return bind_cast_arg(b, at, other);
    /* What is no date or time equals none where there may be NULL; else, and in an order, it is an error. */
    const struct type *t = type_nullable(b->types, other, true);
    if (t == NULL) return error_no_memory(b->error, sizeof *t);
    return func_cast(b->arena, b->types, b->session, b->args[at], t, true, b->args[at]->span, &b->args[at], b->error);
}

static enum status unify_nested(struct func_bind *b, const struct type *x, const struct type *y)
{
    const struct type *pair[2] = {x, y}, *common = NULL;
    TRY(type_common(b->types, pair, 2, &common));
    if (common == NULL) return bind_wrong_types(b);
    return cast_both(b, common);
}

static enum status unify_null(struct func_bind *b, const struct type *x, const struct type *y)
{
    const struct type *other = x->root == TYPE_NULL ? y : x;
    if (other->root == TYPE_NULL) other = type_simple(b->types, TYPE_INT, true);
    return cast_both(b, other);
}

/* Both arguments in one physical form, or both exact numbers, or both timestamps, or, for equality
 * only, a BOOLEAN and a text. */
static enum status unify(struct func_bind *b, bool order)
{
    const struct type *x = b->args[0]->type, *y = b->args[1]->type;
    if (x->root == TYPE_NULL || y->root == TYPE_NULL) return unify_null(b, x, y);
    if (type_is_numeric(x) && type_is_numeric(y)) return unify_numbers(b, x, y);
    if (type_is_text(x) != type_is_text(y)) return unify_text(b, x, y, order);
    if (is_nested(x) && is_nested(y)) return unify_nested(b, x, y);
    if (x->root == y->root || (type_is_text(x) && type_is_text(y)) || (type_is_bytes(x) && type_is_bytes(y))) return STATUS_OK;
    if (!type_is_timestamp(x) || !type_is_timestamp(y)) return bind_wrong_types(b);
    uint32_t local = x->root == TYPE_TIMESTAMP ? 0 : 1;
    const struct type *ltz = type_time(b->types, TYPE_TIMESTAMP_LTZ, b->args[local]->type->precision, true);
    return ltz == NULL ? error_no_memory(b->error, sizeof *ltz) : bind_cast_arg(b, local, ltz);
}

static kernel_fn kernel_for(const struct type *x, const struct type *y, enum compare_op op)
{
    bool decimals = x->root == TYPE_DECIMAL || y->root == TYPE_DECIMAL;
    if (type_is_text(x) != type_is_text(y)) return never_kernel;
    bool same_scale = !decimals || (x->root == y->root && x->scale == y->scale);
    if (x->phys == y->phys && same_scale && x->phys <= PHYS_F64) return plain_kernel(x->phys, op);
    if (x->phys == PHYS_STRING) return op <= OP_NE ? text_equal_kernel : text_kernel;
    if (type_is_numeric(x)) return exact_kernel;
    return type_is_timestamp(x) ? ts_kernel : nested_kernel;
}

static bool is_row_call(const struct expr *e) { return e->kind == EXPR_CALL && e->type->root == TYPE_ROW && str_equal(e->func->name, STR("ROW")); }

/* ROW(a, b) = ROW(c, d): a = c AND b = d. */
static enum status bind_rows(struct func_bind *b, enum compare_op op)
{
    uint32_t n = b->args[0]->arg_count;
    bool nullable = false;
    struct expr **parts = ARENA_ARRAY(b->arena, struct expr *, n);
    if (parts == NULL) return error_no_memory(b->error, n * sizeof *parts);
    for (uint32_t i = 0; i < n; i++) {
        struct expr *pair[2] = {b->args[0]->args[i], b->args[1]->args[i]};
        TRY(func_call_named(b->arena, b->types, b->session, "=", b->span, pair, 2, &parts[i], b->error));
        nullable |= parts[i]->type->nullable;
    }
    const struct type *t = type_simple(b->types, TYPE_BOOLEAN, nullable);
    struct expr *all = t == NULL ? NULL : n == 1 ? parts[0] : expr_special(b->arena, EXPR_AND, t, parts, n);
    if (all == NULL) return error_no_memory(b->error, sizeof *all);
    b->replacement = all;
    return op == OP_EQ ? STATUS_OK : func_call_named(b->arena, b->types, b->session, "NOT", b->span, &all, 1, &b->replacement, b->error);
}

/* Flink orders the objects when a DECIMAL meets a FLOAT or DOUBLE. */
static bool is_boxed(const struct type *x, const struct type *y)
{
    if (!type_is_numeric(x) || !type_is_numeric(y) || (x->root == TYPE_DECIMAL) == (y->root == TYPE_DECIMAL)) return false;
    return x->root >= TYPE_FLOAT || y->root >= TYPE_FLOAT;
}

static enum status bind_compare(struct func_bind *b, enum compare_op op)
{
    static const enum compare_op ops[6] = {OP_EQ, OP_NE, OP_LT, OP_LE, OP_GT, OP_GE};
    const struct type *x = b->args[0]->type, *y = b->args[1]->type;
    if (op <= OP_NE && is_row_call(b->args[0]) && is_row_call(b->args[1]) && x->child_count == y->child_count) return bind_rows(b, op);
    bool boxed = is_boxed(x, y);
    TRY(unify(b, op > OP_NE));
    x = b->args[0]->type;
    y = b->args[1]->type;
    if (is_nested(x) && op > OP_NE) {
        struct buf text = BUF_INIT;
        type_plain(&text, x);
        error_at(b->error, STATUS_INVALID, b->span, "Comparable type expected, but was '%.*s'.", STR_ARG(buf_view(&text)));
        buf_deinit(&text);
        return STATUS_INVALID;
    }
    /* Flink's planner takes an expression to equal itself, even where it is not a number. */
    bool same = expr_equal(b->args[0], b->args[1]) && expr_is_deterministic(b->args[0]);
    b->impl.kernel = same ? always_kernel : boxed && op > OP_NE && x->phys == PHYS_F64 ? boxed_kernel : kernel_for(x, y, op);
    b->impl.prepared = &ops[op];
    b->type = type_simple(b->types, TYPE_BOOLEAN, x->nullable || y->nullable);
    return b->type == NULL ? error_no_memory(b->error, sizeof *b->type) : STATUS_OK;
}

static enum status bind_eq(struct func_bind *b) { return bind_compare(b, OP_EQ); }
static enum status bind_ne(struct func_bind *b) { return bind_compare(b, OP_NE); }
static enum status bind_lt(struct func_bind *b) { return bind_compare(b, OP_LT); }
static enum status bind_le(struct func_bind *b) { return bind_compare(b, OP_LE); }
static enum status bind_gt(struct func_bind *b) { return bind_compare(b, OP_GT); }
static enum status bind_ge(struct func_bind *b) { return bind_compare(b, OP_GE); }

/* ---- IS DISTINCT FROM --------------------------------------------------------------------- */

static bool equal_values(const struct vec *a, const struct vec *b, uint32_t row)
{
    const struct type *x = a->type, *y = b->type;
    if (x->phys == PHYS_F64) return ARG(a, double, row) == ARG(b, double, row);
    if (x->phys == PHYS_F32) return ARG(a, float, row) == ARG(b, float, row);
    if (type_is_numeric(x)) return decimal_compare(exact_arg(a, row), x->scale, exact_arg(b, row), y->scale) == 0;
    if (type_is_timestamp(x)) return ts_compare(vec_get_ts(a, row), vec_get_ts(b, row)) == 0;
    if (x->phys == PHYS_STRING) return strv_equal(&ARG(a, struct strv, row), &ARG(b, struct strv, row));
    return vec_value_equal(a, row, b, row);
}

static bool distinct(const struct vec *const *args, uint32_t row)
{
    bool a = vec_is_null(args[0], row), b = vec_is_null(args[1], row);
    return a || b ? a != b : !equal_values(args[0], args[1], row);
}

static enum status is_distinct_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    (void)c;
    return set_bool(out, row, distinct(args, row));
}
KERNEL(is_distinct)

static enum status is_not_distinct_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    (void)c;
    return set_bool(out, row, !distinct(args, row));
}
KERNEL(is_not_distinct)

/* An expression is not distinct from itself, even where it is not a number: the planner sees that. */
static enum status itself_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    (void)args;
    return set_bool(out, row, !*(const bool *)c->impl->prepared);
}
KERNEL(itself)

/* The sides are args[2] and args[3], a text among them; args[0] and args[1] are these in one type, NULL where there is none. */
static enum status mixed_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    bool x = vec_is_null(args[2], row), y = vec_is_null(args[3], row), differ = true;
    if (x || y) differ = x != y;
    else if (args[0]->type->root == args[1]->type->root) differ = distinct(args, row);
    return set_bool(out, row, differ == *(const bool *)c->impl->prepared);
}
KERNEL(mixed)

static enum status boxed_distinct_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    bool x = vec_is_null(args[0], row), y = vec_is_null(args[1], row);
    bool differ = x || y ? x != y : order_f64(ARG(args[0], double, row), ARG(args[1], double, row)) != 0;
    return set_bool(out, row, differ == *(const bool *)c->impl->prepared);
}
KERNEL(boxed_distinct)

static enum status bind_distinct(struct func_bind *b, bool positive, kernel_fn kernel)
{
    static const bool answers[2] = {false, true};
    struct expr *sides[2] = {b->args[0], b->args[1]};
    bool mixed = type_is_text(sides[0]->type) != type_is_text(sides[1]->type) && sides[0]->type->root != TYPE_NULL && sides[1]->type->root != TYPE_NULL;
    bool boxed = is_boxed(sides[0]->type, sides[1]->type);
    TRY(unify(b, false));
    b->impl.prepared = &answers[positive];
    b->impl.kernel = boxed && b->args[0]->type->phys == PHYS_F64 ? boxed_distinct_kernel : kernel;
    if (expr_equal(sides[0], sides[1]) && expr_is_deterministic(sides[0])) b->impl.kernel = itself_kernel;
    if (mixed) {
        struct expr **four = ARENA_ARRAY(b->arena, struct expr *, 4);
        if (four == NULL) return error_no_memory(b->error, 4 * sizeof *four);
        four[0] = b->args[0];
        four[1] = b->args[1];
        four[2] = sides[0];
        four[3] = sides[1];
        b->args = four;
        b->arg_count = 4;
        b->impl.kernel = mixed_kernel;
    }
    b->type = type_simple(b->types, TYPE_BOOLEAN, false);
    return b->type == NULL ? error_no_memory(b->error, sizeof *b->type) : STATUS_OK;
}

static enum status bind_is_distinct(struct func_bind *b) { return bind_distinct(b, true, is_distinct_kernel); }
static enum status bind_is_not_distinct(struct func_bind *b) { return bind_distinct(b, false, is_not_distinct_kernel); }

/* ---- GREATEST and LEAST ------------------------------------------------------------------- */

static enum status extreme_row(const struct call *c, const struct vec *const *args, uint32_t row, struct vec *out, int sign)
{
    const struct vec *best = args[0];
    uint32_t count = *(const uint32_t *)c->impl->prepared;
    for (uint32_t i = 1; i < count; i++) {
        if (vec_value_compare(args[i], row, best, row) * sign > 0) best = args[i];
    }
    return vec_copy_value(out, row, best, row);
}

static enum status greatest_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    return extreme_row(c, args, row, out, 1);
}
KERNEL(greatest)

static enum status least_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    return extreme_row(c, args, row, out, -1);
}
KERNEL(least)

static enum status bind_extreme(struct func_bind *b, kernel_fn kernel)
{
    enum { ARGUMENTS_MAX = 256 };
    const struct type *types[ARGUMENTS_MAX], *common = NULL;
    if (b->arg_count > ARGUMENTS_MAX) return error_at(b->error, STATUS_LIMIT, b->span, "More than %d arguments", ARGUMENTS_MAX);
    for (uint32_t i = 0; i < b->arg_count; i++) types[i] = b->args[i]->type;
    TRY(type_common(b->types, types, b->arg_count, &common));
    if (common == NULL || common->root == TYPE_NULL || is_nested(common)) return bind_wrong_types(b);
    for (uint32_t i = 0; i < b->arg_count; i++) TRY(bind_cast_arg(b, i, common));
    uint32_t *count = ARENA_NEW(b->arena, uint32_t);
    if (count == NULL) return error_no_memory(b->error, sizeof *count);
    *count = b->arg_count;
    b->impl.prepared = count;
    b->impl.kernel = kernel;
    b->type = type_nullable(b->types, common, bind_any_nullable(b));
    return b->type == NULL ? error_no_memory(b->error, sizeof *b->type) : STATUS_OK;
}

static enum status bind_greatest(struct func_bind *b) { return bind_extreme(b, greatest_kernel); }
static enum status bind_least(struct func_bind *b) { return bind_extreme(b, least_kernel); }

static const struct func rows[] = {
    ROW_OF("=", 2, 2, FUNC_OPERATOR, eq, "<COMPARABLE_TYPE> = <COMPARABLE_TYPE>", "Equal.", "1 = 1.0"),
    ROW_OF("<>", 2, 2, FUNC_OPERATOR, ne, "<COMPARABLE_TYPE> <> <COMPARABLE_TYPE>", "Not equal.", "1 <> 2"),
    ROW_OF("<", 2, 2, FUNC_OPERATOR, lt, "<COMPARABLE_TYPE> < <COMPARABLE_TYPE>", "Less than.", "1 < 2"),
    ROW_OF("<=", 2, 2, FUNC_OPERATOR, le, "<COMPARABLE_TYPE> <= <COMPARABLE_TYPE>", "Less than or equal.", "'a' <= 'b'"),
    ROW_OF(">", 2, 2, FUNC_OPERATOR, gt, "<COMPARABLE_TYPE> > <COMPARABLE_TYPE>", "Greater than.", "DATE '2024-03-01' > DATE '2024-02-29'"),
    ROW_OF(">=", 2, 2, FUNC_OPERATOR, ge, "<COMPARABLE_TYPE> >= <COMPARABLE_TYPE>", "Greater than or equal.", "2 >= 2"),
    ROW_OF("IS DISTINCT FROM", 2, 2, FUNC_OPERATOR | FUNC_NOT_STRICT, is_distinct, "<COMPARABLE_TYPE> IS DISTINCT FROM <COMPARABLE_TYPE>",
           "Different, where NULL equals NULL.", "1 IS DISTINCT FROM CAST(NULL AS INT)"),
    ROW_OF("IS NOT DISTINCT FROM", 2, 2, FUNC_OPERATOR | FUNC_NOT_STRICT, is_not_distinct,
           "<COMPARABLE_TYPE> IS NOT DISTINCT FROM <COMPARABLE_TYPE>", "Equal, where NULL equals NULL.", "CAST(NULL AS INT) IS NOT DISTINCT FROM CAST(NULL AS INT)"),
    ROW_OF("GREATEST", 1, 255, FUNC_DEFAULT, greatest, "GREATEST(v1, v2, ...) -> common type", "The greatest value; NULL if any is NULL.",
           "GREATEST(1, 3, 2) = 3"),
    ROW_OF("LEAST", 1, 255, FUNC_DEFAULT, least, "LEAST(v1, v2, ...) -> common type", "The least value; NULL if any is NULL.",
           "LEAST(1, 3, 2) = 1"),
};

FAMILY_TITLED(compare, "Comparison", rows);

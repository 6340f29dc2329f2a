/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cast_number: CAST to numbers and to BOOLEAN.
 *
 * Between the plain numeric types the rules are Java's narrowing: integers wrap around, floating point
 * saturates at INT and BIGINT (and wraps from INT down to smaller ones), NaN is 0. A value too large
 * for a DECIMAL is NULL. Texts are trimmed and must be a number; for integers a fraction is cut off.
 */
#include "func/cast.h"
#include "func/kernel.h"
#include "type/decimal.h"
#include "type/number.h"

#include <assert.h>
#include <math.h>

/* ---- Java's conversions ------------------------------------------------------------------- */

static inline int32_t int_of_double(double v)
{
    if (v >= 2147483647.0) return INT32_MAX;
    if (v <= -2147483648.0) return INT32_MIN;
    return isnan(v) ? 0 : (int32_t)v;
}

static inline int64_t long_of_double(double v)
{
    if (v >= 9223372036854775807.0) return INT64_MAX;
    if (v <= -9223372036854775808.0) return INT64_MIN;
    return isnan(v) ? 0 : (int64_t)v;
}

#define INT_TO_I8(v) ((int8_t)(v))
#define INT_TO_I16(v) ((int16_t)(v))
#define INT_TO_I32(v) ((int32_t)(v))
#define INT_TO_I64(v) ((int64_t)(v))
#define INT_TO_F32(v) ((float)(v))
#define INT_TO_F64(v) ((double)(v))
#define REAL_TO_I8(v) ((int8_t)int_of_double((double)(v)))
#define REAL_TO_I16(v) ((int16_t)int_of_double((double)(v)))
#define REAL_TO_I32(v) int_of_double((double)(v))
#define REAL_TO_I64(v) long_of_double((double)(v))
#define REAL_TO_F32(v) ((float)(v))
#define REAL_TO_F64(v) ((double)(v))

/* One loop per pair of plain numeric types: X(from root, from C type, to root, to C type, conversion). */
#define TARGETS(X, root, ctype, kind)                                                                                  \
    X(root, ctype, TINYINT, int8_t, kind##_TO_I8)                                                                      \
    X(root, ctype, SMALLINT, int16_t, kind##_TO_I16)                                                                   \
    X(root, ctype, INT, int32_t, kind##_TO_I32)                                                                        \
    X(root, ctype, BIGINT, int64_t, kind##_TO_I64)                                                                     \
    X(root, ctype, FLOAT, float, kind##_TO_F32)                                                                        \
    X(root, ctype, DOUBLE, double, kind##_TO_F64)
#define PAIRS(X)                                                                                                       \
    TARGETS(X, TINYINT, int8_t, INT)                                                                                   \
    TARGETS(X, SMALLINT, int16_t, INT)                                                                                 \
    TARGETS(X, INT, int32_t, INT)                                                                                      \
    TARGETS(X, BIGINT, int64_t, INT)                                                                                   \
    TARGETS(X, FLOAT, float, REAL)                                                                                     \
    TARGETS(X, DOUBLE, double, REAL)

#define LOOP(from, from_c, to, to_c, convert)                                                                          \
    static enum status from##_##to##_kernel(struct call *c, const struct rows *rows, const struct vec *const *args,    \
                                            struct vec *out)                                                           \
    {                                                                                                                  \
        (void)c;                                                                                                       \
        const from_c *restrict in = args[0]->data;                                                                     \
        to_c *restrict to_data = out->data;                                                                            \
        bool constant = args[0]->form == VEC_CONST;                                                                    \
        if (rows->sel == NULL && !constant) {                                                                          \
            for (uint32_t i = 0; i < rows->count; i++) to_data[i] = convert(in[i]);                                    \
            return STATUS_OK;                                                                                          \
        }                                                                                                              \
        for (uint32_t i = 0; i < rows->count; i++) {                                                                   \
            uint32_t row = rows_at(rows, i);                                                                           \
            to_data[row] = convert(in[constant ? 0 : row]);                                                            \
        }                                                                                                              \
        return STATUS_OK;                                                                                              \
    }                                                                                                                  \
    static enum status from##_##to(struct cast_run *r, const struct cast_plan *p, const struct vec *in,                \
                                   uint32_t in_row, struct vec *out, uint32_t out_row)                                 \
    {                                                                                                                  \
        (void)r, (void)p;                                                                                              \
        VEC_DATA(out, to_c)[out_row] = convert(VEC_VALUE(in, from_c, in_row));                                         \
        return STATUS_OK;                                                                                              \
    }
PAIRS(LOOP)

struct pair {
    enum type_root from, to;
    kernel_fn kernel;
    cast_fn fn;
};

static const struct pair pairs[] = {
#define ROW(from, from_c, to, to_c, convert) {TYPE_##from, TYPE_##to, from##_##to##_kernel, from##_##to},
    PAIRS(ROW)
#undef ROW
};

static const struct pair *pair_find(const struct type *from, const struct type *to)
{
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        if (pairs[i].from == from->root && pairs[i].to == to->root) return &pairs[i];
    }
    return NULL;
}

kernel_fn cast_number_kernel(const struct type *from, const struct type *to)
{
    const struct pair *p = pair_find(from, to);
    return p == NULL ? NULL : p->kernel;
}

/* ---- decimals ----------------------------------------------------------------------------- */

static enum status set_decimal(const struct type *to, struct vec *out, uint32_t row, bool fits, i128 v)
{
    if (!fits) {
        vec_set_null(out, row);
    } else if (to->phys == PHYS_I64) {
        VEC_DATA(out, int64_t)[row] = (int64_t)v;
    } else {
        VEC_DATA(out, i128)[row] = v;
    }
    return STATUS_OK;
}

static i128 decimal_value(const struct vec *in, uint32_t row)
{
    return in->type->phys == PHYS_I64 ? (i128)VEC_VALUE(in, int64_t, row) : VEC_VALUE(in, i128, row);
}

static int64_t integer_value(const struct vec *in, uint32_t row)
{
    switch (in->type->phys) {
    case PHYS_BOOL: return VEC_VALUE(in, uint8_t, row) != 0;
    case PHYS_I8: return VEC_VALUE(in, int8_t, row);
    case PHYS_I16: return VEC_VALUE(in, int16_t, row);
    case PHYS_I32: return VEC_VALUE(in, int32_t, row);
    default: return VEC_VALUE(in, int64_t, row);
    }
}

static double real_value(const struct vec *in, uint32_t row)
{
    return in->type->root == TYPE_FLOAT ? (double)VEC_VALUE(in, float, row) : VEC_VALUE(in, double, row);
}

static enum status integer_to_decimal(struct cast_run *r, const struct cast_plan *p, const struct vec *in, uint32_t in_row, struct vec *out, uint32_t out_row)
{
    (void)r;
    i128 v;
    bool fits = decimal_rescale(integer_value(in, in_row), 0, p->to->scale, p->to->precision, &v);
    return set_decimal(p->to, out, out_row, fits, fits ? v : 0);
}

static enum status real_to_decimal(struct cast_run *r, const struct cast_plan *p, const struct vec *in, uint32_t in_row, struct vec *out, uint32_t out_row)
{
    double d = real_value(in, in_row);
    i128 v = 0;
    if (!isfinite(d)) {
        return cast_fail(r, "Character %c is neither a decimal digit number, decimal point, nor \"e\" notation exponential mark.",
                         isnan(d) ? 'N' : 'I');
    }
    bool fits = decimal_from_double(d, p->to->precision, p->to->scale, &v);
    return set_decimal(p->to, out, out_row, fits, v);
}

static enum status decimal_to_decimal(struct cast_run *r, const struct cast_plan *p, const struct vec *in, uint32_t in_row, struct vec *out, uint32_t out_row)
{
    (void)r;
    i128 v = 0;
    bool fits = decimal_rescale(decimal_value(in, in_row), p->from->scale, p->to->scale, p->to->precision, &v);
    return set_decimal(p->to, out, out_row, fits, v);
}

/* Flink divides a compact decimal's double by a power of ten: two roundings beyond 2^53. */
static double decimal_as_double(const struct vec *in, uint32_t row)
{
    if (in->type->phys != PHYS_I64) return decimal_to_double(VEC_VALUE(in, i128, row), in->type->scale);
    return (double)VEC_VALUE(in, int64_t, row) / (double)decimal_power10(in->type->scale);
}

static void set_number(struct vec *out, uint32_t row, int64_t v)
{
    switch (out->type->root) {
    case TYPE_BOOLEAN: VEC_DATA(out, uint8_t)[row] = v != 0; break;
    case TYPE_TINYINT: VEC_DATA(out, int8_t)[row] = (int8_t)v; break;
    case TYPE_SMALLINT: VEC_DATA(out, int16_t)[row] = (int16_t)v; break;
    case TYPE_INT: VEC_DATA(out, int32_t)[row] = (int32_t)v; break;
    case TYPE_BIGINT: VEC_DATA(out, int64_t)[row] = v; break;
    case TYPE_FLOAT: VEC_DATA(out, float)[row] = (float)v; break;
    default: VEC_DATA(out, double)[row] = (double)v; break;
    }
}

static enum status decimal_to_number(struct cast_run *r, const struct cast_plan *p, const struct vec *in, uint32_t in_row, struct vec *out, uint32_t out_row)
{
    (void)r;
    if (p->to->root == TYPE_FLOAT) {
        VEC_DATA(out, float)[out_row] = (float)decimal_as_double(in, in_row);
    } else if (p->to->root == TYPE_DOUBLE) {
        VEC_DATA(out, double)[out_row] = decimal_as_double(in, in_row);
    } else {
        i128 v = decimal_value(in, in_row);
        if (p->to->root == TYPE_BOOLEAN) {
            set_number(out, out_row, v != 0);
        } else {
            set_number(out, out_row, (int64_t)(uint64_t)(v / decimal_power10(p->from->scale)));
        }
    }
    return STATUS_OK;
}

/* ---- booleans ----------------------------------------------------------------------------- */

static enum status bool_to_number(struct cast_run *r, const struct cast_plan *p, const struct vec *in, uint32_t in_row, struct vec *out, uint32_t out_row)
{
    (void)r, (void)p;
    set_number(out, out_row, integer_value(in, in_row));
    return STATUS_OK;
}

static enum status number_to_bool(struct cast_run *r, const struct cast_plan *p, const struct vec *in, uint32_t in_row, struct vec *out, uint32_t out_row)
{
    (void)r;
    bool real = p->from->root == TYPE_FLOAT || p->from->root == TYPE_DOUBLE;
    return set_bool(out, out_row, real ? real_value(in, in_row) != 0 : integer_value(in, in_row) != 0);
}

/* ---- from text ---------------------------------------------------------------------------- */

static struct str blanks_trimmed(struct str s)
{
    while (s.size_bytes > 0 && s.at[0] == ' ') s.at++, s.size_bytes--;
    while (s.size_bytes > 0 && s.at[s.size_bytes - 1] == ' ') s.size_bytes--;
    return s;
}

static enum status text_to_bool(struct cast_run *r, const struct cast_plan *p, const struct vec *in, uint32_t in_row, struct vec *out, uint32_t out_row)
{
    static const struct str words[2][5] = {{{"f", 1}, {"false", 5}, {"n", 1}, {"no", 2}, {"0", 1}}, {{"t", 1}, {"true", 4}, {"y", 1}, {"yes", 3}, {"1", 1}}};
    (void)p;
    struct str s = strv_str(&VEC_VALUE(in, struct strv, in_row));
    for (int v = 0; v < 2; v++) {
        for (int i = 0; i < 5; i++) {
            if (str_equal_ignore_case(s, words[v][i])) return set_bool(out, out_row, v == 1);
        }
    }
    return cast_fail(r, "Cannot cast '%.*s' to BOOLEAN: it is none of true, false, t, f, yes, no, y, n, 1, 0", STR_ARG(s));
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* Why an integer was refused, in the order in which Flink reads it. */
static const char *integer_reason(struct str s)
{
    if (s.size_bytes == 0) return "it is empty";
    size_t at = s.at[0] == '-' || s.at[0] == '+' ? 1 : 0;
    if (at == s.size_bytes) return "it is a sign without digits";
    for (bool fraction = false; at < s.size_bytes; at++) {
        if (s.at[at] == '.' && !fraction) {
            fraction = true;
        } else if (!is_digit(s.at[at])) {
            return "it is no whole number";
        }
    }
    return "it is out of range";
}

static enum status text_to_integer(struct cast_run *r, const struct cast_plan *p, const struct vec *in, uint32_t in_row, struct vec *out, uint32_t out_row)
{
    static const int64_t lowest[4] = {INT8_MIN, INT16_MIN, INT32_MIN, INT64_MIN};
    struct str s = blanks_trimmed(strv_str(&VEC_VALUE(in, struct strv, in_row)));
    int64_t v, min = lowest[p->to->root - TYPE_TINYINT];
    bool clean = s.size_bytes > 0 && (unsigned char)s.at[0] > ' ' && (unsigned char)s.at[s.size_bytes - 1] > ' ';
    if (!clean || !i64_parse(s, min, -(min + 1), &v)) {
        return cast_fail(r, "Cannot cast '%.*s' to %s: %s", STR_ARG(s), p->to->root == TYPE_INT ? "INT" : type_root_name(p->to->root), integer_reason(s));
    }
    set_number(out, out_row, v);
    return STATUS_OK;
}

static enum status text_to_real(struct cast_run *r, const struct cast_plan *p, const struct vec *in, uint32_t in_row, struct vec *out, uint32_t out_row)
{
    struct str s = blanks_trimmed(strv_str(&VEC_VALUE(in, struct strv, in_row)));
    bool ok = p->to->root == TYPE_FLOAT ? float_parse(s, &VEC_DATA(out, float)[out_row]) : double_parse(s, &VEC_DATA(out, double)[out_row]);
    if (ok) return STATUS_OK;
    return cast_fail(r, "Cannot cast '%.*s' to %s: it is %s", STR_ARG(s), type_root_name(p->to->root), s.size_bytes == 0 ? "empty" : "no number");
}

static enum status text_to_decimal(struct cast_run *r, const struct cast_plan *p, const struct vec *in, uint32_t in_row, struct vec *out, uint32_t out_row)
{
    struct str s = strv_str(&VEC_VALUE(in, struct strv, in_row));
    i128 v;
    if (!decimal_parse(s, p->to->precision, p->to->scale, &v)) return cast_fail(r, "Cannot cast '%.*s' to DECIMAL(%d, %d): it is no number that fits", STR_ARG(s), p->to->precision, p->to->scale);
    return set_decimal(p->to, out, out_row, true, v);
}

cast_fn cast_to_number(const struct type *from, const struct type *to, bool *ret_can_fail)
{
    assert(type_is_numeric(to) || to->root == TYPE_BOOLEAN);
    const struct pair *p = pair_find(from, to);
    bool real = from->root == TYPE_FLOAT || from->root == TYPE_DOUBLE;
    *ret_can_fail = type_is_text(from) || (real && to->root == TYPE_DECIMAL);
    if (p != NULL) return p->fn;
    if (type_is_text(from)) {
        if (to->root == TYPE_BOOLEAN) return text_to_bool;
        return to->root == TYPE_DECIMAL ? text_to_decimal : type_is_integer(to) ? text_to_integer : text_to_real;
    }
    if (to->root == TYPE_DECIMAL) return real ? real_to_decimal : from->root == TYPE_DECIMAL ? decimal_to_decimal : integer_to_decimal;
    if (from->root == TYPE_DECIMAL) return decimal_to_number;
    return to->root == TYPE_BOOLEAN ? number_to_bool : bool_to_number;
}

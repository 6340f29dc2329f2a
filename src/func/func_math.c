/* SPDX-License-Identifier: Apache-2.0 */
/*
 * func_math: the transcendental functions, all over DOUBLE, and BIN, HEX, UNHEX.
 *
 * Arguments of any numeric type are cast to DOUBLE. What has no value is NaN or an infinity, never an
 * error, as in Java.
 */
#include "func/kernel.h"

#include <assert.h>
#include <math.h>

#define LN_2 0.6931471805599453
#define PI_VALUE 3.141592653589793
#define E_VALUE 2.718281828459045
#define DEGREES_PER_RADIAN 57.29577951308232
#define RADIANS_PER_DEGREE 0.017453292519943295

static enum status bind_doubles(struct func_bind *b, kernel_fn kernel)
{
    const struct type *t = type_simple(b->types, TYPE_DOUBLE, true);
    if (t == NULL) return error_no_memory(b->error, sizeof *t);
    for (uint32_t i = 0; i < b->arg_count; i++) {
        const struct type *from = b->args[i]->type;
        if (!type_is_numeric(from) && from->root != TYPE_NULL) return bind_wrong_types(b);
        TRY(bind_cast_arg(b, i, t));
    }
    b->impl.kernel = kernel;
    b->type = type_simple(b->types, TYPE_DOUBLE, bind_any_nullable(b));
    return b->type == NULL ? error_no_memory(b->error, sizeof *b->type) : STATUS_OK;
}

#define MATH(name, expression)                                                                                         \
    static enum status name##_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)        \
    {                                                                                                                  \
        (void)c;                                                                                                       \
        double x = ARG(args[0], double, row);                                                                          \
        VEC_DATA(out, double)[row] = (expression);                                                                     \
        return STATUS_OK;                                                                                              \
    }                                                                                                                  \
    KERNEL(name)                                                                                                       \
    static enum status bind_##name(struct func_bind *b) { return bind_doubles(b, name##_kernel); }

#define MATH2(name, expression)                                                                                        \
    static enum status name##_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)        \
    {                                                                                                                  \
        (void)c;                                                                                                       \
        double x = ARG(args[0], double, row), y = ARG(args[1], double, row);                                           \
        VEC_DATA(out, double)[row] = (expression);                                                                     \
        return STATUS_OK;                                                                                              \
    }                                                                                                                  \
    KERNEL(name)                                                                                                       \
    static enum status bind_##name(struct func_bind *b) { return bind_doubles(b, name##_kernel); }

/* Java's pow differs from C's where the base is 1 or -1 and the exponent NaN or infinite. */
static double java_pow(double x, double y)
{
    if (y == 0) return 1;
    if (isnan(x) || isnan(y)) return (double)NAN;
    if (fabs(x) == 1 && isinf(y)) return (double)NAN;
    return pow(x, y);
}

/* Flink computes a power: of a negative zero that is zero, of a negative infinity an infinity. */
MATH(sqrt, isinf(x) ? (double)INFINITY : sqrt(x) + 0.0)
MATH(exp, exp(x))
MATH(ln, log(x))
MATH(log10, log10(x))
MATH(log2, log(x) / LN_2)
MATH(sin, sin(x))
MATH(cos, cos(x))
MATH(tan, tan(x))
MATH(cot, 1.0 / tan(x))
MATH(asin, asin(x))
MATH(acos, acos(x))
MATH(atan, atan(x))
MATH(sinh, sinh(x))
MATH(cosh, cosh(x))
MATH(tanh, tanh(x))
MATH(degrees, x *DEGREES_PER_RADIAN)
MATH(radians, x *RADIANS_PER_DEGREE)
MATH2(power, java_pow(x, y))
MATH2(atan2, atan2(x, y))
MATH2(log_base, log(y) / log(x))

static enum status bind_log(struct func_bind *b) { return b->arg_count == 1 ? bind_ln(b) : bind_log_base(b); }

static enum status pi_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    (void)c, (void)args;
    VEC_DATA(out, double)[row] = PI_VALUE;
    return STATUS_OK;
}
KERNEL(pi)
static enum status bind_pi(struct func_bind *b) { return bind_doubles(b, pi_kernel); }

static enum status e_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    (void)c, (void)args;
    VEC_DATA(out, double)[row] = E_VALUE;
    return STATUS_OK;
}
KERNEL(e)
static enum status bind_e(struct func_bind *b) { return bind_doubles(b, e_kernel); }

/* ---- BIN, HEX, UNHEX ---------------------------------------------------------------------- */

static void append_base2(struct buf *out, uint64_t v, uint32_t bits)
{
    static const char digits[] = "0123456789ABCDEF";
    uint32_t shift = 64 - 64 % bits;
    if (shift == 64) shift -= bits;
    while (shift > 0 && v >> shift == 0) shift -= bits;
    for (;; shift -= bits) {
        buf_char(out, digits[v >> shift & ((1u << bits) - 1)]);
        if (shift == 0) break;
    }
}

static enum status bin_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    buf_reset(c->text);
    append_base2(c->text, (uint64_t)arg_long(args[0], row), 1);
    return set_text(c, out, row);
}
KERNEL(bin)
BIND(bin, "l", RESULT_STRING)

static enum status hex_number_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    buf_reset(c->text);
    append_base2(c->text, (uint64_t)arg_long(args[0], row), 4);
    return set_text(c, out, row);
}
KERNEL(hex_number)

static enum status hex_text_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    struct str s = arg_str(args[0], row);
    buf_reset(c->text);
    for (size_t i = 0; i < s.size_bytes; i++) buf_format(c->text, "%02X", (unsigned char)s.at[i]);
    return set_text(c, out, row);
}
KERNEL(hex_text)

static enum status bind_hex(struct func_bind *b)
{
    bool text = type_is_text(b->args[0]->type) || type_is_bytes(b->args[0]->type);
    return text ? bind_form(b, "s", RESULT_STRING, hex_text_kernel) : bind_form(b, "l", RESULT_STRING, hex_number_kernel);
}

static int hex_value(char ch)
{
    if (ch >= '0' && ch <= '9') return ch - '0';
    if (ch >= 'a' && ch <= 'f') return ch - 'a' + 10;
    return ch >= 'A' && ch <= 'F' ? ch - 'A' + 10 : -1;
}

/* An odd count of digits counts as if a zero stood first; a foreign character gives NULL. */
static enum status unhex_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    struct str s = arg_str(args[0], row);
    size_t at = 0;
    buf_reset(c->text);
    /* Of an odd number of digits the first must be one, but Flink makes a zero byte of it. */
    if (s.size_bytes % 2 == 1) {
        if (hex_value(s.at[at++]) < 0) return set_null(out, row);
        buf_char(c->text, '\0');
    }
    while (at < s.size_bytes) {
        int high = hex_value(s.at[at++]);
        int low = hex_value(s.at[at++]);
        if (high < 0 || low < 0) return set_null(out, row);
        buf_char(c->text, (char)(high * 16 + low));
    }
    return set_text(c, out, row);
}
KERNEL(unhex)
BIND(unhex, "s", RESULT_BYTES_NULL)

#define F1(sql, name, text, sample) ROW_OF(sql, 1, 1, FUNC_TYPED_ARGS, name, sql "(x <NUMERIC>) -> DOUBLE", text, sample)
static const struct func rows[] = {
    ROW_OF("POWER", 2, 2, FUNC_TYPED_ARGS, power, "POWER(x <NUMERIC>, y <NUMERIC>) -> DOUBLE", "x to the power of y.", "POWER(2, 3) = 8.0"),
    F1("SQRT", sqrt, "The square root.", "SQRT(4) = 2.0"),
    F1("EXP", exp, "e to the power of x.", "EXP(0) = 1.0"),
    F1("LN", ln, "The natural logarithm.", "LN(1) = 0.0"),
    F1("LOG10", log10, "The logarithm to base 10.", "LOG10(100) = 2.0"),
    F1("LOG2", log2, "The logarithm to base 2.", "LOG2(8) = 3.0"),
    ROW_OF("LOG", 1, 2, FUNC_TYPED_ARGS, log, "LOG([base,] x <NUMERIC>) -> DOUBLE", "The natural logarithm, or that to a base.", "LOG(2, 8) = 3.0"),
    F1("SIN", sin, "The sine.", "SIN(0) = 0.0"),
    F1("COS", cos, "The cosine.", "COS(0) = 1.0"),
    F1("TAN", tan, "The tangent.", "TAN(0) = 0.0"),
    F1("COT", cot, "The cotangent.", "COT(1) = 0.6420926159343306"),
    F1("ASIN", asin, "The arc sine.", "ASIN(0) = 0.0"),
    F1("ACOS", acos, "The arc cosine.", "ACOS(1) = 0.0"),
    F1("ATAN", atan, "The arc tangent.", "ATAN(0) = 0.0"),
    ROW_OF("ATAN2", 2, 2, FUNC_TYPED_ARGS, atan2, "ATAN2(y <NUMERIC>, x <NUMERIC>) -> DOUBLE", "The angle of the point (x, y).", "ATAN2(0, 1) = 0.0"),
    F1("SINH", sinh, "The hyperbolic sine.", "SINH(0) = 0.0"),
    F1("COSH", cosh, "The hyperbolic cosine.", "COSH(0) = 1.0"),
    F1("TANH", tanh, "The hyperbolic tangent.", "TANH(0) = 0.0"),
    F1("DEGREES", degrees, "Radians as degrees.", "DEGREES(0) = 0.0"),
    F1("RADIANS", radians, "Degrees as radians.", "RADIANS(180) = 3.141592653589793"),
    ROW_OF("PI", 0, 0, FUNC_DEFAULT, pi, "PI() -> DOUBLE", "The constant pi.", "PI() = 3.141592653589793"),
    ROW_OF("E", 0, 0, FUNC_DEFAULT, e, "E() -> DOUBLE", "The constant e.", "E() = 2.718281828459045"),
    ROW_OF("BIN", 1, 1, FUNC_TYPED_ARGS, bin, "BIN(n <INTEGER>) -> STRING", "The binary digits.", "BIN(5) = '101'"),
    ROW_OF("HEX", 1, 1, FUNC_TYPED_ARGS, hex, "HEX(n <INTEGER> | s STRING) -> STRING", "The hexadecimal digits of a number or of a text's bytes.", "HEX(255) = 'FF'"),
    ROW_OF("UNHEX", 1, 1, FUNC_DEFAULT, unhex, "UNHEX(s STRING) -> BYTES", "The bytes of hexadecimal digits; NULL when it has others.", "UNHEX('61') = X'61'"),
};

FAMILY(math, rows);

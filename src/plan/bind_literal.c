/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bind_literal: written constants to typed values, with exactly the types Flink gives them:
 * 'abc' is CHAR(3) NOT NULL, 12 INT, 1.50 DECIMAL(3, 2), 1e3 DOUBLE, a timestamp has as many
 * fraction digits as were written. Interval literals are parsed by their units here.
 */
#include "plan/bind.h"

#include "type/decimal.h"
#include "type/number.h"
#include "type/timestamp.h"

#include <assert.h>
#include <math.h>

static enum status no_memory(struct binder *b) { return error_no_memory(b->rel.error, sizeof(struct expr)); }

/* A literal with one value of the type; *ret_vec is where the value goes. */
static enum status literal_new(struct binder *b, const struct type *t, struct vec **ret_vec) {
    if (t == NULL) return no_memory(b);
    TRY(vec_new(b->rel.arena, b->rel.arena, t, 1, ret_vec));
    return STATUS_OK;
}

static enum status literal_done(struct binder *b, const struct vec *v, struct expr **ret) {
    *ret = expr_literal(b->rel.arena, v, 0, v->type);
    return *ret == NULL ? no_memory(b) : STATUS_OK;
}

static enum status bad_literal(struct binder *b, const struct ast_expr *e, const char *what, const char *form) {
    error_at(b->rel.error, STATUS_INVALID, e->span, "'%.*s' is no %s", STR_ARG(e->text), what);
    return error_hint(b->rel.error, "Write %s", form);
}

static enum status out_of_range(struct binder *b, const struct ast_expr *e) {
    error_at(b->rel.error, STATUS_INVALID, e->span, "The number %.*s is out of range for a literal", STR_ARG(e->text));
    return error_hint(b->rel.error, "Write CAST('%.*s' AS DECIMAL(p, s))", STR_ARG(e->text));
}

/* As Calcite has it: the digits without the point must fit 64 bits. */
static enum status decimal_literal(struct binder *b, const struct ast_expr *e, bool negative, int32_t precision, int32_t scale, struct expr **ret) {
    i128 value = 0;
    bool fits = precision <= TYPE_DECIMAL_PRECISION_MAX;
    if (fits && !decimal_parse_strict(e->text, precision, scale, &value)) return bad_literal(b, e, "DECIMAL", "12.34");
    if (negative) value = -value;
    if (!fits || value < INT64_MIN || value > INT64_MAX) { /* Flink's literals have 64 bits, whatever their scale */
        error_at(b->rel.error, STATUS_LIMIT, e->span, "The number %.*s is out of range for a literal", STR_ARG(e->text));
        return error_hint(b->rel.error, "Write CAST('...' AS DECIMAL(38, s))");
    }
    struct vec *v = NULL;
    const struct type *t = type_decimal(b->rel.types, precision, scale, false);
    TRY(literal_new(b, t, &v));
    if (t->phys == PHYS_I128) VEC_DATA(v, i128)[0] = value;
    else VEC_DATA(v, int64_t)[0] = (int64_t)value;
    return literal_done(b, v, ret);
}

static enum status integer_literal(struct binder *b, const struct ast_expr *e, bool negative, struct expr **ret) {
    struct str text = e->text;
    while (text.size_bytes > 1 && text.at[0] == '0') text = (struct str){text.at + 1, text.size_bytes - 1};
    i128 value = 0;
    if (text.size_bytes > 20 || !decimal_parse_strict(text, 38, 0, &value)) {
        return out_of_range(b, e);
    }
    if (negative) value = -value;
    if (value < INT64_MIN || value > INT64_MAX) return out_of_range(b, e);
    enum type_root root = value >= INT32_MIN && value <= INT32_MAX ? TYPE_INT : TYPE_BIGINT;
    const struct type *t = type_simple(b->rel.types, root, false);
    *ret = t == NULL ? NULL : expr_i64(b->rel.arena, t, (int64_t)value);
    return *ret == NULL ? no_memory(b) : STATUS_OK;
}

static enum status exact_literal(struct binder *b, const struct ast_expr *e, bool negative, struct expr **ret) {
    const char *dot = memchr(e->text.at, '.', e->text.size_bytes);
    assert(dot != NULL);
    size_t whole = (size_t)(dot - e->text.at);
    size_t scale = e->text.size_bytes - whole - 1;
    if (scale > 0) return decimal_literal(b, e, negative, (int32_t)(e->text.size_bytes - 1), (int32_t)scale, ret);
    struct ast_expr integer = *e; /* "1." is an integer */
    integer.text.size_bytes = whole;
    return integer_literal(b, &integer, negative, ret);
}

static enum status double_literal(struct binder *b, const struct ast_expr *e, bool negative, struct expr **ret) {
    struct vec *v = NULL;
    double d = 0;
    if (!double_parse(e->text, &d)) return bad_literal(b, e, "DOUBLE", "1.5e3");
    if (isinf(d)) return out_of_range(b, e);
    TRY(literal_new(b, type_simple(b->rel.types, TYPE_DOUBLE, false), &v));
    VEC_DATA(v, double)[0] = negative ? 0.0 - d : d; /* a literal has no negative zero */
    return literal_done(b, v, ret);
}

/* UTF-16 units, as in Java, count for CHAR(n). */
static int32_t text_length(struct str s) {
    int32_t n = 0;
    for (size_t i = 0; i < s.size_bytes; i++) n += (((unsigned char)s.at[i] & 0xc0) != 0x80) + ((unsigned char)s.at[i] >= 0xf0);
    return n;
}

struct expr *bind_text(struct binder *b, struct str text) {
    const struct type *t = type_text(b->rel.types, TYPE_CHAR, text_length(text), false);
    return t == NULL ? NULL : expr_str(b->rel.arena, t, text);
}

static enum status bytes_literal(struct binder *b, const struct ast_expr *e, struct expr **ret) {
    const struct type *t = type_text(b->rel.types, TYPE_BINARY, (int32_t)e->text.size_bytes, false);
    *ret = t == NULL ? NULL : expr_str(b->rel.arena, t, e->text);
    return *ret == NULL ? no_memory(b) : STATUS_OK;
}

static int32_t fraction_digits(struct str s) {
    const char *dot = memchr(s.at, '.', s.size_bytes);
    if (dot == NULL) return 0;
    int32_t n = (int32_t)(s.at + s.size_bytes - dot) - 1;
    return n > 9 ? 9 : n;
}

static enum status timestamp_literal(struct binder *b, const struct ast_expr *e, struct expr **ret) {
    bool local = e->literal == AST_TIMESTAMP_LTZ;
    int32_t p = fraction_digits(e->text);
    struct ts t;
    struct str text = e->text;
    const char *dot = memchr(text.at, '.', text.size_bytes);
    if (dot != NULL) /* digits after the ninth are cut off */
        while (text.at + text.size_bytes > dot + 10 && text.at[text.size_bytes - 1] >= '0' && text.at[text.size_bytes - 1] <= '9') text.size_bytes--;
    if (!ts_parse(text, p, &t)) return bad_literal(b, e, "TIMESTAMP", "TIMESTAMP '2024-01-31 12:34:56.789'");
    if (local) t = zone_to_utc(b->session->eval.zone, t);
    struct vec *v = NULL;
    TRY(literal_new(b, type_time(b->rel.types, local ? TYPE_TIMESTAMP_LTZ : TYPE_TIMESTAMP, p, false), &v));
    vec_set_ts(v, 0, t);
    return literal_done(b, v, ret);
}

enum { DATE_FIRST = -719162 }; /* 1 January of year 1 */

static enum status date_literal(struct binder *b, const struct ast_expr *e, struct expr **ret) {
    int32_t value = 0;
    bool date = e->literal == AST_DATE;
    int32_t p = date ? 0 : fraction_digits(e->text);
    if (date && (!date_parse(e->text, &value) || value < DATE_FIRST)) return bad_literal(b, e, "DATE", "DATE '2024-01-31'");
    const char *colon = date ? NULL : memchr(e->text.at, ':', e->text.size_bytes);
    bool seconds = date || (colon != NULL && memchr(colon + 1, ':', (size_t)(e->text.at + e->text.size_bytes - colon) - 1) != NULL);
    if (!date && (!seconds || !time_parse(e->text, p > 3 ? 3 : p, &value))) return bad_literal(b, e, "TIME", "TIME '12:34:56'");
    const struct type *t = date ? type_simple(b->rel.types, TYPE_DATE, false) : type_time(b->rel.types, TYPE_TIME, p > 3 ? 3 : p, false);
    *ret = t == NULL ? NULL : expr_i64(b->rel.arena, t, value);
    return *ret == NULL ? no_memory(b) : STATUS_OK;
}

enum status bind_literal(struct expr_scope *s, const struct ast_expr *e, bool negative, struct expr **ret) {
    struct binder *b = s->binder;
    switch (e->literal) {
    case AST_NULL: *ret = expr_null(b->rel.arena, type_null(b->rel.types)); break;
    case AST_TRUE:
    case AST_FALSE: *ret = expr_bool(b->rel.arena, b->rel.types, e->literal == AST_TRUE); break;
    case AST_UNKNOWN: *ret = expr_null(b->rel.arena, type_simple(b->rel.types, TYPE_BOOLEAN, true)); break;
    case AST_INTEGER: return integer_literal(b, e, negative, ret);
    case AST_DECIMAL: return exact_literal(b, e, negative, ret);
    case AST_APPROX: return double_literal(b, e, negative, ret);
    case AST_STRING: *ret = bind_text(b, e->text); break;
    case AST_BYTES: return bytes_literal(b, e, ret);
    case AST_DATE:
    case AST_TIME: return date_literal(b, e, ret);
    case AST_TIMESTAMP:
    case AST_TIMESTAMP_LTZ: return timestamp_literal(b, e, ret);
    case AST_SYMBOL: *ret = bind_text(b, e->text); break;
    }
    return *ret == NULL ? no_memory(b) : STATUS_OK;
}

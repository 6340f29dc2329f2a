/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the function tests share: an expression written as calls over literals is bound, evaluated
 * and printed, and compared with the value and the type that real Flink gave.
 *
 *   UPPER('abc')   `LIKE`('abc', 'a%')   ARRAY[1, 2]   CAST(NULL AS INT)   TIMESTAMP '2024-01-01 00:00:00'
 *
 * Operators are called by name in back-ticks. It is no SQL parser: the SQL suite tests that.
 */
#ifndef WEIR_TEST_UNIT_FUNC_EXPRESSION_H
#define WEIR_TEST_UNIT_FUNC_EXPRESSION_H

#include "base/alloc.h"
#include "func/eval.h"
#include "func/func.h"
#include "vec/value.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit/unit.h"

struct expected {
    const char *expression;
    const char *value; /* as Row.toString shows it; NULL: an error */
    const char *type;  /* as it is in a summary; NULL: an error */
};

struct reader {
    struct arena *arena;
    struct types *types;
    struct eval_context context;
    const char *at;
    struct error error;
};

static struct expr *read_expression(struct reader *r);

static void skip_blanks(struct reader *r)
{
    while (*r->at == ' ') r->at++;
}

static bool take(struct reader *r, const char *text)
{
    skip_blanks(r);
    size_t n = strlen(text);
    if (strncmp(r->at, text, n) != 0) return false;
    r->at += n;
    return true;
}

static bool take_word(struct reader *r, const char *word)
{
    skip_blanks(r);
    size_t n = strlen(word);
    if (strncmp(r->at, word, n) != 0 || isalnum((unsigned char)r->at[n]) || r->at[n] == '_' || r->at[n] == '(') return false;
    r->at += n;
    return true;
}

static int32_t read_int(struct reader *r)
{
    char *end;
    long v = strtol(r->at, &end, 10);
    r->at = end;
    return (int32_t)v;
}

/* (n) behind a type's name. */
static int32_t read_length(struct reader *r, int32_t otherwise)
{
    if (!take(r, "(")) return otherwise;
    int32_t n = read_int(r);
    assert_true(take(r, ")"));
    return n;
}

static const struct type *read_type(struct reader *r)
{
    struct types *t = r->types;
    static const struct {
        const char *name;
        enum type_root root;
    } simple[] = {{"INT", TYPE_INT}, {"BIGINT", TYPE_BIGINT}, {"TINYINT", TYPE_TINYINT}, {"SMALLINT", TYPE_SMALLINT},
                  {"DOUBLE", TYPE_DOUBLE}, {"FLOAT", TYPE_FLOAT}, {"BOOLEAN", TYPE_BOOLEAN}, {"DATE", TYPE_DATE}};
    for (size_t i = 0; i < sizeof simple / sizeof simple[0]; i++) {
        if (take_word(r, simple[i].name)) return type_simple(t, simple[i].root, true);
    }
    if (take_word(r, "STRING")) return type_string(t, true);
    if (take(r, "VARCHAR")) return type_text(t, TYPE_VARCHAR, read_length(r, TYPE_LENGTH_MAX), true);
    if (take(r, "VARBINARY")) return type_text(t, TYPE_VARBINARY, read_length(r, TYPE_LENGTH_MAX), true);
    if (take(r, "TIMESTAMP_LTZ")) return type_time(t, TYPE_TIMESTAMP_LTZ, read_length(r, 6), true);
    if (take(r, "TIMESTAMP")) return type_time(t, TYPE_TIMESTAMP, read_length(r, 6), true);
    if (take(r, "DECIMAL(")) {
        int32_t precision = read_int(r);
        assert_true(take(r, ","));
        int32_t scale = read_int(r);
        assert_true(take(r, ")"));
        return type_decimal(t, precision, scale, true);
    }
    if (take(r, "ARRAY<")) {
        const struct type *e = read_type(r);
        assert_true(take(r, ">"));
        return type_array(t, e, true);
    }
    if (take(r, "MAP<")) {
        const struct type *k = read_type(r);
        assert_true(take(r, ","));
        const struct type *v = read_type(r);
        assert_true(take(r, ">"));
        return type_map(t, k, v, true);
    }
    fail_msg("unknown type at '%s'", r->at);
    return NULL;
}

/* The text between quotes; '' is a quote. */
static struct str read_quoted(struct reader *r)
{
    char *text = arena_alloc(r->arena, strlen(r->at) + 1);
    size_t n = 0;
    assert_true(take(r, "'"));
    while (*r->at != '\0') {
        if (*r->at == '\'' && r->at[1] != '\'') break;
        if (*r->at == '\'') r->at++;
        text[n++] = *r->at++;
    }
    r->at++;
    return (struct str){text, n};
}

static int32_t java_length(struct str s)
{
    int32_t n = 0;
    for (size_t i = 0; i < s.size_bytes; i++) {
        unsigned char b = (unsigned char)s.at[i];
        n += (b & 0xc0) == 0x80 ? 0 : b >= 0xf0 ? 2 : 1;
    }
    return n;
}

static struct expr *text_literal(struct reader *r, struct str s)
{
    int32_t n = java_length(s);
    return expr_str(r->arena, type_text(r->types, TYPE_CHAR, n > 0 ? n : 1, false), s);
}

static struct expr *bytes_literal(struct reader *r)
{
    struct str hex = read_quoted(r);
    char *bytes = arena_alloc(r->arena, hex.size_bytes);
    for (size_t i = 0; i + 1 < hex.size_bytes; i += 2) {
        char pair[3] = {hex.at[i], hex.at[i + 1], 0};
        bytes[i / 2] = (char)strtol(pair, NULL, 16);
    }
    size_t n = hex.size_bytes / 2;
    return expr_str(r->arena, type_text(r->types, TYPE_BINARY, n > 0 ? (int32_t)n : 1, false), (struct str){bytes, n});
}

static struct expr *cast_to(struct reader *r, struct expr *e, const struct type *t)
{
    struct expr *cast = NULL;
    const struct type *target = type_nullable(r->types, t, e->type->nullable);
    if (e->kind == EXPR_LITERAL && e->type->root == TYPE_NULL) return expr_null(r->arena, type_nullable(r->types, t, true));
    enum status s = func_cast(r->arena, r->types, &r->context, e, target, false, (struct span){0}, &cast, &r->error);
    return s == STATUS_OK ? cast : NULL;
}

static struct expr *number_literal(struct reader *r)
{
    char *end;
    const char *begin = r->at;
    long long v = strtoll(begin, &end, 10);
    if (*end != '.') {
        r->at = end;
        bool small = v >= INT32_MIN && v <= INT32_MAX;
        return expr_i64(r->arena, type_simple(r->types, small ? TYPE_INT : TYPE_BIGINT, false), v);
    }
    const char *point = end;
    (void)strtoll(end + 1, &end, 10);
    r->at = end;
    int32_t digits = (int32_t)(end - begin) - 1, scale = (int32_t)(end - point) - 1;
    return cast_to(r, text_literal(r, (struct str){begin, (size_t)(end - begin)}), type_decimal(r->types, digits, scale, false));
}

static struct expr *time_literal(struct reader *r, const struct type *t) { return cast_to(r, text_literal(r, read_quoted(r)), t); }

static struct expr *timestamp_literal(struct reader *r)
{
    struct str s = read_quoted(r);
    const char *point = memchr(s.at, '.', s.size_bytes);
    int32_t precision = point == NULL ? 0 : (int32_t)(s.at + s.size_bytes - point) - 1;
    return cast_to(r, text_literal(r, s), type_time(r->types, TYPE_TIMESTAMP, precision, false));
}

static struct expr *read_call(struct reader *r, const char *name, const char *close)
{
    struct expr *args[32];
    uint32_t count = 0;
    while (!take(r, close)) {
        assert_in_range(count, 0, 31);
        args[count] = read_expression(r);
        if (args[count++] == NULL) return NULL;
        (void)take(r, ",");
    }
    const struct func *f = func_find(str_of(name));
    if (f == NULL) fail_msg("no function '%s'", name);
    struct expr *call = NULL;
    enum status s = func_call(r->arena, r->types, &r->context, f, (struct span){0}, args, count, &call, &r->error);
    return s == STATUS_OK ? call : NULL;
}

static struct expr *read_cast(struct reader *r)
{
    struct expr *e = read_expression(r);
    assert_true(take(r, "AS"));
    const struct type *t = read_type(r);
    assert_true(take(r, ")"));
    return e == NULL ? NULL : cast_to(r, e, t);
}

static struct expr *read_name(struct reader *r)
{
    char name[64];
    size_t n = 0;
    bool quoted = *r->at == '`';
    if (quoted) r->at++;
    while (quoted ? *r->at != '`' : (isalnum((unsigned char)*r->at) || *r->at == '_')) name[n++] = *r->at++;
    name[n] = '\0';
    if (quoted) r->at++;
    if (take(r, "(")) return read_call(r, name, ")");
    fail_msg("cannot read '%s' before '%s'", name, r->at);
    return NULL;
}

static struct expr *read_primary(struct reader *r)
{
    skip_blanks(r);
    if (*r->at == '\'') return text_literal(r, read_quoted(r));
    if (*r->at == '-' || isdigit((unsigned char)*r->at)) return number_literal(r);
    if (take(r, "x'")) {
        r->at--;
        return bytes_literal(r);
    }
    if (take_word(r, "NULL")) return expr_null(r->arena, type_null(r->types));
    if (take_word(r, "TRUE") || take_word(r, "true")) return expr_bool(r->arena, r->types, true);
    if (take_word(r, "FALSE") || take_word(r, "false")) return expr_bool(r->arena, r->types, false);
    if (take(r, "DATE '")) return r->at--, time_literal(r, type_simple(r->types, TYPE_DATE, false));
    if (take(r, "TIME '")) return r->at--, time_literal(r, type_simple(r->types, TYPE_TIME, false));
    if (take(r, "TIMESTAMP '")) return r->at--, timestamp_literal(r);
    if (take(r, "CAST(")) return read_cast(r);
    if (take(r, "ARRAY[")) return read_call(r, "ARRAY", "]");
    if (take(r, "MAP[")) return read_call(r, "MAP", "]");
    return read_name(r);
}

static struct expr *read_expression(struct reader *r)
{
    struct expr *e = read_primary(r);
    while (e != NULL && take(r, "[")) {
        struct expr *args[2] = {e, read_expression(r)};
        assert_true(take(r, "]"));
        struct expr *item = NULL;
        if (args[1] == NULL) return NULL;
        enum status s = func_call(r->arena, r->types, &r->context, func_find(STR("ITEM")), (struct span){0}, args, 2, &item, &r->error);
        e = s == STATUS_OK ? item : NULL;
    }
    return e;
}

/* false: an error, whose message is in r->error. */
static bool evaluate(struct reader *r, const char *text, struct buf *value, struct buf *type)
{
    r->at = text;
    error_clear(&r->error);
    struct expr *e = read_expression(r);
    if (e == NULL) return false;
    skip_blanks(r);
    if (*r->at != '\0') fail_msg("text left over: '%s'", r->at);
    struct vec *v = NULL;
    if (eval_constant(r->arena, e, &r->context, &v, &r->error) != STATUS_OK) return false;
    if (vec_is_null(v, 0)) buf_text(value, "null");
    else value_print_java(value, v, 0);
    type_summary(type, e->type);
    return true;
}

static bool same(const struct buf *b, const char *text) { return str_equal(buf_view(b), str_of(text)); }

/* One line per difference, so that a run shows all of them. */
static bool check_one(struct reader *r, const struct expected *x)
{
    struct buf value = BUF_INIT, type = BUF_INIT;
    bool ok = evaluate(r, x->expression, &value, &type);
    bool good = x->value == NULL ? !ok : ok && same(&value, x->value) && same(&type, x->type);
    if (!good) {
        printf("%s\n  expected %s :: %s\n  found    ", x->expression, x->value == NULL ? "an error" : x->value, x->type == NULL ? "" : x->type);
        if (ok) printf("%.*s :: %.*s\n", (int)value.size_bytes, value.at, (int)type.size_bytes, type.at);
        else printf("error: %s\n", r->error.message);
    }
    buf_deinit(&value);
    buf_deinit(&type);
    return good;
}

static void check_all(const struct expected *table, size_t count)
{
    size_t wrong = 0;
    for (size_t i = 0; i < count; i++) {
        struct reader r = {.arena = arena_new("test", 0)};
        r.types = types_new(r.arena);
        r.context = (struct eval_context){.now_us = INT64_C(1700000000123456), .random_state = {1, 2}, .watermark_ms = INT64_MIN,
                                          .current_catalog = STR("default_catalog"), .current_database = STR("default_database")};
        assert_int_equal(zone_open(r.arena, STR("UTC"), &r.context.zone, &r.error), STATUS_OK);
        wrong += !check_one(&r, &table[i]);
        arena_free(r.arena);
    }
    if (wrong > 0) fail_msg("%zu of %zu expressions differ", wrong, count);
}

#endif

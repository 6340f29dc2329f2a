/* SPDX-License-Identifier: Apache-2.0 */
/*
 * func_bind: what bind functions share: casting arguments, the nullability of results, literals,
 * and the one error for arguments of wrong types.
 */
#include "func/func.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

enum status bind_cast_arg(struct func_bind *b, uint32_t i, const struct type *t) {
    assert(i < b->arg_count);
    const struct type *target = type_nullable(b->types, t, b->args[i]->type->nullable);
    if (target == NULL) return error_no_memory(b->error, sizeof *t);
    return func_cast(b->arena, b->types, b->session, b->args[i], target, false, b->args[i]->span,
                     &b->args[i], b->error);
}

bool bind_any_nullable(const struct func_bind *b) {
    for (uint32_t i = 0; i < b->arg_count; i++) {
        if (b->args[i]->type->nullable) return true;
    }
    return false;
}

static bool any_argument(const struct func_bind *b, bool (*is)(const struct type *)) {
    for (uint32_t i = 0; i < b->arg_count; i++) {
        if (is(b->args[i]->type)) return true;
    }
    return false;
}

static bool is_temporal(const struct type *t) { return type_is_timestamp(t) || t->root == TYPE_DATE || t->root == TYPE_TIME; }

/* x[i]: what may stand there. */
static const char *element_hint(const struct type *t) {
    if (t->root == TYPE_ARRAY) return "An array's elements are numbered from 1: array[1]";
    if (t->root == TYPE_MAP) return "The key needs the type of the map's keys";
    if (type_is_text(t)) return "A part of a text is SUBSTRING(text, start, length)";
    return "Arrays, maps and rows have elements";
}

/* Operators as people write them. */
static struct str written_name(const struct func *f) {
    if (str_equal(f->name, STR("ITEM"))) return STR("[ ]");
    return str_equal(f->name, STR("NEGATE")) ? STR("-") : f->name;
}

/* What is most likely meant by an operator between types that it does not take. */
static const char *operator_hint(const struct func_bind *b) {
    char op = b->func->name.at[0];
    bool number = any_argument(b, type_is_numeric), time = any_argument(b, is_temporal), text = any_argument(b, type_is_text);
    bool compares = op == '=' || op == '<' || op == '>';
    if (compares && time && number) return "A date is written DATE '2024-01-31', a timestamp TIMESTAMP '2024-01-31 10:00:00'";
    if (compares) return "Only like types compare: write a CAST on one side";
    if (str_equal(b->func->name, STR("NOT"))) return "NOT stands before a condition";
    if (str_equal(b->func->name, STR("LIKE"))) return "LIKE compares texts: write CAST(x AS STRING)";
    if (str_equal(b->func->name, STR("ITEM"))) return element_hint(b->args[0]->type);
    if (op == '+' && text) return "Texts are joined by ||";
    if ((op == '+' || op == '-') && time && number) return "Say of what unit: ts + INTERVAL '1' DAY";
    if (op == '-' && time && !text) return "The time between two points is TIMESTAMPDIFF(SECOND, a, b)";
    bool computes = strchr("+-*/%N", op) != NULL;
    return text && computes ? "Write CAST(text AS INT), or another type of number" : NULL;
}

enum status bind_wrong_types(struct func_bind *b) {
    struct buf types = BUF_INIT;
    bool infix = (b->func->flags & FUNC_OPERATOR) != 0;
    for (uint32_t i = 0; i < b->arg_count; i++) {
        if (i > 0) buf_text(&types, infix ? " and " : ", ");
        type_plain(&types, type_nullable(b->types, b->args[i]->type, true));
    }
    error_at(b->error, STATUS_INVALID, b->span, infix ? "'%.*s' does not take %.*s" : "%.*s does not take (%.*s)", STR_ARG(written_name(b->func)),
             (int)types.size_bytes, types.at == NULL ? "" : types.at);
    buf_deinit(&types);
    const char *hint = infix ? operator_hint(b) : NULL;
    error_hint(b->error, "%s%s", hint != NULL ? hint : infix ? "It takes " : "Write ", hint != NULL ? "" : b->func->signature);
    return STATUS_INVALID;
}

bool bind_literal_str(const struct func_bind *b, uint32_t i, struct str *ret) {
    const struct expr *e = b->args[i];
    if (e->kind != EXPR_LITERAL || e->type->phys != PHYS_STRING || vec_is_null(e->value, 0)) return false;
    *ret = strv_str(&VEC_DATA(e->value, struct strv)[0]);
    return true;
}

bool bind_literal_i64(const struct func_bind *b, uint32_t i, int64_t *ret) {
    const struct expr *e = b->args[i];
    bool cast = e->kind == EXPR_CALL && type_is_integer(e->type) && str_equal(e->func->name, STR("CAST")) && type_is_integer(e->args[0]->type);
    if (cast) e = e->args[0]; /* CAST(3 AS TINYINT); what does not fit fails when it runs */
    if (e->kind != EXPR_LITERAL || vec_is_null(e->value, 0)) return false;
    switch (e->type->phys) {
    case PHYS_I8: *ret = VEC_DATA(e->value, int8_t)[0]; return true;
    case PHYS_I16: *ret = VEC_DATA(e->value, int16_t)[0]; return true;
    case PHYS_I32: *ret = VEC_DATA(e->value, int32_t)[0]; return true;
    case PHYS_I64: *ret = VEC_DATA(e->value, int64_t)[0]; return e->type->root != TYPE_DECIMAL;
    default: return false;
    }
}

enum status call_row_error(struct call *c, struct vec *out, uint32_t row, const char *format, ...) {
    char text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (c->row_errors == NULL) return error_at(c->error, STATUS_EVALUATION, c->span, "%s", text);
    if (c->row_errors->count++ == 0) {
        error_clear(&c->row_errors->first);
        error_at(&c->row_errors->first, STATUS_EVALUATION, c->span, "%s", text);
    }
    bits_set(c->row_errors->failed, row);
    vec_set_null(out, row);
    return STATUS_OK;
}

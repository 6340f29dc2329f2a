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

/* <INT> + <STRING> for an operator, F(<INT>, <STRING>) for a function. */
static void call_types(struct buf *out, const struct func_bind *b) {
    bool infix = (b->func->flags & FUNC_OPERATOR) != 0 && b->arg_count == 2;
    if (!infix) buf_format(out, "%.*s(", STR_ARG(b->func->name));
    for (uint32_t i = 0; i < b->arg_count; i++) {
        if (i > 0 && infix) buf_format(out, " %.*s ", STR_ARG(b->func->name));
        if (i > 0 && !infix) buf_text(out, ", ");
        buf_char(out, '<');
        type_plain(out, type_nullable(b->types, b->args[i]->type, true));
        buf_char(out, '>');
    }
    if (!infix) buf_char(out, ')');
}

enum status bind_wrong_types(struct func_bind *b) {
    struct buf types = BUF_INIT;
    call_types(&types, b);
    error_at(b->error, STATUS_INVALID, b->span, "Cannot apply '%.*s' to arguments of type '%.*s'",
             STR_ARG(b->func->name), (int)types.size_bytes, types.at == NULL ? "" : types.at);
    buf_deinit(&types);
    error_hint(b->error, "Supported form(s): %s", b->func->signature);
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

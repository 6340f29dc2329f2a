/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bind_expr: one written expression to one typed one. This file dispatches and does the operators
 * with two or three lines; names, literals, calls and the special forms have their own files.
 * Implicit casts are the business of the function table's bind functions, and of bind_common here.
 */
#include "plan/bind.h"

#include <assert.h>
#include <stdio.h>

enum status bind_unsupported(struct binder *b, struct span span, const char *what) {
    return error_at(b->rel.error, STATUS_UNSUPPORTED, span, "Weir does not run %s yet", what);
}

struct error *bind_error(struct binder *b) {
    if (b->rel.error->status == STATUS_OK) error_no_memory(b->rel.error, 0);
    return b->rel.error;
}

enum status bind_deeper(struct binder *b, struct span span) {
    if (++b->depth <= BIND_DEPTH_MAX) return STATUS_OK;
    return error_at(b->rel.error, STATUS_LIMIT, span, "The statement is nested more than %d deep", BIND_DEPTH_MAX);
}

struct expr *bind_plain(struct binder *b, struct expr *e) {
    if (e->type->time_attr == TIME_ATTR_NONE) return e;
    const struct type *t = type_time_attr(b->rel.types, e->type, TIME_ATTR_NONE);
    return t == NULL ? NULL : expr_retype(b->rel.arena, e, t);
}

enum status bind_named(struct expr_scope *s, const char *name, struct span span, struct expr **args, uint32_t count, struct expr **ret) {
    struct binder *b = s->binder;
    for (uint32_t i = 0; i < count; i++) {
        args[i] = bind_plain(b, args[i]);
        if (args[i] == NULL) return error_no_memory(b->rel.error, sizeof **args);
    }
    const struct func *f = func_find(str_of(name));
    if (f == NULL) return error_at(b->rel.error, STATUS_UNSUPPORTED, span, "Weir does not run %s yet", name);
    return func_call(b->rel.arena, b->rel.types, &b->session->eval, f, span, args, count, ret, b->rel.error);
}

enum status bind_cast(struct expr_scope *s, struct expr *e, const struct type *t, bool try_cast, struct span span, struct expr **ret) {
    struct binder *b = s->binder;
    e = bind_plain(b, e);
    if (e == NULL) return error_no_memory(b->rel.error, sizeof *e);
    return func_cast(b->rel.arena, b->rel.types, &b->session->eval, e, t, try_cast, span, ret, b->rel.error);
}

static void print_types(struct buf *out, struct expr **exprs, uint32_t count) {
    for (uint32_t i = 0; i < count && i < 8; i++) {
        if (i > 0) buf_text(out, ", ");
        type_plain(out, exprs[i]->type);
    }
}

enum status bind_common(struct expr_scope *s, const char *what, struct span span, struct expr **exprs, uint32_t count, const struct type **ret) {
    struct binder *b = s->binder;
    const struct type **types = ARENA_ARRAY(b->rel.arena, const struct type *, count);
    if (types == NULL) return error_no_memory(b->rel.error, count * sizeof *types);
    const struct type *common = NULL;
    for (uint32_t i = 0; i < count; i++) types[i] = type_time_attr(b->rel.types, exprs[i]->type, TIME_ATTR_NONE);
    TRY(type_common(b->rel.types, types, count, &common));
    if (common == NULL) {
        struct buf text = BUF_INIT;
        print_types(&text, exprs, count);
        error_at(b->rel.error, STATUS_INVALID, span, "%s have no common type: %.*s", what, (int)text.size_bytes, text.at == NULL ? "" : text.at);
        buf_deinit(&text);
        return error_hint(b->rel.error, "Write a CAST, so that all have one type");
    }
    for (uint32_t i = 0; i < count; i++) {
        const struct type *t = type_nullable(b->rel.types, common, exprs[i]->type->nullable);
        if (t == NULL) return error_no_memory(b->rel.error, sizeof *t);
        TRY(bind_cast(s, exprs[i], t, false, exprs[i]->span, &exprs[i]));
    }
    *ret = common;
    return STATUS_OK;
}

enum status bind_no_null(struct expr_scope *s, struct expr **args, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        if (args[i]->type->root != TYPE_NULL) continue;
        error_at(s->binder->rel.error, STATUS_INVALID, args[i]->span, "This NULL has no type");
        return error_hint(s->binder->rel.error, "Say of which type it is: CAST(NULL AS INT)");
    }
    return STATUS_OK;
}

static const char *op_name(enum ast_op op) {
    switch (op) {
    case AST_OP_NOT: return "NOT";
    case AST_OP_EQ: return "=";
    case AST_OP_NE: return "<>";
    case AST_OP_LT: return "<";
    case AST_OP_LE: return "<=";
    case AST_OP_GT: return ">";
    case AST_OP_GE: return ">=";
    case AST_OP_ADD: return "+";
    case AST_OP_SUB: return "-";
    case AST_OP_MUL: return "*";
    case AST_OP_DIV: return "/";
    case AST_OP_MOD: return "%";
    case AST_OP_CONCAT: return "||";
    default: return "NEGATE";
    }
}

static enum status bind_logic(struct expr_scope *s, const struct ast_expr *e, struct expr **ret) {
    struct binder *b = s->binder;
    struct expr *args[2];
    for (uint32_t i = 0; i < 2; i++) {
        TRY(bind_expr(s, e->arguments.at[i], &args[i]));
        TRY(bind_no_null(s, &args[i], 1));
        if (args[i]->type->root == TYPE_BOOLEAN) continue;
        struct buf text = BUF_INIT;
        type_plain(&text, args[i]->type);
        error_at(b->rel.error, STATUS_INVALID, ((struct ast_expr *)e->arguments.at[i])->span,
                 "%s needs conditions on both sides, this is a %.*s", e->op == AST_OP_AND ? "AND" : "OR", (int)text.size_bytes, text.at);
        buf_deinit(&text);
        return STATUS_INVALID;
    }
    const struct type *t = type_simple(b->rel.types, TYPE_BOOLEAN, args[0]->type->nullable || args[1]->type->nullable);
    *ret = expr_special(b->rel.arena, e->op == AST_OP_AND ? EXPR_AND : EXPR_OR, t, args, 2);
    return *ret == NULL ? error_no_memory(b->rel.error, sizeof **ret) : STATUS_OK;
}

static enum status bind_binary(struct expr_scope *s, const struct ast_expr *e, struct expr **ret) {
    struct expr *args[2];
    if (e->op == AST_OP_AND || e->op == AST_OP_OR) return bind_logic(s, e, ret);
    TRY(bind_expr(s, e->arguments.at[0], &args[0]));
    TRY(bind_expr(s, e->arguments.at[1], &args[1]));
    if (e->op >= AST_OP_ADD) TRY(bind_no_null(s, args, 2));
    return bind_named(s, op_name(e->op), e->span, args, 2, ret);
}

static enum status bind_unary(struct expr_scope *s, const struct ast_expr *e, struct expr **ret) {
    const struct ast_expr *x = e->arguments.at[0];
    if (e->op == AST_OP_MINUS && x->kind == AST_LITERAL &&
        (x->literal == AST_INTEGER || x->literal == AST_DECIMAL || x->literal == AST_APPROX)) {
        return bind_literal(s, x, true, ret);
    }
    struct expr *arg = NULL;
    TRY(bind_expr(s, x, &arg));
    TRY(bind_no_null(s, &arg, 1));
    if (e->op != AST_OP_PLUS) return bind_named(s, op_name(e->op), e->span, &arg, 1, ret);
    if (!type_is_numeric(arg->type) && !type_is_interval(arg->type)) {
        return error_at(s->binder->rel.error, STATUS_INVALID, e->span, "Unary + needs a number");
    }
    *ret = arg;
    return STATUS_OK;
}

/* A written row is not NULL, whatever stands in it, a bare NULL too. */
static enum status bind_is_null_row(struct expr_scope *s, const struct ast_expr *e, struct expr **ret) {
    const struct ast_expr *row = e->arguments.at[0];
    struct expr *ignored = NULL;
    for (uint32_t i = 0; i < row->arguments.count; i++) TRY(bind_expr(s, row->arguments.at[i], &ignored));
    *ret = expr_bool(s->binder->rel.arena, s->binder->rel.types, e->negated);
    return STATUS_OK;
}

static enum status bind_is(struct expr_scope *s, const struct ast_expr *e, struct expr **ret) {
    struct expr *arg = NULL;
    char name[32];
    const struct ast_expr *row = e->arguments.at[0];
    if (row->kind == AST_ROW && row->query == NULL && str_equal(e->text, STR("NULL"))) return bind_is_null_row(s, e, ret);
    TRY(bind_expr(s, e->arguments.at[0], &arg));
    struct str text = e->text;
    if (str_equal(text, STR("UNKNOWN"))) {
        if (arg->type->root != TYPE_BOOLEAN) return error_at(s->binder->rel.error, STATUS_INVALID, e->span, "IS UNKNOWN needs a BOOLEAN");
        text = STR("NULL");
    }
    if (text.size_bytes > 16) return bind_unsupported(s->binder, e->span, "IS JSON");
    if (text.size_bytes >= 4 && memcmp(text.at, "JSON", 4) == 0) TRY(bind_no_null(s, &arg, 1));
    int n = snprintf(name, sizeof name, "IS %s%.*s", e->negated ? "NOT " : "", STR_ARG(text));
    assert(n > 0 && (size_t)n < sizeof name);
    return bind_named(s, name, e->span, &arg, 1, ret);
}

static enum status bind_dispatch(struct expr_scope *s, const struct ast_expr *e, struct expr **ret) {
    switch (e->kind) {
    case AST_LITERAL: return bind_literal(s, e, false, ret);
    case AST_INTERVAL: return bind_interval(s, e, ret);
    case AST_COLUMN: return bind_column(s, e, ret);
    case AST_CALL: return bind_call(s, e, ret);
    case AST_UNARY: return bind_unary(s, e, ret);
    case AST_BINARY: return bind_binary(s, e, ret);
    case AST_IS: return bind_is(s, e, ret);
    default: return bind_special(s, e, ret);
    }
}

enum status bind_expr(struct expr_scope *s, const struct ast_expr *e, struct expr **ret) {
    assert(e != NULL);
    TRY(bind_deeper(s->binder, e->span));
    enum status status = bind_dispatch(s, e, ret);
    s->binder->depth--;
    if (status != STATUS_OK) return status;
    if (*ret == NULL) return error_no_memory(s->binder->rel.error, sizeof **ret);
    if ((*ret)->span.end == 0) (*ret)->span = e->span;
    return STATUS_OK;
}

enum status bind_condition(struct expr_scope *s, const struct ast_expr *e, struct expr **ret) {
    TRY(bind_expr(s, e, ret));
    if ((*ret)->type->root == TYPE_NULL) *ret = expr_null(s->binder->rel.arena, type_simple(s->binder->rel.types, TYPE_BOOLEAN, true));
    if ((*ret)->type->root == TYPE_BOOLEAN) return STATUS_OK;
    struct buf text = BUF_INIT;
    type_plain(&text, (*ret)->type);
    error_at(s->binder->rel.error, STATUS_INVALID, e->span, "The %s needs a condition, this is a %.*s", s->clause, STR_ARG(buf_view(&text)));
    buf_deinit(&text);
    return error_hint(s->binder->rel.error, "Compare it with something: x > 0, x = 'a', x IS NOT NULL");
}

enum status bind_count(struct binder *b, const struct ast_expr *e, const char *what, int64_t *ret) {
    if (e->kind == AST_LITERAL && e->literal == AST_INTEGER && e->text.size_bytes <= 18) {
        *ret = 0;
        for (size_t i = 0; i < e->text.size_bytes; i++) *ret = *ret * 10 + (e->text.at[i] - '0');
        return STATUS_OK;
    }
    return error_at(b->rel.error, STATUS_INVALID, e->span, "%s needs a number", what);
}

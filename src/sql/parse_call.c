/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parse_call: ordinary calls: arguments (also *, named, DEFAULT, TABLE t, queries), DISTINCT, and
 * what may stand behind an aggregate: WITHIN GROUP, FILTER, IGNORE NULLS, OVER.
 */
#include "sql/parse_internal.h"

#include <assert.h>

static enum status push_expr(struct parser *p, struct list *l) {
    struct ast_expr *e;
    TRY(parse_expr(p, &e));
    return parser_push(p, l, e);
}

/* PARTITION BY a, or (a, b): a list without parentheses would swallow the call's next argument. */
static enum status parse_partition(struct parser *p, struct list *exprs) {
    TRY(parser_expect(p, KW_BY));
    if (!parser_accept_symbol(p, SYM_LPAREN)) return push_expr(p, exprs);
    TRY(parse_expr_list(p, exprs));
    return parser_expect_symbol(p, SYM_RPAREN);
}

static enum status parse_argument_order(struct parser *p, struct list *order) {
    TRY(parser_expect(p, KW_BY));
    if (parser_accept_symbol(p, SYM_LPAREN)) {
        TRY(parse_order_list(p, order));
        return parser_expect_symbol(p, SYM_RPAREN);
    }
    struct ast_order *o = PARSER_NEW(p, struct ast_order);
    if (o == NULL) return STATUS_NO_MEMORY;
    uint32_t begin = parser_begin(p);
    TRY(parse_expr(p, &o->expr));
    o->descending = parser_accept(p, KW_DESC);
    if (!o->descending) (void)parser_accept(p, KW_ASC);
    o->span = parser_span(p, begin);
    return parser_push(p, order, o);
}

static enum status parse_table_argument_tail(struct parser *p, struct ast_expr *e, uint32_t begin) {
    if (parser_accept(p, KW_PARTITION)) TRY(parse_partition(p, &e->partition_by));
    if (parser_accept(p, KW_ORDER)) TRY(parse_argument_order(p, &e->order_by));
    expr_close(p, e, begin);
    return STATUS_OK;
}

/* TABLE t [PARTITION BY ...] [ORDER BY ...]. */
static enum status parse_table_argument(struct parser *p, struct ast_expr **ret_expr) {
    uint32_t begin = parser_begin(p);
    struct ast_expr *e;
    TRY(expr_new(p, AST_TABLE_ARGUMENT, &e));
    parser_next(p);
    TRY(parse_name(p, "a table", false, &e->name));
    *ret_expr = e;
    return parse_table_argument_tail(p, e, begin);
}

/* (SELECT ...) [PARTITION BY ...]: a table argument when one of these follows, else a sub-query. */
static enum status parse_value_argument(struct parser *p, struct ast_expr **ret_expr) {
    uint32_t begin = parser_begin(p);
    if (parser_is_query_start(p)) {
        TRY(expr_new(p, AST_SUBQUERY, ret_expr));
        TRY(parse_query(p, &(*ret_expr)->query));
        expr_close(p, *ret_expr, begin);
        return STATUS_OK;
    }
    TRY(parse_expr(p, ret_expr));
    if ((*ret_expr)->kind != AST_SUBQUERY || !(parser_is(p, KW_PARTITION))) return STATUS_OK;
    (*ret_expr)->kind = AST_TABLE_ARGUMENT;
    return parse_table_argument_tail(p, *ret_expr, begin);
}

static enum status parse_unnamed_argument(struct parser *p, struct ast_expr **ret_expr) {
    if (parser_is_symbol(p, SYM_STAR)) {
        TRY(expr_new(p, AST_STAR, ret_expr));
        parser_next(p);
        return STATUS_OK;
    }
    if (parser_is(p, KW_DEFAULT)) {
        TRY(expr_new(p, AST_DEFAULT, ret_expr));
        parser_next(p);
        return STATUS_OK;
    }
    if (parser_is(p, KW_MODEL) && parser_is_name(p, 1)) {
        return parser_unsupported(p, parser_token(p)->span, "A MODEL argument");
    }
    if (parser_is(p, KW_TABLE)) return parse_table_argument(p, ret_expr);
    return parse_value_argument(p, ret_expr);
}

static enum status parse_argument(struct parser *p, struct list *arguments) {
    const struct token *t = parser_token(p);
    uint32_t begin = parser_begin(p);
    struct ast_expr *e, *value;
    bool word = t->kind == TOKEN_WORD || t->kind == TOKEN_QUOTED_NAME;
    if (!word || !parser_ahead_is_symbol(p, 1, SYM_ARROW)) {
        TRY(parse_unnamed_argument(p, &e));
        return parser_push(p, arguments, e);
    }
    TRY(expr_new(p, AST_NAMED_ARGUMENT, &e));
    e->text = t->text;
    parser_next(p);
    parser_next(p);
    TRY(parse_unnamed_argument(p, &value));
    TRY(parser_push(p, &e->arguments, value));
    expr_close(p, e, begin);
    return parser_push(p, arguments, e);
}

static enum status parse_null_treatment(struct parser *p, struct ast_expr *call, bool *ret_found) {
    bool ignore = parser_is(p, KW_IGNORE), respect = parser_is(p, KW_RESPECT);
    *ret_found = (ignore || respect) && parser_ahead_is(p, 1, KW_NULLS);
    if (!*ret_found) return STATUS_OK;
    call->ignore_nulls = ignore;
    call->respect_nulls = respect;
    parser_next(p);
    parser_next(p);
    return STATUS_OK;
}

static enum status parse_arguments(struct parser *p, struct ast_expr *call) {
    bool found;
    if (parser_accept_symbol(p, SYM_RPAREN)) return STATUS_OK;
    call->distinct = parser_accept(p, KW_DISTINCT);
    if (!call->distinct) (void)parser_accept(p, KW_ALL);
    do {
        TRY(parse_argument(p, &call->arguments));
    } while (parser_accept_symbol(p, SYM_COMMA));
    TRY(parse_null_treatment(p, call, &found));
    if (parser_accept(p, KW_ORDER)) {
        TRY(parser_expect(p, KW_BY));
        TRY(parse_order_list(p, &call->within_order));
    }
    if (!parser_is_symbol(p, SYM_RPAREN)) return parser_unexpected(p, "',', an operator or ')'");
    parser_next(p);
    return STATUS_OK;
}

static enum status parse_within_group(struct parser *p, struct ast_expr *call) {
    parser_next(p);
    TRY(parser_expect(p, KW_GROUP));
    TRY(parser_expect_symbol(p, SYM_LPAREN));
    TRY(parser_expect(p, KW_ORDER));
    TRY(parser_expect(p, KW_BY));
    TRY(parse_order_list(p, &call->within_order));
    return parser_expect_symbol(p, SYM_RPAREN);
}

static enum status parse_filter(struct parser *p, struct ast_expr *call) {
    parser_next(p);
    TRY(parser_expect_symbol(p, SYM_LPAREN));
    TRY(parser_expect(p, KW_WHERE));
    TRY(parse_expr(p, &call->filter));
    return parser_expect_symbol(p, SYM_RPAREN);
}

static enum status parse_over(struct parser *p, struct ast_expr *call) {
    parser_next(p);
    if (parser_is_symbol(p, SYM_LPAREN)) return parse_window(p, &call->over);
    struct ast_window *w = PARSER_NEW(p, struct ast_window);
    if (w == NULL) return STATUS_NO_MEMORY;
    TRY(parse_identifier(p, "a window's name or '('", &w->name, &w->span));
    call->over = w;
    return STATUS_OK;
}

enum status parse_call_tail(struct parser *p, struct ast_expr *call) {
    bool found;
    TRY(parse_null_treatment(p, call, &found));
    if (parser_is(p, KW_WITHIN) && parser_ahead_is(p, 1, KW_GROUP)) TRY(parse_within_group(p, call));
    if (parser_is(p, KW_FILTER)) TRY(parse_filter(p, call));
    if (!found) TRY(parse_null_treatment(p, call, &found));
    return parser_is(p, KW_OVER) ? parse_over(p, call) : STATUS_OK;
}

enum status parse_call(struct parser *p, struct ast_name *name, struct ast_expr **ret_expr) {
    struct ast_expr *e;
    TRY(expr_new(p, AST_CALL, &e));
    assert(name->count > 0 && parser_is_symbol(p, SYM_LPAREN));
    e->op_span = name->span;
    e->text = name->parts[name->count - 1];
    e->quoted_name = p->sql.at[name->part_spans[name->count - 1].begin] == '`';
    if (name->count > 1) e->name = name;
    parser_next(p);
    TRY(parse_arguments(p, e));
    TRY(parse_call_tail(p, e));
    expr_close(p, e, name->span.begin);
    *ret_expr = e;
    return STATUS_OK;
}
